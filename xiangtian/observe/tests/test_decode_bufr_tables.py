"""National tables by file: a made-up table of a centre's own elements."""

import pytest

from xiangtian.observe.tests.bufr_makers import ENVELOPE, encode
from xiangtian.observe.worker import Limits
from xiangtian.observe.workshop import Workshop

LIMITS = Limits(30, 512)
ELEMENTS = """\
#code|abbreviation|type|name|unit|scale|reference|width|crex_unit|crex_scale|crex_width
012201|{name}|double|ROAD AIR TEMPERATURE|{unit}|2|0|16|C|1|3
"""
SEQUENCES = '"301201" = [ 001001, 001002 ]\n'


@pytest.fixture
def tables(tmp_path):
    """A folder of tables of centre 38, sub-centre 0, local version 1."""

    def write(name="airTemperature", unit="K"):
        folder = tmp_path / "tables/bufr/tables/0/local/1/38/0"
        folder.mkdir(parents=True)
        (folder / "element.table").write_text(ELEMENTS.format(name=name, unit=unit))
        (folder / "sequence.def").write_text(SEQUENCES)
        return tmp_path / "tables"

    return write


def national() -> bytes:
    """A message whose temperature, 16 bits of 0.01 K like 0 12 101, goes under the national number 0 12 201."""
    body = encode([12101], airTemperature=299.25, bufrHeaderCentre=38, localTablesVersionNumber=1)
    assert body.count(b"\x0c\x65") == 1  # 0 12 101
    return body.replace(b"\x0c\x65", b"\x0c\xc9")


def said(folder):
    workshop = Workshop(LIMITS, folder)
    (found,) = workshop.decode([(national(), ENVELOPE)])
    workshop.close()
    return found


def test_a_national_element_means_what_its_abbreviation_says(tables):
    (reading,) = said(tables()).readings
    assert (reading.station, reading.values) == ("58358", {"air_temperature": 26.1})  # 299.25 K - 273.15 K


def test_without_the_table_the_reason_names_it():
    (refusal,) = said(None).refusals
    assert "主表第 31 版，38 号中心本地表第 1 版" in refusal.reason
    assert "tables" in refusal.reason


@pytest.mark.parametrize(("name", "unit"), [("airTemperature", "C"), ("roadTemperature", "K")])
def test_another_unit_or_an_unknown_name_is_not_taken_for_ours(tables, name, unit):
    (refusal,) = said(tables(name, unit)).refusals
    assert name in refusal.reason
