#!/bin/sh
# Install the Debian packages that some tests use (a SPARQL server, a web server). Needs root; tests that lack them are skipped.
set -eu
[ -x /usr/bin/virtuoso-t ] && [ -x /usr/sbin/nginx ] && exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo 'Not root on a Debian system: the tests that need Virtuoso or nginx will be skipped.'
    exit 0
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -qq -y --no-install-recommends virtuoso-opensource-7-bin nginx-light >/dev/null
