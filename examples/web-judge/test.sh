#!/usr/bin/env bash
# test.sh [OUT]: builds the page (build.sh) and lets headless Chromium judge 100 pictures of Fashion-MNIST's test set with it, from
# one file and from two. Each judgment has to be the one of the same C compiled for this machine, within
# 1e-5. Needs what build.sh needs, node, chromium, gcc and dataset-fashion-mnist; ./dev proof runs it.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=${1:-$here/../../build/web-judge}
pictures=/usr/share/datasets/fashion-mnist/t10k-images-idx3-ubyte.gz
count=100
"$here/build.sh" "$out"
out=$(cd "$out" && pwd)

# An IDX file of images has a head of 16 bytes. (zcat dies of the closed pipe, which is no error here.)
{ zcat "$pictures" 2>/dev/null || true; } | tail -c +17 | head -c $((784 * count)) >"$out/pictures.bin" || true
[ "$(stat -c %s "$out/pictures.bin")" = $((784 * count)) ] || { echo "no pictures: $pictures" >&2; exit 1; }

cat >"$out/native.c" <<'C'
#include <stdio.h>
#include "fashion.h"
int main(void) {
  unsigned char bytes[784];
  float x[784], y[10];
  const char *row = "[";
  while (fread(bytes, 1, 784, stdin) == 784) {
    for (int i = 0; i < 784; ++i) x[i] = (float)bytes[i] / 255;
    fashion_run(x, y);
    for (int k = 0; k < 10; ++k) printf("%s%.9g", k ? "," : row, (double)y[k]);
    printf("]");
    row = ",\n[";
  }
  return 0;
}
C
gcc -std=c99 -O2 -I "$out/c99" "$out/native.c" "$out/c99/fashion.c" -lm -o "$out/native"
recorded=$(printf '{"pictures": "%s", "judgments": [%s]}' "$(base64 -w 0 "$out/pictures.bin")" \
  "$("$out/native" <"$out/pictures.bin")")

# page IN OUT: the page with the recorded judgments in it.
page() {
  {
    sed '/^<script>$/,$d' "$1"
    printf '<script id="recorded" type="application/json">%s</script>\n' "$recorded"
    sed -n '/^<script>$/,$p' "$1"
  } >"$2"
}
page "$out/web-judge.html" "$out/self-test-one.html"
page "$out/index.html" "$out/self-test-two.html"

for way in "one.html" "two.html --allow-file-access-from-files"; do
  read -ra words <<<"$way"
  said=$(node "$here/in_chromium.mjs" "file://$out/self-test-${words[0]}#self-test" "${words[@]:1}")
  printf '%s\n%s\n' "self-test-${words[0]}:" "$said"
  grep -qx PASSED <<<"$said" || { echo "the page does not judge as it should" >&2; exit 1; }
done
