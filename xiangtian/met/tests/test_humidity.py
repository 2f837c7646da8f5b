"""Expected values: NMIC's regional sample record (T -2.8, RH 56 -> e 2.8 hPa, Td -10.4); WMO-No. 8 Annex 4.B values
of saturation vapour pressure over water (Magnus form); Sonntag/WMO tables: 0 degC 6.11 hPa, 20 degC 23.4 hPa."""

import numpy as np
import pytest

from xiangtian.met import humidity


@pytest.mark.parametrize(("temperature", "hpa"), [(0.0, 6.112), (20.0, 23.37), (25.0, 31.60), (-10.0, 2.863)])
def test_saturation_matches_tables_to_half_a_percent(temperature, hpa):
    assert humidity.saturation_vapor_pressure(temperature) == pytest.approx(hpa, rel=5e-3)


def test_sample_record_is_reproduced_to_its_decimals():
    assert round(float(humidity.vapor_pressure(-2.8, 56)), 1) == 2.8
    assert round(float(humidity.dew_point(-2.8, 56)), 1) == -10.4


def test_saturated_air_has_its_temperature_as_dew_point():
    temperature = np.array([-30.0, 0.0, 35.0])
    np.testing.assert_allclose(humidity.dew_point(temperature, 100.0), temperature, atol=1e-9)


def test_humidity_and_dew_point_are_inverse():
    temperature, rh = np.meshgrid([-20.0, 5.0, 30.0], [5.0, 50.0, 99.0])
    np.testing.assert_allclose(humidity.relative_humidity(temperature, humidity.dew_point(temperature, rh)), rh)


def test_dry_and_missing_air_have_no_dew_point():
    assert np.isnan(humidity.dew_point([20.0, np.nan, 20.0], [0.0, 50.0, np.nan])).all()
