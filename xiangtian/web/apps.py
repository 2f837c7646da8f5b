"""The room as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Settings of the room."""

    name = "xiangtian.web"
    label = "web"
    verbose_name = "网页"
