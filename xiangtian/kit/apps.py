"""The room as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class KitConfig(AppConfig):
    """Settings of the room."""

    name = "xiangtian.kit"
    label = "kit"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "作业"
