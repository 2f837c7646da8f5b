"""The room as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class VerifyConfig(AppConfig):
    """Settings of the room."""

    name = "xiangtian.verify"
    label = "verify"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "检验"
