"""Bulletins and addenda; the database itself refuses to change or delete a frozen bulletin and any addendum."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

GUARDED = (("observe_bulletin", "OLD.state = 'frozen'"), ("observe_addendum", "1 = 1"))


def forwards(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    if vendor == "postgresql":
        schema_editor.execute(
            "CREATE OR REPLACE FUNCTION bulletin_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'a frozen bulletin is never changed'; END $$"
        )
    for table, when in GUARDED:
        if vendor == "postgresql":
            schema_editor.execute(
                f"CREATE TRIGGER {table}_frozen BEFORE UPDATE OR DELETE ON {table} "
                f"FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION bulletin_refuse()"
            )
        elif vendor == "sqlite":
            for verb in ("UPDATE", "DELETE"):
                schema_editor.execute(
                    f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} WHEN {when} "
                    "BEGIN SELECT RAISE(ABORT, 'a frozen bulletin is never changed'); END"
                )


def backwards(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    for table, _ in GUARDED:
        if vendor == "postgresql":
            schema_editor.execute(f"DROP TRIGGER {table}_frozen ON {table}")
        elif vendor == "sqlite":
            for verb in ("update", "delete"):
                schema_editor.execute(f"DROP TRIGGER {table}_no_{verb}")
    if vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION bulletin_refuse()")


class Migration(migrations.Migration):
    dependencies = [("observe", "0004_assess"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name='Bulletin',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField(unique=True)),
                ('number', models.CharField(max_length=60)),
                ('state', models.CharField(choices=[('draft', '起草'), ('open', '公示申诉'), ('frozen', '已定稿')], default='draft', max_length=6)),
                ('content', models.JSONField()),
                ('hash', models.CharField(blank=True, max_length=64)),
                ('previous', models.CharField(blank=True, max_length=64)),
                ('files', models.JSONField(default=dict)),
                ('drafted', models.DateTimeField()),
                ('opened', models.DateTimeField(null=True)),
                ('appeals_until', models.DateTimeField(null=True)),
                ('frozen', models.DateTimeField(null=True)),
                ('drafted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('frozen_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-month'],
            },
        ),
        migrations.CreateModel(
            name='Addendum',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.IntegerField()),
                ('content', models.JSONField()),
                ('hash', models.CharField(max_length=64)),
                ('previous', models.CharField(max_length=64)),
                ('made', models.DateTimeField()),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('bulletin', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='addenda', to='observe.bulletin')),
            ],
            options={
                'ordering': ['bulletin', 'place'],
            },
        ),
        migrations.AddConstraint(
            model_name='bulletin',
            constraint=models.CheckConstraint(condition=models.Q(('frozen_by', None), models.Q(('frozen_by', models.F('drafted_by')), _negated=True), _connector='OR'), name='bulletin_four_eyes'),
        ),
        migrations.AddConstraint(
            model_name='bulletin',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'frozen'), _negated=True), models.Q(('frozen_by__isnull', False), models.Q(('hash', ''), _negated=True)), _connector='OR'), name='bulletin_frozen_whole'),
        ),
        migrations.AddConstraint(
            model_name='addendum',
            constraint=models.UniqueConstraint(fields=('bulletin', 'place'), name='addendum_once_a_place'),
        ),
        migrations.RunPython(forwards, backwards),
    ]
