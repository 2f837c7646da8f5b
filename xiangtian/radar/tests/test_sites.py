import math

import pytest

from xiangtian.radar.polar import sites
from xiangtian.radar.polar.model import Site


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Z_RADR_I_Z9572_20190809155900_O_DOR_SA_CAP.bin.bz2", "Z9572"),
        ("Z_RADR_I_ZG170_20260329064800_O_DOR_YTD2_CAP_FMT.bin.bz2", "ZG170"),
        ("Z9002.bin", "Z9002"),
        ("XZ95721.bin", ""),
        ("", ""),
    ],
)
def test_the_code_in_a_file_name(name, code):
    assert sites.code_in(name) == code


def test_the_table_is_of_the_lower_yangtze():
    assert all(code == site.code for code, site in sites.RADARS.items())
    assert all(116 < site.longitude < 123 and 27 < site.latitude < 35.5 for site in sites.RADARS.values())
    assert set(sites.UNCERTAIN_M) <= set(sites.RADARS)
    assert sites.site_of("Z9572") == sites.RADARS["Z9572"]
    assert sites.site_of("Z0000") is None


def test_a_degree_of_latitude_is_111_km():
    # 2 pi 6371 km / 360 = 111.195 km
    assert sites.distance_m(Site("", 120, 31, 0), Site("", 120, 32, 0)) == pytest.approx(111_195, abs=1)
    assert sites.distance_m(Site("", 120, 31, 0), Site("", 120, 31, 0)) == 0


@pytest.mark.parametrize(("ghz", "band"), [(2.8, "S"), (5.6, "C"), (9.4, "X"), (35.0, "Ka"), (0.0, "")])
def test_letters_of_bands(ghz, band):
    assert sites.band(ghz * 1e9) == band


def test_a_site_without_a_place_takes_the_tables_or_none():
    nowhere, table = Site("Z1", 0.0, 0.0, 10.0), Site("Z1", 120.0, 31.0, 20.0)
    assert sites.agreed(nowhere, table)[0] == table
    assert math.isnan(sites.agreed(nowhere, None)[0].longitude)
    assert sites.agreed(table, None) == (table, [])


def test_what_is_not_sure_is_told():
    assert sites.known("Z9572") == []
    assert "uncertain by some 9 km" in sites.known("Z9578")[0]
    assert "does not have Z0000" in sites.known("Z0000")[0]
