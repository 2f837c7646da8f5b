"""Unfolding of velocities: each cut among itself, then against the rule of the ring, other cuts and the wind.

1. Within a cut, regions are merged by their borders (:mod:`xiangtian.radar.qc.regions`).
2. The largest island of a cut is anchored by the rule of the ring: the mean of the radial velocity around the radar is
   the divergence of the wind (Browning and Wexler 1968, J. Appl. Meteor. 7, 105-113), which is small beside a Nyquist
   range even inside a typhoon, where no uniform wind would fit.
3. Other islands, and islands of cuts without rings, follow the nearest cut that is already right; where there is none,
   the wind given or fitted in layers; else they are left with the smallest mean.
4. Patches that disagree with their surroundings or with the next cut are turned if that ends more jumps than it begins.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xiangtian.radar.qc.patches import settled
from xiangtian.radar.qc.regions import unfolded
from xiangtian.radar.qc.rings import island_sums, layer_sums, move_islands, ring_sums, votes
from xiangtian.radar.qc.scan import SAME_ANGLE, UNJUDGED, Cut, Field, Floats, Scan, Verdict, each, onto
from xiangtian.radar.qc.texture import box_means

_LAYER_M = 500.0
_LAYERS = 30
_BEYOND_M = 2000.0
_PASSES = 4
_FEWEST = 30
"""Gates that must be compared before an island is moved."""
_UNANCHORED = np.float32(0.5)
_DOUBTED = np.float32(0.3)


@dataclass(frozen=True)
class Settings:
    """Settings of this step.

    Attributes
    ----------
    parts : int
        Intervals into which the Nyquist range is cut.
    gap_km, gap_degrees : float
        Empty gates and rays that a border may cross.
    ring : float
        Smallest evenness (0 to 1; 1 is a whole ring, a half ring has 0.19) of the azimuths of a ring that anchors.
    agree : float
        Share of the compared gates of an island that must ask for the same move.
    wind : tuple
        Known wind, (metres above the antenna, eastward m/s, northward m/s) by rising height; empty: none known.
    """

    parts: int = 3
    gap_km: float = 5.0
    gap_degrees: float = 8.0
    ring: float = 0.15
    agree: float = 0.6
    wind: tuple[tuple[float, float, float], ...] = ()


@dataclass
class _Sheet:
    """The velocities of one cut on their way."""

    cut: Cut
    velocity: Field
    island: npt.NDArray[np.int32]
    size: npt.NDArray[np.int64]
    sure: npt.NDArray[np.bool_]
    weight: float

    @property
    def period(self) -> float:
        return 2 * self.cut.nyquist

    def known(self) -> Field:
        """Give the velocities of islands that are anchored."""
        if self.sure.all():
            return self.velocity
        return np.where((self.island >= 0) & self.sure[self.island], self.velocity, np.float32(np.nan))


def apply(scan: Scan, settings: Settings) -> list[Verdict]:
    """Unfold VRADH; see the family's contract in :mod:`xiangtian.radar.qc.steps`.

    Cuts without velocities, or whose Nyquist velocity nobody says, are not judged.
    """
    numbers = [k for k, cut in enumerate(scan.cuts) if cut.holds("VRADH") and cut.nyquist > 0]
    sheets = each(lambda k: _alone(scan.cuts[numbers[k]], settings), len(numbers))
    _anchored_by_others(sheets, settings)
    each(lambda k: _smoothed(sheets, len(sheets) - 1 - k), len(sheets))
    verdicts = [UNJUDGED] * len(scan.cuts)
    for number, sheet in zip(numbers, sheets, strict=True):
        verdicts[number] = _verdict(sheet)
    return verdicts


def _alone(cut: Cut, settings: Settings) -> _Sheet:
    gap = int(settings.gap_degrees * len(cut.azimuth) / 360), int(settings.gap_km * 1000 / cut.spacing)
    velocity, island = unfolded(cut.fields["VRADH"], cut.nyquist, cut.closed, settings.parts, *gap)
    size, total = island_sums(velocity, island)
    largest = int(np.argmax(size))
    constant = total / size
    ring = ring_sums(velocity, island, largest, np.radians(cut.azimuth))
    offset, weight = _even_rings(ring, len(cut.azimuth), settings.ring)
    if weight:
        constant[largest] = offset
    sheet = _Sheet(cut, velocity, island, size, np.arange(len(size)) == largest if weight else size < 0, weight)
    _move(sheet, -np.rint(constant / sheet.period))
    return sheet


def _move(sheet: _Sheet, turns: Floats) -> None:
    """Move each island by its number of turns."""
    if turns.any():
        move_islands(sheet.velocity, sheet.island, (turns * sheet.period).astype(np.float32))


def _even_rings(sums: Floats, rays: int, evenness: float) -> tuple[float, float]:
    """Fit v = a + b sin(azimuth) + c cos(azimuth) on each ring; give the median a of even rings, and their weight."""
    n, s, c, ss, sc, cc, v, vs, vc = sums
    minor = ss * cc - sc**2, s * cc - sc * c, s * sc - ss * c
    determinant = n * minor[0] - s * minor[1] + c * minor[2]
    even = 4 * determinant / np.maximum(n, 1) ** 3
    usable = (even > evenness) & (n >= rays / 4)
    if not usable.any():
        return 0.0, 0.0
    constant = (v * minor[0] - vs * minor[1] + vc * minor[2])[usable] / determinant[usable]
    weight = (even * n)[usable]
    order = np.argsort(constant)
    middle = int(np.searchsorted(np.cumsum(weight[order]), weight.sum() / 2))
    return float(constant[order][min(middle, len(order) - 1)]), float(weight.sum())


def _anchored_by_others(sheets: list[_Sheet], settings: Settings) -> None:
    """Settle the islands of each cut by the nearest cut that is settled, from the best anchored cut outwards."""
    if not sheets:
        return
    best = max(range(len(sheets)), key=lambda k: sheets[k].weight)
    done = [best]
    _vote(sheets[best], _from_wind(sheets[best].cut, settings.wind), settings.agree)
    for number in sorted(set(range(len(sheets))) - {best}, key=lambda k: abs(k - best)):
        sheet = sheets[number]
        near = min(done, key=lambda k: abs(sheets[k].cut.angle - sheet.cut.angle))
        _vote(sheet, onto(sheets[near].cut, sheet.cut, sheets[near].known()), settings.agree)
        done.append(number)
    for _ in range(_PASSES):
        left = [sheet for sheet in sheets if not sheet.sure.all()]
        if not left:
            return
        wind = settings.wind or _fitted(sheets)
        settled_now = [_vote(sheet, _from_wind(sheet.cut, wind), settings.agree, only_unsure=True) for sheet in left]
        if not any(settled_now):
            return


def _vote(sheet: _Sheet, reference: Field, agree: float, only_unsure: bool = False) -> bool:
    """Move islands by the number of turns that most of their gates ask for; tell whether that settled any."""
    table = np.zeros((len(sheet.size), 17), np.int32)
    votes(sheet.velocity, reference, sheet.island, sheet.period, table)
    total, favourite = table.sum(axis=1), table.argmax(axis=1) - 8
    enough = (total >= np.minimum(_FEWEST, sheet.size)) & (table.max(axis=1) >= agree * total) & (total > 0)
    if only_unsure:
        enough &= ~sheet.sure
    _move(sheet, np.where(enough, favourite, 0.0))
    sheet.sure |= enough
    return bool(enough.any())


def _from_wind(cut: Cut, wind: tuple[tuple[float, float, float], ...]) -> Field:
    """Give the radial velocity of a wind that is uniform at each height; NaN two kilometres beyond its heights."""
    if not wind:
        return np.full(cut.shape, np.nan, np.float32)
    height, east, north = np.asarray(wind, np.float64).T
    near = np.where((cut.height_m > height[0] - _BEYOND_M) & (cut.height_m < height[-1] + _BEYOND_M), 1.0, np.nan)
    u, v = (near * np.interp(cut.height_m, height, part) for part in (east, north))
    phi, flat = np.radians(cut.azimuth)[:, None], np.cos(np.radians(cut.angle))
    return np.asarray((np.sin(phi) * u + np.cos(phi) * v) * flat, np.float32)


def _fitted(sheets: list[_Sheet]) -> tuple[tuple[float, float, float], ...]:
    """Fit v = east s + north c to the anchored velocities in layers, by least squares.

    Layers that are seen from too few sides, or whose wind does not explain them (a typhoon), are left out.
    """
    sums = np.zeros((_LAYERS, 7))
    for sheet in sheets:
        cut = sheet.cut
        layer = np.minimum(cut.height_m / _LAYER_M, _LAYERS - 1).astype(np.int64)
        layer_sums(sheet.known(), np.radians(cut.azimuth), np.cos(np.radians(cut.angle)), layer, sums)
    n, ss, sc, cc, vs, vc, vv = sums.T
    determinant = ss * cc - sc**2
    usable = (n >= 100) & (determinant > 0.02 * n**2)
    determinant = np.where(usable, determinant, 1.0)
    east, north = (cc * vs - sc * vc) / determinant, (ss * vc - sc * vs) / determinant
    left = np.sqrt(np.maximum(vv - east * vs - north * vc, 0) / np.maximum(n, 1))
    usable &= left < min(sheet.cut.nyquist for sheet in sheets) / 2
    return tuple(((k + 0.5) * _LAYER_M, float(east[k]), float(north[k])) for k in np.flatnonzero(usable))


def _smoothed(sheets: list[_Sheet], number: int) -> None:
    """Turn what disagrees with the cut above or with its own surroundings."""
    sheet, cut = sheets[number], sheets[number].cut
    higher = [one for one in sheets if one.cut.angle > cut.angle + SAME_ANGLE]
    if higher:
        near = min(higher, key=lambda one: one.cut.angle)
        sheet.velocity = settled(sheet.velocity, onto(near.cut, cut, near.velocity), cut.nyquist, cut.closed)
    for rays, metres in ((4, 4000), (2, 1000)):
        around = box_means(sheet.velocity, rays, max(2, int(metres / cut.spacing)), cut.closed)
        sheet.velocity = settled(sheet.velocity, around, cut.nyquist, cut.closed)


def _verdict(sheet: _Sheet) -> Verdict:
    """Trust less what stands on an island nobody anchored, and what is far from its surroundings."""
    cut, velocity = sheet.cut, sheet.velocity
    quality = np.where(sheet.island >= 0, np.append(np.where(sheet.sure, 1, _UNANCHORED), 1)[sheet.island], 1)
    far = np.abs(velocity - box_means(velocity, 1, 2, cut.closed)) > cut.nyquist / 2
    quality = np.where(far, quality * _DOUBTED, quality).astype(np.float32)
    total = max(int(sheet.size.sum()), 1)
    moved = np.count_nonzero(np.abs(velocity - cut.fields["VRADH"]) > cut.nyquist)
    unsure = int(sheet.size[~sheet.sure].sum())
    found = {
        "moved_share": float(moved) / total,
        "unanchored_share": unsure / total,
        "doubted_share": float(far.sum()) / total,
    }
    return Verdict(quality, {"VRADH": velocity}, found=found)
