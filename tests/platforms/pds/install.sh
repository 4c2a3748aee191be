#!/bin/sh
# Installs the real Bluesky server beside the code, under .cache/pds: once, and again when the lock changes.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
target=${POSKO_PDS:-$(cd "$here/../../.." && pwd)/.cache/pds}
mkdir -p "$target"
if cmp -s "$here/package-lock.json" "$target/installed-lock.json"; then
    exit 0
fi
cp "$here/package.json" "$here/package-lock.json" "$target/"
cd "$target"
npm ci --omit=dev --no-audit --no-fund --loglevel=error
cp "$here/package-lock.json" installed-lock.json
