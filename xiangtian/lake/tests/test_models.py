from __future__ import annotations

import datetime as dt

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from xiangtian.lake.models import GridRun

NOON = dt.datetime(2026, 6, 18, 12, 0, tzinfo=dt.UTC)

pytestmark = pytest.mark.django_db


def test_a_folder_is_listed_once() -> None:
    run = {"kind": "radar", "time": NOON, "received": NOON, "path": "radar/a.zarr", "size": 1}
    assert str(GridRun.objects.create(**run)) == "radar 2026-06-18T12:00:00+00:00"
    with pytest.raises(IntegrityError), transaction.atomic():
        GridRun.objects.create(**run)


def test_the_migration_is_complete() -> None:
    call_command("makemigrations", "lake", check=True, dry_run=True, interactive=False, verbosity=0)
