"""The rows of ./dev bench and ./dev bench versus. A group of rows shares a store: a function that takes a Bench and yields
Samples. A new group is a module here, a name in GROUPS, and its AIMS (what versus expects, and what explains it)."""

from rows import crowds, deliveries, flags, mailbox, million, restarts, sessions
from rows.base import Aim, Bench, Row, row
from rows.find import indexed
from rows.index import search_index

GROUPS = (deliveries.deliveries, sessions.sessions, flags.flags, flags.relaxed_flags, mailbox.big_mailbox, mailbox.maildir,
          indexed, search_index, crowds.mixes, crowds.watchers, crowds.idle_sessions, million.million, restarts.many_accounts, restarts.killed)
AIMS = {name: aim for group in (deliveries, sessions, flags, mailbox, crowds, restarts) for name, aim in group.AIMS.items()}
__all__ = ("AIMS", "GROUPS", "Aim", "Bench", "Row", "row")
