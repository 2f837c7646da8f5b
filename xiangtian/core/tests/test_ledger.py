"""The ledger is chained, and neither the database nor its verifier lets a change pass."""

import hashlib
import json

import pytest
from django.db import DatabaseError, connection, transaction

from xiangtian.core import ledger
from xiangtian.core.models import LedgerEntry

pytestmark = pytest.mark.django_db


def plant(sql: str, *parameters: object) -> None:
    """Do past the database's guard what an intruder with the file in hand would do."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER IF EXISTS ledger_no_update")
            cursor.execute("DROP TRIGGER IF EXISTS ledger_no_delete")
        else:
            cursor.execute("ALTER TABLE core_ledgerentry DISABLE TRIGGER ledger_no_change")
        cursor.execute(sql, parameters)


def test_lines_are_chained_by_sha256_over_canonical_json() -> None:
    first = ledger.write("alice", "test.did", "x", {"b": 1, "a": "雨"})
    second = ledger.write("job:test", "test.did", "y")
    line = [ledger.GENESIS, first.time.isoformat(), "alice", "test.did", "x", {"a": "雨", "b": 1}]
    by_hand = hashlib.sha256(json.dumps(line, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    assert first.hash == by_hand
    assert second.previous == first.hash
    assert ledger.verify() == ledger.Verdict(2, second.hash)


def test_the_database_refuses_to_change_or_delete_a_line() -> None:
    line = ledger.write("a", "test.did", "x")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        LedgerEntry.objects.filter(pk=line.pk).update(actor="b")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        line.delete()


def test_a_changed_line_is_found() -> None:
    lines = [ledger.write("a", "test.did", str(n)) for n in range(5)]
    plant("UPDATE core_ledgerentry SET actor = 'b' WHERE id = %s", lines[2].pk)
    verdict = ledger.verify()
    assert verdict.broken_at == lines[2].pk
    assert "changed after it was written" in verdict.why


def test_a_removed_line_is_found() -> None:
    lines = [ledger.write("a", "test.did", str(n)) for n in range(5)]
    plant("DELETE FROM core_ledgerentry WHERE id = %s", lines[2].pk)
    verdict = ledger.verify()
    assert verdict.broken_at == lines[3].pk
    assert "is gone" in verdict.why


def test_an_empty_ledger_is_sound() -> None:
    assert ledger.verify() == ledger.Verdict(0, ledger.GENESIS)
