"""The abuse tests: a program of their own, because most of a minute is waiting."""

import abuse_test

from harness import report

report.main(abuse_test)
