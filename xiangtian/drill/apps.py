"""The room as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class DrillConfig(AppConfig):
    """Settings of the room."""

    name = "xiangtian.drill"
    label = "drill"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "演练"
