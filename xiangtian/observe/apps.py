"""The room as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class ObserveConfig(AppConfig):
    """Settings of the room."""

    name = "xiangtian.observe"
    label = "observe"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "观测"
