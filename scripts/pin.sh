#!/bin/sh
# Write the pinned requirements anew, with hashes and without addresses. Run by `make pin`.
# INDEX names a package index when the usual one is not to be used; it is not written down.
set -eu
compile() { .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
    --no-emit-index-url ${INDEX:+--default-index "$INDEX"} pyproject.toml "$@"; }
compile --group build --output-file requirements.txt
compile --group dev --constraint requirements.txt --output-file requirements-dev.txt
