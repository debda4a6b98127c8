"""All interop tests: python and real clients against one server binary."""

import admin_test
import clients_test
import demo_test
import history_test
import imapflow_test
import index_test
import python_test
import quota_test
import removed_test
import share_test

from harness import report

report.main(python_test, clients_test, admin_test, demo_test, history_test, imapflow_test, index_test, quota_test, removed_test,
            share_test)
