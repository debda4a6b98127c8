"""The Thunderbird test: a program of its own, because of what it needs. `./dev interop thunderbird`."""

import thunderbird_test

from harness import report

report.main(thunderbird_test)
