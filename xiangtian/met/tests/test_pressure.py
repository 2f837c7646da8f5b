"""Expected values: ISO 2533 table (1000 m: 898.75 hPa, 8.5 degC; 5000 m: 540.2 hPa); NMIC's regional sample record
(P 1022.5 hPa, T -2.8 degC, e 2.8 hPa, barometer at 64.8 m -> P0 1030.8 hPa)."""

import numpy as np
import pytest

from xiangtian.met import pressure


@pytest.mark.parametrize(("altitude", "hpa"), [(0.0, 1013.25), (1000.0, 898.75), (5000.0, 540.20)])
def test_standard_atmosphere_table(altitude, hpa):
    assert pressure.standard_pressure(altitude) == pytest.approx(hpa, abs=0.05)


def test_standard_temperature_table():
    np.testing.assert_allclose(pressure.standard_temperature([0.0, 1000.0, 10000.0]), [15.0, 8.5, -50.0])


def test_sample_record_reduces_to_its_sea_level_pressure():
    assert pressure.reduce_to_sea_level(1022.5, -2.8, 64.8, 2.8) == pytest.approx(1030.8, abs=0.15)


def test_standard_pressure_reduces_to_sea_level():
    altitude = np.array([0.0, 200.0, 700.0])
    reduced = pressure.reduce_to_sea_level(
        pressure.standard_pressure(altitude), pressure.standard_temperature(altitude), altitude
    )
    np.testing.assert_allclose(reduced, 1013.25, atol=0.1)


def test_station_at_sea_level_keeps_its_pressure_and_missing_stays_missing():
    reduced = pressure.reduce_to_sea_level([1000.0, np.nan, 1000.0], [20.0, 20.0, np.nan], [0.0, 10.0, 10.0])
    assert reduced[0] == 1000.0
    assert np.isnan(reduced[1:]).all()
