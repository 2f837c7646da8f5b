"""A home of the first release keeps its stations: one station a code, a place for each of its old rows."""

import pytest
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from xiangtian.observe.models import Site, Station

ROW = (
    "INSERT INTO observe_station (code, zh, en, kind, lon, lat, alt_m, district, national, drill, source, valid_from, "
    "valid_to) VALUES (%s, %s, 'X', 'kind', 120.6, 31.3, 4, '320506', %s, %s, 'list', %s, %s)"
)
OLD = [
    ("58349", "苏州", True, False, "1995-01-01", "2013-12-31"),
    ("58349", "苏州", True, False, "2014-01-01", None),
    ("D0001", "演习", False, True, "1949-10-01", None),
]


@pytest.fixture
def old(tmp_path, django_db_setup, django_db_blocker):
    """A database file of its own, beside the tests' own database."""
    told = connections.databases["default"] | {"ENGINE": "django.db.backends.sqlite3", "NAME": str(tmp_path / "old.db")}
    connections.databases["old"] = told | {"OPTIONS": {}}
    with django_db_blocker.unblock():
        yield connections["old"]
        connections["old"].close()
    del connections.databases["old"], connections["old"]


def test_rows_become_stations_and_sites(old) -> None:
    MigrationExecutor(old).migrate([("observe", "0001_initial")])
    with old.cursor() as cursor:
        cursor.executemany(ROW, OLD)
    MigrationExecutor(old).migrate([("observe", "0002_sites")])
    found = Station.objects.using("old").order_by("code").values_list("code", "network", "wigos", "drill")
    assert list(found) == [("58349", "national", "0-20000-0-58349", False), ("D0001", "regional", "", True)]
    sites = Site.objects.using("old").order_by("station__code", "valid_from")
    assert [(one.station.code, str(one.valid_from), str(one.valid_to)) for one in sites] == [
        ("58349", "1995-01-01", "2013-12-31"),
        ("58349", "2014-01-01", "None"),
        ("D0001", "1949-10-01", "None"),
    ]
