"""All interop tests: python and real clients against one server binary."""

import clients_test
import python_test

from harness import report

report.main(python_test, clients_test)
