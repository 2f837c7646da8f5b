"""A station's places become rows of their own; devices, certificates, tasks and disagreeing lists come beside them.

The database itself refuses periods that overlap. Triggers do it, because SQLite has no exclusion constraints. SQLite
drops them when a later migration rebuilds one of these tables: that migration then runs `guard` again.
"""

import datetime as dt

import django.db.models.deletion
from django.db import migrations, models

ALWAYS = dt.date(1949, 10, 1)
DATES = "NEW.valid_from <= COALESCE(o.valid_to, '9999-12-31') AND o.valid_from <= COALESCE(NEW.valid_to, '9999-12-31')"
MOMENTS = "NEW.valid_from < COALESCE(o.valid_to, '9999-12-31') AND o.valid_from < COALESCE(NEW.valid_to, '9999-12-31')"
ELSEWHERE = (
    "o.device_id = NEW.device_id AND (SELECT p.station_id FROM observe_sensorposition p WHERE p.id = o.position_id) <> "
    "(SELECT p.station_id FROM observe_sensorposition p WHERE p.id = NEW.position_id)"
)
GUARDS = [
    ("site_apart", "observe_site", "o.station_id = NEW.station_id", DATES, "observe_station", "station_id"),
    ("task_apart", "observe_observingtask", "o.station_id = NEW.station_id AND o.element = NEW.element", MOMENTS,
     "observe_station", "station_id"),
    ("position_apart", "observe_sensorposition", "o.station_id = NEW.station_id AND o.element = NEW.element", MOMENTS,
     "observe_station", "station_id"),
    ("certificate_apart", "observe_certificate", "o.device_id = NEW.device_id AND o.element = NEW.element", DATES,
     "observe_device", "device_id"),
    ("installation_apart", "observe_installation", "o.position_id = NEW.position_id", MOMENTS,
     "observe_sensorposition", "position_id"),
    ("device_at_one_station", "observe_installation", ELSEWHERE, MOMENTS, "observe_device", "device_id"),
]
"""Name, table, whose periods must not meet, how they meet, and the row that writers on PostgreSQL queue behind."""
SQLITE = """CREATE TRIGGER {name}_{verb} BEFORE {verb} ON {table} WHEN EXISTS
(SELECT 1 FROM {table} o WHERE o.id IS NOT {self} AND {same} AND {meet})
BEGIN SELECT RAISE(ABORT, '{name}: periods overlap'); END"""
POSTGRES = """CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
PERFORM 1 FROM {owner} WHERE id = NEW.{key} FOR NO KEY UPDATE;
IF EXISTS (SELECT 1 FROM {table} o WHERE o.id <> NEW.id AND {same} AND {meet}) THEN
RAISE EXCEPTION '{name}: periods overlap' USING ERRCODE = 'exclusion_violation'; END IF; RETURN NEW; END $$"""


def guard(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    for name, table, same, meet, owner, key in GUARDS:
        told = {"name": name, "table": table, "same": same, "meet": meet, "owner": owner, "key": key}
        if vendor == "sqlite":
            for verb, itself in (("insert", "NULL"), ("update", "NEW.id")):
                schema_editor.execute(SQLITE.format(verb=verb, self=itself, **told))
        elif vendor == "postgresql":
            schema_editor.execute(POSTGRES.format(**told))
            schema_editor.execute(
                f"CREATE TRIGGER {name} BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
            )


def unguard(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    for name, table, *_ in GUARDS:
        if vendor == "sqlite":
            for verb in ("insert", "update"):
                schema_editor.execute(f"DROP TRIGGER {name}_{verb}")
        elif vendor == "postgresql":
            schema_editor.execute(f"DROP TRIGGER {name} ON {table}")
            schema_editor.execute(f"DROP FUNCTION {name}()")


def part(apps, schema_editor):
    """Give each code one station, and its old rows to it as sites."""
    Station, Site = apps.get_model("observe", "Station"), apps.get_model("observe", "Site")
    alias = schema_editor.connection.alias
    for site in Site.objects.using(alias).order_by("code", "valid_from"):
        station, new = Station.objects.using(alias).get_or_create(
            code=site.code,
            defaults={
                "zh": site.zh, "en": site.en, "kind": site.kind, "drill": site.drill, "source": site.source,
                "network": "national" if site.national else "regional",
                "wigos": f"0-20000-0-{site.code}" if site.national and len(site.code) == 5 else "",
                "opened": None if site.valid_from <= ALWAYS else site.valid_from,
            },
        )
        site.station_id = station.pk
        site.precision_deg = 1 / 60 if site.national else 0.0001
        site.save(update_fields=["station_id", "precision_deg"])
    if schema_editor.connection.vendor == "postgresql":  # else the table has pending trigger events below
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        schema_editor.execute("SET CONSTRAINTS ALL DEFERRED")


NETWORKS = [("national", "国家站网"), ("regional", "区域站网"), ("special", "专业站网")]


def key():
    return ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))


def to(model, name):
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name=name, to=f"observe.{model}")


def later(name, *, same_day):
    condition = {"valid_to__gte" if same_day else "valid_to__gt": models.F("valid_from")}
    return models.CheckConstraint(condition=models.Q(("valid_to", None), *condition.items(), _connector="OR"), name=name)


class Migration(migrations.Migration):
    dependencies = [("observe", "0001_initial")]

    operations = [
        migrations.RemoveConstraint(model_name="station", name="station_one_row_a_period"),
        migrations.RenameModel(old_name="Station", new_name="Site"),
        migrations.CreateModel(
            name="Station",
            fields=[
                key(),
                ("code", models.CharField(max_length=32, unique=True)),
                ("zh", models.CharField(max_length=60)),
                ("en", models.CharField(blank=True, max_length=60)),
                ("kind", models.CharField(max_length=30)),
                ("network", models.CharField(choices=NETWORKS, default="regional", max_length=12)),
                ("wigos", models.CharField(blank=True, max_length=40)),
                ("drill", models.BooleanField(default=False)),
                ("opened", models.DateField(null=True)),
                ("closed", models.DateField(null=True)),
                ("source", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("wigos", ""), _negated=True), fields=("wigos",), name="station_wigos_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("closed", None), ("opened", None), ("closed__gte", models.F("opened")), _connector="OR"
                        ),
                        name="station_closes_after",
                    ),
                ],
            },
        ),
        migrations.AddField("site", "station", models.ForeignKey(
            null=True, on_delete=django.db.models.deletion.PROTECT, related_name="sites", to="observe.station"
        )),
        migrations.AddField("site", "pressure_alt_m", models.FloatField(null=True)),
        migrations.AddField("site", "precision_deg", models.FloatField(default=0.0001)),
        migrations.AddField("site", "reason", models.CharField(blank=True, max_length=200)),
        migrations.RunPython(part, migrations.RunPython.noop),
        migrations.AlterField("site", "station", to("station", "sites")),
        *[migrations.RemoveField("site", name) for name in ("code", "zh", "en", "kind", "national", "drill")],
        migrations.AddConstraint("site", models.UniqueConstraint(
            fields=("station", "valid_from"), name="site_one_row_a_period"
        )),
        migrations.AddConstraint("site", later("site_ends_after_it_begins", same_day=True)),
        migrations.CreateModel(
            name="ObservingTask",
            fields=[
                key(),
                ("element", models.CharField(max_length=60)),
                ("interval_min", models.PositiveSmallIntegerField()),
                ("offset_min", models.PositiveSmallIntegerField(default=0)),
                ("network", models.CharField(choices=NETWORKS, max_length=12)),
                ("valid_from", models.DateTimeField()),
                ("valid_to", models.DateTimeField(null=True)),
                ("station", to("station", "tasks")),
            ],
            options={
                "indexes": [models.Index(fields=["station", "element"], name="observe_obs_station_eb384d_idx")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("interval_min__gte", 1), ("interval_min__lte", 1440)), name="task_interval"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("offset_min__lt", models.F("interval_min"))), name="task_offset"
                    ),
                    later("task_ends_after_it_begins", same_day=False),
                ],
            },
        ),
        migrations.CreateModel(
            name="SensorPosition",
            fields=[
                key(),
                ("element", models.CharField(max_length=60)),
                ("height_m", models.FloatField()),
                ("note", models.CharField(blank=True, max_length=200)),
                ("valid_from", models.DateTimeField()),
                ("valid_to", models.DateTimeField(null=True)),
                ("station", to("station", "positions")),
            ],
            options={
                "indexes": [models.Index(fields=["station", "element"], name="observe_sen_station_375fb3_idx")],
                "constraints": [later("position_ends_after_it_begins", same_day=False)],
            },
        ),
        migrations.CreateModel(
            name="Device",
            fields=[
                key(),
                ("maker", models.CharField(max_length=60)),
                ("model", models.CharField(max_length=60)),
                ("serial", models.CharField(max_length=60)),
                ("note", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("maker", "model", "serial"), name="device_once")],
            },
        ),
        migrations.CreateModel(
            name="Certificate",
            fields=[
                key(),
                ("element", models.CharField(max_length=60)),
                ("number", models.CharField(max_length=60)),
                ("laboratory", models.CharField(blank=True, max_length=100)),
                ("corrections", models.JSONField(default=list)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField()),
                ("device", to("device", "certificates")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("number", "device", "element"), name="certificate_once"),
                    models.CheckConstraint(
                        condition=models.Q(("valid_to__gte", models.F("valid_from"))),
                        name="certificate_ends_after_it_begins",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Installation",
            fields=[
                key(),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("valid_from", models.DateTimeField()),
                ("valid_to", models.DateTimeField(null=True)),
                ("entered", models.DateTimeField()),
                ("device", to("device", "installations")),
                ("position", to("sensorposition", "installations")),
            ],
            options={
                "indexes": [models.Index(fields=["position", "valid_from"], name="observe_ins_positio_dc7970_idx")],
                "constraints": [later("installation_ends_after_it_begins", same_day=False)],
            },
        ),
        migrations.CreateModel(
            name="StationList",
            fields=[
                key(),
                ("time", models.DateTimeField()),
                ("form", models.CharField(max_length=20)),
                ("name", models.CharField(max_length=200)),
                ("sha256", models.CharField(max_length=64)),
                ("actor", models.CharField(max_length=150)),
                ("counts", models.JSONField()),
                ("refused", models.JSONField(default=list)),
            ],
            options={"indexes": [models.Index(fields=["-time"], name="observe_sta_time_5a3058_idx")]},
        ),
        migrations.CreateModel(
            name="Conflict",
            fields=[
                key(),
                ("fingerprint", models.CharField(max_length=64, unique=True)),
                ("form", models.CharField(max_length=20)),
                ("code", models.CharField(max_length=32)),
                ("district", models.CharField(blank=True, max_length=6)),
                ("field", models.CharField(
                    choices=[
                        ("new", "新站"), ("position", "位置"), ("altitude", "海拔"), ("name", "站名"),
                        ("opened", "起始日期"), ("closed", "终止日期"), ("impossible", "不可能的位置"),
                    ],
                    max_length=12,
                )),
                ("ours", models.JSONField(null=True)),
                ("theirs", models.JSONField()),
                ("suggested", models.JSONField(null=True)),
                ("distance_m", models.FloatField(null=True)),
                ("note", models.CharField(blank=True, max_length=300)),
                ("valid_from", models.DateField(null=True)),
                ("found", models.DateTimeField()),
                ("decision", models.CharField(
                    blank=True,
                    choices=[("keep", "保留本库"), ("take", "采用来源"), ("move", "记为迁站"), ("other", "另填数值")],
                    max_length=5,
                )),
                ("value", models.JSONField(null=True)),
                ("since", models.DateField(null=True)),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("settled", models.DateTimeField(null=True)),
                ("settled_by", models.CharField(blank=True, max_length=150)),
                ("listed", to("stationlist", "conflicts")),
            ],
            options={
                "indexes": [models.Index(fields=["settled", "code"], name="observe_con_settled_80f13b_idx")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decision", ""), ("settled", None)),
                            models.Q(
                                ("settled__isnull", False),
                                models.Q(("decision", ""), _negated=True),
                                models.Q(("reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="conflict_settled_with_reason",
                    ),
                ],
            },
        ),
        migrations.RunPython(guard, unguard),
    ]
