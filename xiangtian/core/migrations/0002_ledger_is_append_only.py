"""The database itself refuses to change or delete a line of the ledger."""

from django.db import migrations

SQLITE = [
    "CREATE TRIGGER ledger_no_{verb} BEFORE {VERB} ON core_ledgerentry "
    "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END",
]
POSTGRES = [
    "CREATE OR REPLACE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'the ledger is append-only'; END $$",
]


def forwards(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    if vendor == "sqlite":
        for verb in ("update", "delete"):
            schema_editor.execute(SQLITE[0].format(verb=verb, VERB=verb.upper()))
    elif vendor == "postgresql":
        schema_editor.execute(POSTGRES[0])
        schema_editor.execute(
            "CREATE TRIGGER ledger_no_change BEFORE UPDATE OR DELETE ON core_ledgerentry "
            "FOR EACH ROW EXECUTE FUNCTION ledger_refuse()"
        )


def backwards(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    if vendor == "sqlite":
        for verb in ("update", "delete"):
            schema_editor.execute(f"DROP TRIGGER ledger_no_{verb}")
    elif vendor == "postgresql":
        schema_editor.execute("DROP TRIGGER ledger_no_change ON core_ledgerentry")
        schema_editor.execute("DROP FUNCTION ledger_refuse()")


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]
