"""Conversions by hand: 25 degC = 298.15 K = 77 degF; 1005 hPa = 100500 Pa; 10 m/s = 36 km/h."""

import numpy as np
import pytest

from xiangtian.observe.qc import suspected_unit


@pytest.mark.parametrize(
    ("element", "value", "expected", "unit"),
    [
        ("air_temperature", 298.15, 24.0, "K"),
        ("air_temperature", 77.0, 25.5, "°F"),
        ("air_temperature", 251.0, 25.0, "0.1 °C"),
        ("surface_air_pressure", 100500.0, 1004.0, "Pa"),
        ("wind_speed", 36.0, 10.5, "km/h"),
        ("precipitation_amount", 24.0, 2.5, "0.1 mm"),
        ("relative_humidity", 0.7, 66.0, "1"),
        ("air_temperature", 25.4, 25.0, None),
        ("air_temperature", 40.0, 25.0, None),
        ("air_temperature", np.nan, 25.0, None),
        ("visibility_in_air", 12.0, 12000.0, None),
    ],
)
def test_suspected_unit(element, value, expected, unit):
    assert suspected_unit(element, value, expected) == unit
