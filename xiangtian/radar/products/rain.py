"""Rain rate from the lowest usable beam: by type of rain, or by dual polarisation where there is any."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from xiangtian.met.grid import Grid
from xiangtian.met.kernel import kernel
from xiangtian.radar.column import (
    DRY_DBZ,
    Columns,
    FloatField,
    IntField,
    Layer,
    Merged,
    Merging,
    Relation,
    Rules,
    Seen,
    empty,
)
from xiangtian.radar.rain_type import CONVECTIVE, separate

MERGING = (Merging.POWER, Merging.MEAN, Merging.MEAN, Merging.MEAN)
_HEIGHT_M = 4_000.0
"""Quality falls as exp(-(h / this)^2) with the height of the beam: what is seen there is less and less what falls."""
_GIGAHERTZ = {"S": 3.0, "C": 5.6, "X": 9.4}
_HEAVY_DBZ, _KDP, _ZDR, _RHOHV = 38.0, 0.3, 0.5, 0.9


def layers(rules: Rules) -> int:
    """Give 4: reflectivity, height of the beam, rain by dual polarisation, share of cells where that is used."""
    return len(MERGING)


def of(columns: Columns, rules: Rules) -> Seen:
    """Give what the lowest usable gate above each cell says, see the family's contract.

    Layers: reflectivity, dBZ, with what quality control adds for the ground; height of the beam above the sea, m; rain
    rate by dual polarisation, mm/h; 1 where that is there, else 0. The weight falls with distance and with the height
    of the beam.
    """
    seen = empty(len(MERGING), columns.cells.size)
    tilt = _lowest(columns.dbz)
    found = np.flatnonzero(tilt >= 0)
    at, bins = tilt[found], columns.bins[found]
    dbz, height = _at_ground(columns, rules, found, at), columns.height[bins, at]
    quality = columns.quality[found, at]
    weight = quality * columns.weight[bins] * np.exp(-((height / np.float32(rules.scale_height_m)) ** 2))
    dual = _dual(columns, rules, found, at, dbz)
    values = dbz, height, dual, np.isfinite(dual).astype(np.float32)
    good = quality * np.exp(-((np.maximum(height, 0) / np.float32(_HEIGHT_M)) ** 2))
    for number, layer in enumerate(values):
        seen.values[number, found] = layer
        seen.weight[number, found] = np.maximum(weight, np.float32(1e-30))
        seen.quality[number, found] = good
    return seen


@kernel
def _lowest(dbz: FloatField) -> IntField:
    """Give the lowest tilt that saw something over each cell, -1 where none did."""
    out = np.full(dbz.shape[0], np.int32(-1))
    for k in range(dbz.shape[0]):
        for t in range(dbz.shape[1]):
            if dbz[k, t] == dbz[k, t]:
                out[k] = t
                break
    return out


def _at_ground(columns: Columns, rules: Rules, found: npt.NDArray[np.intp], at: npt.NDArray[np.int32]) -> FloatField:
    dbz = columns.dbz[found, at]
    if not rules.to_ground or "to_ground" not in columns.moments:
        return dbz
    more = np.nan_to_num(columns.moments["to_ground"][found, at])
    return np.where(dbz > DRY_DBZ, np.maximum(dbz + more, np.float32(DRY_DBZ)), dbz)


def _dual(
    columns: Columns, rules: Rules, found: npt.NDArray[np.intp], at: npt.NDArray[np.int32], dbz: FloatField
) -> FloatField:
    if not rules.dual or "KDP" not in columns.moments or columns.band not in _GIGAHERTZ:
        return np.full(found.size, np.nan, np.float32)
    none = np.full(columns.dbz.shape, np.nan, np.float32)
    kdp, zdr, rhohv = (columns.moments.get(name, none)[found, at] for name in ("KDP", "ZDR", "RHOHV"))
    return by_dual(dbz, kdp, zdr, rhohv, columns.band, rules.rain_cap_dbz)


def by_relation(dbz: FloatField, relation: Relation, cap_dbz: float) -> FloatField:
    """Give rain rate, mm/h, by Z = factor R^exponent; 0 where dry, NaN where unseen; reflectivity is cut to the cap.

    >>> import numpy as np
    >>> rate = by_relation(np.float32([40, -32, np.nan]), Relation(200.0, 1.6), 53.0)
    >>> [round(float(value), 2) for value in rate]
    [11.53, 0.0, nan]
    """
    field = np.asarray(dbz, np.float32)
    slope = np.float32(np.log(10) / 10 / relation.exponent)
    rate = np.exp(np.minimum(field, np.float32(cap_dbz)) * slope) / np.float32(
        relation.factor ** (1 / relation.exponent)
    )
    return np.where(field <= DRY_DBZ, np.float32(0), rate)


def by_dual(
    dbz: FloatField, kdp: FloatField, zdr: FloatField, rhohv: FloatField, band: str, cap_dbz: float
) -> FloatField:
    """Give rain rate by dual polarisation, where that is better than reflectivity alone.

    In heavy rain (KDP at least 0.3 degrees/km and 38 dBZ) R = 129 (KDP / f)^0.85, f in GHz: immune to calibration,
    attenuation and partial blockage. At S band in other rain with ZDR of at least 0.5 dB
    R = 0.0067 Z^0.927 10^(-0.343 ZDR); at C and X band ZDR is too much attenuated for that.

    Parameters
    ----------
    dbz, kdp, zdr, rhohv : FloatField
        (cells,) dBZ, degrees/km (one way), dB, 1; NaN where missing.
    band : str
        "S", "C" or "X".
    cap_dbz : float
        Reflectivity is cut to it, against hail.

    Returns
    -------
    FloatField
        (cells,) mm/h; NaN where reflectivity alone must do, and where RHOHV below 0.9 says it isn't rain alone.

    References
    ----------
    Bringi and Chandrasekar 2001, Polarimetric Doppler Weather Radar, section 8.1 (coefficients); which relation
    where: Cifelli et al. 2011, J. Atmos. Oceanic Technol. 28, 352-364, without the branch for ice.
    """
    with np.errstate(invalid="ignore"):
        rain = (dbz > DRY_DBZ) & ~(rhohv < _RHOHV)
        heavy = rain & (kdp >= _KDP) & (dbz >= _HEAVY_DBZ)
        by_shape = rain & ~heavy & (zdr >= _ZDR) & (band == "S")
        by_phase = 129.0 * (np.abs(kdp) / _GIGAHERTZ[band]) ** 0.85
        power = 10.0 ** (np.minimum(dbz, cap_dbz) / 10.0)
        by_ratio = 0.0067 * power**0.927 * 10.0 ** (-0.343 * zdr)
    return np.select([heavy, by_shape], [by_phase, by_ratio], np.nan).astype(np.float32)


def finish(merged: Merged, grid: Grid, rules: Rules) -> dict[str, Layer]:
    """Tell rain rate, its type, the reflectivity and the height of the beam it comes from, and the share of dual."""
    dbz, height, dual, share = merged.values
    kind = separate(dbz, grid.cell_m)
    convective = kind == CONVECTIVE
    rate = by_relation(dbz, rules.stratiform, rules.rain_cap_dbz)
    rate[convective] = by_relation(dbz[convective], rules.convective, rules.rain_cap_dbz)
    used = np.isfinite(dual) & (share > 0)
    rate[used] += share[used] * (dual[used] - rate[used])
    told = {
        "convective": f"Z={rules.convective.factor:g}R^{rules.convective.exponent:g}",
        "stratiform": f"Z={rules.stratiform.factor:g}R^{rules.stratiform.exponent:g}",
        "cap_dbz": rules.rain_cap_dbz,
        "merging": "mean power, weighted by quality, distance and height of the beam",
    }
    flags = {"flag_values": np.array([0, 1, 2], np.uint8), "flag_meanings": "none stratiform convective"}
    return {
        "rain_rate": Layer(rate, "mm h-1", "rain rate at the ground", "rainfall_rate", told),
        "rain_type": Layer(kind, "1", "type of rain", "", flags),
        "rain_dual": Layer(share, "1", "share of dual polarisation in the rain rate"),
        "hybrid_reflectivity": Layer(
            dbz,
            "dBZ",
            "reflectivity at the ground by the lowest beam",
            "equivalent_reflectivity_factor",
            {"dry_value": DRY_DBZ},
        ),
        "hybrid_height": Layer(height, "m", "height of the lowest beam above the sea"),
    }
