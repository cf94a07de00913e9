#!/usr/bin/env bash
# page.sh ROOT OUT PAGE: runs the blocks of one page in order, in a folder of their own, with `cornu` on the PATH;
# compares outputs and quotations; checks that links lead somewhere.
set -euo pipefail
root=$1 blocks=$2/pages/${3//\//.} page=$3
wrong=0
complain() {
  printf '%s:%s: %s\n' "$page" "$1" "$2" >&2
  wrong=1
}

# like TEXT PATTERN: equal, where "..." in the pattern stands for any text.
like() {
  local pattern
  pattern=$(sed -e 's/[][\\*?]/\\&/g' -e 's/\.\.\./*/g' <<<"$2")
  # shellcheck disable=SC2053 # the right side is a pattern
  [[ $1 == $pattern ]]
}

# quotes FILE TEXT: whether the lines of TEXT stand in FILE in this order; a line of "..." skips some.
quotes() {
  awk 'NR == FNR { if ($0 !~ /^ *\.\.\.$/ && $0 != "") want[++n] = $0; next } i < n && $0 == want[i + 1] { ++i } END { exit i < n }' "$2" "$1"
}

work=$blocks/work
rm -rf "$work"
mkdir -p "$work"
cd "$work"
printed=
while read -r number kind line argument; do
  case $kind in
    example | run)
      [ "$kind" = run ] || tail -n +2 "../$number.cpp" | cmp -s - "$root/$argument" || complain "$line" "$argument is not this text"
      printed=$("../$number.program" 2>stderr) || complain "$line" "the program failed: $(cat stderr)"
      ;;
    shell) printed=$(bash -euo pipefail "../$number.sh" 2>stderr) || complain "$line" "the commands failed: $(cat stderr)" ;;
    mpi)
      bash -n "../$number.sh" || complain "$line" "not a shell script"
      if [ "${CORNU_MPI:-OFF}" = ON ]; then
        printed=$(bash -euo pipefail "../$number.sh" 2>stderr) || complain "$line" "the commands failed: $(cat stderr)"
      else
        echo "$page:$line: skipped, since this build has no MPI (-DCORNU_MPI=ON)"
      fi
      ;;
    pjrt)
      bash -n "../$number.sh" || complain "$line" "not a shell script"
      if [ "${CORNU_PJRT:-OFF}" = ON ]; then
        # What the page changes and runs.
        [ -f system.toml ] || cp "$root/examples/fashion_mnist/system.toml" .
        printed=$(bash -euo pipefail "../$number.sh" 2>stderr) || complain "$line" "the commands failed: $(cat stderr)"
      else
        echo "$page:$line: skipped, since this build has no engine on PJRT plug-ins (-DCORNU_PJRT=ON)"
      fi
      ;;
    syntax-only) bash -n "../$number.sh" || complain "$line" "not a shell script" ;;
    output)
      like "$printed" "$(cat "../$number.txt")" || complain "$line" "it printed something else:"$'\n'"$printed"
      ;;
    quote)
      if [ ! -f "$root/$argument" ]; then
        complain "$line" "no such file: $argument"
      elif ! quotes "$root/$argument" "../$number.txt"; then
        complain "$line" "$argument does not say this any more"
      fi
      ;;
  esac
done <"../list"

while IFS=: read -r line link; do
  link=${link#*(}
  link=${link%)}
  link=${link%%#*}
  [[ -z $link || $link == *://* || $link == mailto:* ]] || [ -e "$(dirname "$root/$page")/$link" ] ||
    complain "$line" "the link leads nowhere: $link"
done < <(grep -noE '\]\([^) ]+\)' "$root/$page" || true)
exit $wrong
