"""The room as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class NowcastConfig(AppConfig):
    """Settings of the room."""

    name = "xiangtian.nowcast"
    label = "nowcast"
    verbose_name = "临近预报"
