"""The room as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class RadarConfig(AppConfig):
    """Settings of the room."""

    name = "xiangtian.radar"
    label = "radar"
    verbose_name = "雷达"
