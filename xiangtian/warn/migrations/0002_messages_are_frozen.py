"""A released message is never changed or deleted, whoever asks the database."""

from django.db import migrations

GUARDED = "warn_message"


def forwards(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    if vendor == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            schema_editor.execute(
                f"CREATE TRIGGER message_no_{verb.lower()} BEFORE {verb} ON {GUARDED} "
                "BEGIN SELECT RAISE(ABORT, 'a released message is never changed'); END"
            )
    elif vendor == "postgresql":
        schema_editor.execute(
            "CREATE OR REPLACE FUNCTION message_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'a released message is never changed'; END $$"
        )
        schema_editor.execute(
            f"CREATE TRIGGER message_no_change BEFORE UPDATE OR DELETE ON {GUARDED} "
            "FOR EACH ROW EXECUTE FUNCTION message_refuse()"
        )


def backwards(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    if vendor == "sqlite":
        for verb in ("update", "delete"):
            schema_editor.execute(f"DROP TRIGGER message_no_{verb}")
    elif vendor == "postgresql":
        schema_editor.execute(f"DROP TRIGGER message_no_change ON {GUARDED}")
        schema_editor.execute("DROP FUNCTION message_refuse()")


class Migration(migrations.Migration):
    dependencies = [("warn", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]
