"""One writer at a time, for the lines whose order is their meaning (ledger, facts, identifiers).

SQLite's IMMEDIATE transactions give this by themselves; on PostgreSQL an advisory lock of the transaction does.
"""

from __future__ import annotations

from django.db import connection

_LOCK = 0x78_69_61_6E_67


def take_turn() -> None:
    """Wait for this transaction's turn; must be called inside `transaction.atomic()`."""
    if not connection.in_atomic_block:
        raise RuntimeError("take_turn() outside a transaction would guard nothing: wrap the caller in atomic()")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
