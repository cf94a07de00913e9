#!/usr/bin/env bash
# build.sh [OUT]: the page and its net, in build/web-judge or OUT.
#   index.html, judge.wasm   for any server of static files
#   web-judge.html           both in one file, which also opens from a disk
# Needs emcc and base64; CORNU names the program (build/release/bin/cornu). ./dev installs emscripten: the group `web` of
# cmake/debian-packages.txt.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=${1:-$here/../../build/web-judge}
cornu=${CORNU:-$here/../../build/release/bin/cornu}
mkdir -p "$out"
out=$(cd "$out" && pwd)

"$cornu" export "$here/../../tests/data/fashion_mnist/cnn.keras" --target c99 -o "$out/c99" --name fashion

# Debian's emcc finds its JavaScript tools there.
export NODE_PATH=${NODE_PATH:-/usr/share/nodejs}
# A stack of 64 KiB instead of 5 MiB; arrays of the net are static.
emcc -O3 -msimd128 -I "$out/c99" "$out/c99/fashion.c" "$here/wasm/buffers.c" --no-entry -s STANDALONE_WASM=1 \
  -s TOTAL_STACK=65536 -s INITIAL_MEMORY=262144 \
  -s "EXPORTED_FUNCTIONS=['_picture_at','_judgment_at','_judge','_fashion_self_test']" -o "$out/judge.wasm"

cp "$here/page.html" "$out/index.html"
# The module goes in front of the script that looks for it.
{
  sed '/^<script>$/,$d' "$here/page.html"
  printf '<script id="module" type="application/wasm;base64">'
  base64 -w 0 "$out/judge.wasm"
  printf '</script>\n'
  sed -n '/^<script>$/,$p' "$here/page.html"
} >"$out/web-judge.html"

size=$(stat -c %s "$out/judge.wasm")
echo "judge.wasm: $size bytes; web-judge.html: $(stat -c %s "$out/web-judge.html") bytes" >&2
[ "$size" -lt 300000 ] || { echo "judge.wasm has 300,000 bytes or more" >&2; exit 1; }
