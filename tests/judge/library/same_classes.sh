#!/usr/bin/env bash
# same_classes.sh DATA IMAGES PROGRAM...: whether the program (and what runs it) sees what LiteRT sees in 100 images.
set -euo pipefail
data=$1 images=$2
shift 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
gzip -dc "$images" >"$work/images"
for model in mlp cnn; do
  "$@" "$data/$model.keras" "$work/images" 100 >"$work/$model"
  diff "$data/$model.classes" "$work/$model" >&2 || {
    printf '%s: other classes than LiteRT\n' "$model" >&2
    exit 1
  }
done
