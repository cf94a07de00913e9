# Takes the fenced blocks out of a page: awk -v out=FOLDER -v page=PATH -f blocks.awk PATH
# Writes FOLDER/N.cpp (programs), FOLDER/N.sh, FOLDER/N.txt, FOLDER/fragments.cpp, and FOLDER/list: a line a block,
# "N KIND LINE ARGUMENT". CONTRIBUTING.md says what a writer of a page has to know.
function problem(text) {
  printf "%s:%d: %s\n", page, NR, text > "/dev/stderr"
  failed = 1
  exit 1
}
function block_done(    kind, file) {
  kind = word
  if (language == "cpp" && kind == "") kind = body ~ /int main\(/ ? "run" : "fragment"
  if ((language == "sh" || language == "bash") && kind == "") kind = "shell"
  # What installs, clones or runs these very tests is only read.
  if (kind == "shell" && body ~ /(^|\n)(sudo|\.\/dev|apt-get|git clone|pip|python3?) /) { kind = "syntax-only"; argument = "installs" }
  if (kind == "") return
  number++
  if (kind == "run" || kind == "example" || kind == "compile-only") {
    file = out "/" number ".cpp"
    printf "#line %d \"%s\"\n%s", start, page, body > file
    close(file)
  } else if (kind == "fragment") {
    fragments = fragments sprintf("static void fragment_%d(CORNU_FRAGMENT_CONTEXT) { {\n#line %d \"%s\"\n%s} }\n", number, start, page, body)
  } else if (kind == "declarations") {
    fragments = fragments sprintf("#line %d \"%s\"\n%s", start, page, body)
  } else if (kind == "shell" || kind == "syntax-only" || kind == "mpi" || kind == "pjrt") {
    file = out "/" number ".sh"
    printf "%s", body > file
    close(file)
  } else if (kind == "output" || kind == "quote") {
    file = out "/" number ".txt"
    printf "%s", body > file
    close(file)
  } else {
    problem("no such word in a test comment: " kind)
  }
  if (kind ~ /-only$/ && argument == "") problem(kind " needs a reason")
  print number, kind, start, argument > (out "/list")
  word = argument = ""
}
BEGIN { printf "" > (out "/list") }
/^ *```/ {
  if (!inside) {
    inside = 1
    indent = match($0, /`/) - 1
    language = substr($0, indent + 4)
    start = NR + 1
    body = ""
  } else {
    inside = 0
    block_done()
  }
  next
}
inside { body = body substr($0, indent + 1) "\n"; next }
/^ *<!-- test: .* -->$/ {
  text = $0
  sub(/^ *<!-- test: /, "", text)
  sub(/ -->$/, "", text)
  split(text, words, " ")
  word = words[1]
  argument = substr(text, length(word) + 2)
  next
}
/[^ ]/ { if (word != "") problem("a test comment stands right above its block") }
END {
  if (failed) exit 1
  if (inside) problem("a block without an end")
  if (fragments != "") {
    # Their includes go first: a function can hold none.
    n = split(fragments, lines, "\n")
    for (i = 1; i <= n; ++i) if (lines[i] ~ /^#include/) { print lines[i] > (out "/fragments.cpp"); lines[i] = "" }
    print "#include \"context.h\"" > (out "/fragments.cpp")
    for (i = 1; i <= n; ++i) print lines[i] > (out "/fragments.cpp")
  }
}
