# Adds up the tests in the output of `ctest --verbose`: GoogleTest's closing lines and the process tests'
# "tests: P passed, F failed, S skipped". A program that failed without saying which test (it crashed, it hung) is one failure.
function before(word, i) {
  for (i = 1; i < NF; i++) if (index($(i + 1), word) == 1) return $i
  return 0
}
/^[0-9]+: .*\[  PASSED  \] [0-9]+ test/ { passed += before("test") }
/^[0-9]+: .*\[  FAILED  \] [0-9]+ test/ { failed += before("test"); told[$1 + 0] = 1 }
/^[0-9]+: .*\[  SKIPPED \] [0-9]+ test/ { skipped += before("test") }
/^[0-9]+: tests: [0-9]+ passed/ {
  passed += before("passed")
  skipped += before("skipped")
  if (before("failed") > 0) { failed += before("failed"); told[$1 + 0] = 1 }
}
/^ *[0-9]+\/[0-9]+ Test +#[0-9]+:/ && /\*\*\*/ && !/\*\*\*Skipped/ {
  split($0, part, "#")
  bad[part[2] + 0] = 1
}
END {
  for (n in bad) if (!(n in told)) failed++
  line = (passed + 0) " passed, " (failed + 0) " failed"
  if (skipped > 0) line = line ", " skipped " skipped"
  print line
}
