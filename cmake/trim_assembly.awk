# The assembly that GCC's link-time optimization writes, without what only makes a library large:
#
# * A function that calls nothing lets no exception through, and needs no entry in the tables of unwinding (which GCC
#   leaves out elsewhere, with -fno-asynchronous-unwind-tables, but not in link-time optimization). Whatever may be a
#   call counts as one.
# * What is only read stands behind the code, in one section with it (a subsection of the assembler's): where the code
#   speaks of it by distance, as on x86, the assembler then knows the distance, and no relocation remains.
function flush_function(keep, i) {
  for (i = 0; i < count; ++i)
    if (keep || lines[i] !~ /^\t\.cfi_/) print lines[i]
  count = 0
}
/^\t\.section\t\.rodata/ { $0 = "\t.text 1" }
/^\t\.section\t\.text\.(unlikely|startup|exit)/ { $0 = "\t.text 2" }
/^\t\.section\t\.text\.hot/ { $0 = "\t.text 0" }
/^\t\.cfi_startproc/ { inside = 1; calls = 0 }
inside {
  # x86: call, jmp, jne, ...; ARM: bl, b, b.eq, cbz, tbnz, ... Jumps inside of the function go to .L labels.
  if ($0 ~ /^\t(call|j[a-z]*|b[a-z.]*|cb[a-z]*|tb[a-z]*|ret[a-z]+)\t/ && $NF !~ /^\.L/) calls = 1
  lines[count++] = $0
  if ($0 ~ /^\t\.cfi_endproc/) { flush_function(calls); inside = 0 }
  next
}
{ print }
