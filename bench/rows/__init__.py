"""The rows of ./dev bench and ./dev bench versus. A group of rows shares a store: a function that takes a Bench and yields
Row objects. A new group is a module here and a name in GROUPS."""

from rows.accounts import many_accounts
from rows.base import Bench, Row
from rows.deliveries import deliveries
from rows.mailbox import big_mailbox
from rows.sessions import sessions

GROUPS = (deliveries, sessions, big_mailbox, many_accounts)
__all__ = ("GROUPS", "Bench", "Row")
