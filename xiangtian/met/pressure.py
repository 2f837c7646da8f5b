"""Pressure and height: reduction to sea level and the standard atmosphere.

All functions take scalars or arrays that broadcast; NaN in gives NaN out.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

LAPSE_K_PER_M = 0.0065
"""Fall of temperature with height in the standard atmosphere (ISO 2533), K per m."""
ZERO_K = 273.15
SEA_LEVEL_DEGC = 15.0
SEA_LEVEL_HPA = 1013.25
REDUCTION_K_PER_GPM = 0.0148275
"""The constant of the reduction formula, g / (R ln 10)."""
HUMIDITY_K_PER_HPA = 0.12
"""The coefficient of vapour pressure in the mean temperature of the fictitious air column."""
STANDARD_EXPONENT = 5.255876
"""g / (R * lapse) of the standard atmosphere (ISO 2533)."""


def standard_temperature(altitude_m: npt.ArrayLike) -> FloatArray:
    """Give the air temperature, degC, of the standard atmosphere (ISO 2533) below 11 km."""
    return np.asarray(SEA_LEVEL_DEGC - LAPSE_K_PER_M * np.asarray(altitude_m, float))


def standard_pressure(altitude_m: npt.ArrayLike) -> FloatArray:
    """Give the pressure, hPa, of the standard atmosphere (ISO 2533) below 11 km.

    >>> round(float(standard_pressure(1000.0)), 1)
    898.7
    """
    fall = LAPSE_K_PER_M * np.asarray(altitude_m, float) / (SEA_LEVEL_DEGC + ZERO_K)
    return np.asarray(SEA_LEVEL_HPA * (1.0 - fall) ** STANDARD_EXPONENT)


def reduce_to_sea_level(
    pressure_hpa: npt.ArrayLike,
    temperature_degc: npt.ArrayLike,
    altitude_m: npt.ArrayLike,
    vapor_pressure_hpa: npt.ArrayLike = 0.0,
) -> FloatArray:
    """Reduce station pressure to mean sea level.

    Parameters
    ----------
    pressure_hpa : npt.ArrayLike
        Pressure at the barometer, hPa.
    temperature_degc : npt.ArrayLike
        Air temperature at the station, degC.
    altitude_m : npt.ArrayLike
        Height of the barometer above sea level, m (taken as geopotential metres).
    vapor_pressure_hpa : npt.ArrayLike
        Vapour pressure at the station, hPa; 0 leaves humidity out.

    Returns
    -------
    FloatArray
        Pressure at mean sea level, hPa.

    References
    ----------
    WMO-No. 8, Volume I, Chapter 3: log10(p0 / ps) = Kp Hp / (Ts + a Hp / 2 + es Ch), recommended for
    stations below 750 m; above it the result only serves comparison with neighbours of like height.
    """
    altitude = np.asarray(altitude_m, float)
    column_k = (
        np.asarray(temperature_degc, float)
        + ZERO_K
        + LAPSE_K_PER_M * altitude / 2.0
        + HUMIDITY_K_PER_HPA * np.asarray(vapor_pressure_hpa, float)
    )
    return np.asarray(np.asarray(pressure_hpa, float) * 10.0 ** (REDUCTION_K_PER_GPM * altitude / column_k))
