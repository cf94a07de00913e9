#!/usr/bin/env bash
# prepare.sh ROOT OUT PAGE...: makes a CMake project in OUT out of the C++ blocks of all pages.
set -euo pipefail
root=$1 out=$2
shift 2
rm -rf "$out/pages"
mkdir -p "$out/pages"
for page in "$@"; do
  name=${page//\//.}
  mkdir -p "$out/pages/$name"
  awk -v out="$out/pages/$name" -v page="$page" -f "$root/tests/docs/blocks.awk" "$root/$page"
done
cp "$root/tests/docs/context.h" "$root/tests/docs/project.cmake" "$out/"
cat >"$out/CMakeLists.txt" <<'TEXT'
cmake_minimum_required(VERSION 3.25)
project(pages LANGUAGES CXX)
include(project.cmake)
TEXT
