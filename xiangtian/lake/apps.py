"""Make the lake known to Django."""

from __future__ import annotations

from django.apps import AppConfig


class LakeConfig(AppConfig):
    """The room `lake` and its list of grids."""

    name = "xiangtian.lake"
    label = "lake"
    verbose_name = "数据湖"
    default_auto_field = "django.db.models.BigAutoField"
