#!/bin/sh
# The real client against the binary that TASKER names. 77 (skipped) where there is no node, or its packages were not
# installed: npm ci --prefix tests/mcp
set -eu
cd "$(dirname "$(readlink -f "$0")")"
command -v node >/dev/null || { echo "skipped: there is no node" >&2; exit 77; }
[ -d node_modules/@modelcontextprotocol/sdk ] || { echo "skipped: run npm ci in tests/mcp" >&2; exit 77; }
exec node --test client_test.mjs
