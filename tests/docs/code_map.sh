#!/usr/bin/env bash
# code_map.sh ROOT: every folder that holds code stands in CONTRIBUTING.md's code map, and every folder there exists.
set -euo pipefail
cd "$1"
map=$(sed -n '/^## The code map/,/^## /p' CONTRIBUTING.md)
wrong=0
# shellcheck disable=SC2016 # the backquotes are Markdown's
mapfile -t mapped < <(grep -oE '^\| `[a-z0-9_./]+/`' <<<"$map" | tr -d '|` ')
for folder in "${mapped[@]}"; do
  [ -d "$folder" ] || { echo "CONTRIBUTING.md: the code map names $folder, which is not there" >&2; wrong=1; }
done
while read -r folder; do
  grep -qF "\`$folder/\`" <<<"$map" || { echo "CONTRIBUTING.md: the code map lacks $folder/" >&2; wrong=1; }
done < <(find cornu tools tests bench examples docs -regex '.*[.]\(h\|cpp\|md\|sh\)' -printf '%h\n' |
  # Two levels of folders; three where engines and data have theirs; one for what is only read.
  awk -F/ '$1 ~ /^(docs|examples|bench)$/ { print $1; next } $2 == "" { next }
           { print $1 "/" $2 ($2 ~ /^(engine|data|export)$/ && $1 == "cornu" && NF > 2 ? "/" $3 : "") }' | sort -u)
exit $wrong
