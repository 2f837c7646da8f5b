"""The room as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class PublishConfig(AppConfig):
    """Settings of the room."""

    name = "xiangtian.publish"
    label = "publish"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "发布"
