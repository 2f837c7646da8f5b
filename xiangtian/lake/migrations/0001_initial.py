"""The list of grids."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Make the table of grid runs."""

    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="GridRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(help_text="radar, nowcast, ...", max_length=40, verbose_name="种类")),
                ("time", models.DateTimeField(help_text="UTC: the moment of a composite, the start of a forecast", verbose_name="资料时间")),
                ("received", models.DateTimeField(help_text="UTC: from when on it was known", verbose_name="入库时间")),
                ("path", models.CharField(help_text="relative to the home's folder of grids", max_length=200, verbose_name="路径")),
                ("attrs", models.JSONField(default=dict, help_text="what a reader must know without opening the folder", verbose_name="属性")),
                ("size", models.BigIntegerField(help_text="bytes of all its files", verbose_name="字节")),
            ],
            options={"verbose_name": "格点产品", "verbose_name_plural": "格点产品"},
        ),
        migrations.AddIndex("gridrun", models.Index(fields=["kind", "time", "received"], name="lake_gridrun_asked")),
        migrations.AddConstraint("gridrun", models.UniqueConstraint(fields=["kind", "time", "path"], name="lake_gridrun_once")),
    ]
