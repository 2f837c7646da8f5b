"""The room as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class WarnConfig(AppConfig):
    """Settings of the room."""

    name = "xiangtian.warn"
    label = "warn"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "预警"
