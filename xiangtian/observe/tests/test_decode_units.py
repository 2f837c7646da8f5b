"""Factors: SI brochure, 9th edition (2019), tables 8 and 4; NIST SP 811 (2008), B.8; WMO-No. 8 (2021), annex 1.A."""

import pytest

from xiangtian.core.elements import CATALOGUE
from xiangtian.observe.decode.units import allowed, converter


@pytest.mark.parametrize(
    ("name", "unit", "value", "expected"),
    [
        ("air_temperature", "degC", -40, -40),
        ("air_temperature", "degF", -40, -40),
        ("air_temperature", "K", 0, -273.15),
        ("surface_air_pressure", "kPa", 101.325, 1013.25),
        ("surface_air_pressure", "mbar", 1000, 1000),
        ("wind_speed", "mph", 100, 44.704),
        ("wind_speed", "knot", 100, 51.444444),
        ("precipitation_amount", "inch", 0.01, 0.254),
        ("precipitation_amount", "kg m-2", 5, 5),
        ("visibility_in_air", "km", 0.5, 500),
        ("visibility_in_air", "ft", 1000, 304.8),
        ("relative_humidity", "1", 0.61, 61),
        ("surface_downwelling_shortwave_flux", "J m-2 h-1", 3600, 1),
        ("precipitation_period", "h", 1, 60),
    ],
)
def test_factors(name, unit, value, expected):
    assert converter(name, unit)(value) == pytest.approx(expected, abs=1e-6)


def test_every_element_may_come_in_its_own_unit():
    for name, element in CATALOGUE.items():
        assert allowed(name)[0] == element.unit
        assert converter(name, element.unit)(1.25) == 1.25


def test_a_unit_of_another_quantity():
    with pytest.raises(ValueError, match="it may come in degC, K, degF"):
        converter("air_temperature", "hPa")
    with pytest.raises(KeyError):
        converter("colour", "K")
