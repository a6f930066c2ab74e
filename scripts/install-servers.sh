#!/bin/sh
# Install the Debian packages that some tests use (a SPARQL server, web servers, a browser). Needs root; tests that lack them are skipped.
set -eu
missing=
for pair in virtuoso-t:virtuoso-opensource-7-bin nginx:nginx-light apache2:apache2-bin caddy:caddy chromium:chromium; do
    PATH="$PATH:/usr/sbin" command -v "${pair%%:*}" >/dev/null || missing="$missing ${pair##*:}"
done
[ -z "$missing" ] && exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "Not root on a Debian system: the tests that need$missing will be skipped."
    exit 0
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# shellcheck disable=SC2086 - a list of names
apt-get install -qq -y --no-install-recommends $missing >/dev/null
