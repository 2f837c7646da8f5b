"""The database itself refuses to change or delete a message that was handed over for publishing."""

from django.db import migrations

WORDS = "a released message is never changed"


def forwards(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    if vendor == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            schema_editor.execute(
                f"CREATE TRIGGER outgoing_no_{verb.lower()} BEFORE {verb} ON publish_outgoing "
                f"BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
            )
    elif vendor == "postgresql":
        schema_editor.execute(
            "CREATE OR REPLACE FUNCTION outgoing_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{WORDS}'; END $$"
        )
        schema_editor.execute(
            "CREATE TRIGGER outgoing_no_change BEFORE UPDATE OR DELETE ON publish_outgoing "
            "FOR EACH ROW EXECUTE FUNCTION outgoing_refuse()"
        )


def backwards(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    if vendor == "sqlite":
        for verb in ("update", "delete"):
            schema_editor.execute(f"DROP TRIGGER outgoing_no_{verb}")
    elif vendor == "postgresql":
        schema_editor.execute("DROP TRIGGER outgoing_no_change ON publish_outgoing")
        schema_editor.execute("DROP FUNCTION outgoing_refuse()")


class Migration(migrations.Migration):
    dependencies = [("publish", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]
