"""What people decided about reported values."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("observe", "0002_sites"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Review",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("decision", models.CharField(max_length=32)),
                ("station", models.CharField(max_length=32)),
                ("district", models.CharField(blank=True, max_length=6)),
                ("element", models.CharField(max_length=60)),
                ("time", models.DateTimeField()),
                ("value", models.FloatField()),
                ("tests", models.IntegerField()),
                ("old_flag", models.SmallIntegerField()),
                (
                    "new_flag",
                    models.SmallIntegerField(choices=[(0, "正确"), (2, "错误"), (3, "订正"), (4, "修改")]),
                ),
                ("new_value", models.FloatField(null=True)),
                ("reason", models.TextField()),
                ("decided", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[("decided", "待入库"), ("stored", "已生效"), ("overtaken", "已被更正报取代")],
                        default="decided",
                        max_length=9,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["station", "element", "time"], name="review_of_a_value"),
                    models.Index(fields=["state", "id"], name="review_in_state"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("new_flag__in", (0, 2, 3, 4))), name="review_sets_a_flag_it_may"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("new_flag__in", (0, 2)), ("new_value", None)),
                            models.Q(("new_flag__in", (3, 4)), ("new_value__isnull", False)),
                            _connector="OR",
                        ),
                        name="review_value_goes_with_its_flag",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="review_has_a_reason"
                    ),
                    models.UniqueConstraint(fields=("decision", "time"), name="review_once_in_a_decision"),
                ],
            },
        ),
    ]
