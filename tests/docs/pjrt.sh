#!/usr/bin/env bash
# pjrt.sh ROOT OUT PAGE: runs the blocks of one page that has no C++ in it.
set -euo pipefail
here=$(dirname "${BASH_SOURCE[0]}")
"$here/prepare.sh" "$1" "$2" "$3"
exec "$here/page.sh" "$1" "$2" "$3"
