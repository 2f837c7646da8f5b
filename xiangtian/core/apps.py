"""The room as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """Settings of the room."""

    name = "xiangtian.core"
    label = "core"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "人员与台账"
