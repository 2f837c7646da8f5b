"""Humidity: saturation, vapour pressure, dew point and relative humidity over water.

All functions take scalars or arrays that broadcast; NaN in gives NaN out.
The Magnus form and its constants (6.112 hPa, 17.62, 243.12 degC) are those of WMO-No. 8 (Guide to
Instruments and Methods of Observation), Volume I, Annex 4.B, valid over water from -45 to 60 degC.
The pressure enhancement factor (below 0.5 %) is left out.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

MAGNUS_HPA = 6.112
MAGNUS_A = 17.62
MAGNUS_B_DEGC = 243.12


def saturation_vapor_pressure(temperature_degc: npt.ArrayLike) -> FloatArray:
    """Give the saturation vapour pressure over water, hPa, of an air temperature, degC.

    >>> round(float(saturation_vapor_pressure(25.0)), 2)
    31.6
    """
    temperature = np.asarray(temperature_degc, float)
    return np.asarray(MAGNUS_HPA * np.exp(MAGNUS_A * temperature / (MAGNUS_B_DEGC + temperature)))


def vapor_pressure(temperature_degc: npt.ArrayLike, relative_humidity_percent: npt.ArrayLike) -> FloatArray:
    """Give the vapour pressure, hPa, of air temperature, degC, and relative humidity over water, %.

    >>> round(float(vapor_pressure(-2.8, 56.0)), 2)
    2.79
    """
    humidity = np.asarray(relative_humidity_percent, float)
    return np.asarray(saturation_vapor_pressure(temperature_degc) * humidity / 100.0)


def dew_point_of_vapor_pressure(vapor_pressure_hpa: npt.ArrayLike) -> FloatArray:
    """Give the dew point, degC, at which air of a vapour pressure, hPa, is saturated over water.

    Pressures of 0 hPa or below have no dew point: NaN.
    """
    pressure = np.asarray(vapor_pressure_hpa, float)
    logarithm = np.log(np.where(pressure > 0, pressure, np.nan) / MAGNUS_HPA)
    return np.asarray(MAGNUS_B_DEGC * logarithm / (MAGNUS_A - logarithm))


def dew_point(temperature_degc: npt.ArrayLike, relative_humidity_percent: npt.ArrayLike) -> FloatArray:
    """Give the dew point, degC, of air temperature, degC, and relative humidity over water, %.

    >>> round(float(dew_point(25.0, 60.0)), 2)
    16.69
    """
    return dew_point_of_vapor_pressure(vapor_pressure(temperature_degc, relative_humidity_percent))


def relative_humidity(temperature_degc: npt.ArrayLike, dew_point_degc: npt.ArrayLike) -> FloatArray:
    """Give the relative humidity over water, %, of air temperature and dew point, degC; not cut at 100."""
    return np.asarray(100.0 * saturation_vapor_pressure(dew_point_degc) / saturation_vapor_pressure(temperature_degc))
