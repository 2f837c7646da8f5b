"""Quality control as a whole: what it writes, what it leaves, what it says of itself."""

import json

import numpy as np
import pytest
import xarray as xr

from xiangtian.radar import qc
from xiangtian.radar.polar.model import Site, sweep, sweeps, volume
from xiangtian.radar.qc.steps import speckle

AZIMUTH, GATES = np.arange(360) + 0.5, 120
TIME = np.datetime64("2026-07-01T02:15:00", "ns") + np.arange(360) * np.timedelta64(50, "ms")


def tree(native=None, doppler=True) -> xr.DataTree:
    """Two tilts of rain with speckle; with `native`, reflectivity of 1 km repeated on gates of 250 m."""
    rng = np.random.default_rng(0)
    dbz = np.where((AZIMUTH < 180)[:, None], rng.normal(30, 1, (360, GATES)), np.nan)
    dbz[300, 60:64] = 15
    if native:
        dbz = np.repeat(dbz[:, ::4], 4, axis=1)
    moments = {"DBZH": dbz} | ({"VRADH": np.where(np.isfinite(dbz), 5.0, np.nan)} if doppler else {})
    range_m = 125 + 250.0 * np.arange(GATES)
    made = [sweep(k, angle, moments, AZIMUTH, angle, range_m, TIME, 27.0) for k, angle in enumerate((0.5, 1.5))]
    if native:
        for one in made:
            one["DBZH"].attrs["native_gate_m"] = native
    return volume(made, Site("Z9000", 120.6, 31.3, 20.0, "S"))


def test_raw_is_kept_and_judgements_are_written():
    before = tree()
    after = sweeps(qc.clean(before))[0]
    np.testing.assert_array_equal(after.DBTH.values, sweeps(before)[0].DBZH.values)
    assert np.isnan(after.DBZH.values[300, 60:64]).all()
    assert after.DBTH.attrs["units"] == "dBZ"
    product = np.ones(after.DBZH.shape, np.float32)
    for name in qc.STEPS:
        field = after.get(f"quality_{name}")
        if field is not None:
            assert field.dims == ("azimuth", "range")
            assert field.dtype == np.float32
            assert 0 <= float(field.min()) <= float(field.max()) <= 1
            product *= 1 if name in qc.NOT_OF_RAIN else field.values
    np.testing.assert_allclose(after.quality.values, product, atol=1e-6)
    assert "quality_unfold" in after
    assert "quality_blockage" not in after


def test_the_volume_that_came_is_not_changed():
    before = tree()
    same = before.copy(deep=True)
    qc.clean(before)
    assert before.identical(same)


def test_each_step_can_be_switched_off():
    everything = qc.clean(tree())
    for name in qc.STEPS:
        rest = [other for other in qc.STEPS if other != name]
        less = sweeps(qc.clean(tree(), steps=rest))[0]
        assert f"quality_{name}" not in less
    said = json.loads(everything.attrs["qc"])
    assert list(said) == list(qc.STEPS)
    none = sweeps(qc.clean(tree(), steps=()))[0]
    np.testing.assert_array_equal(none.DBZH.values, sweeps(tree())[0].DBZH.values)


def test_settings_are_used_and_told():
    big = qc.clean(tree(), steps=["speckle"], settings={"speckle": speckle.Settings(gates=1, area_km2=0.01)})
    assert np.isfinite(sweeps(big)[0].DBZH.values[300, 60:64]).all()
    assert json.loads(big.attrs["qc"])["speckle"]["gates"] == 1
    assert "speckle" in json.loads(sweeps(big)[0].attrs["qc"])


def test_reflectivity_that_is_repeated_is_judged_once():
    """Four gates of 250 m carry one of 1 km: as one gate it is speckle; its four copies go together."""
    after = sweeps(qc.clean(tree(native=1000.0), steps=["speckle"]))[0]
    assert np.isnan(after.DBZH.values[300, 60:64]).all()
    assert after.DBZH.shape == (360, GATES)
    assert (after.quality_speckle.values[300, 60:64] < 0.5).all()
    assert np.isfinite(after.DBZH.values[:180]).all()


def test_names_and_settings_that_are_not_known_are_refused():
    with pytest.raises(ValueError, match="magic; there are spike"):
        qc.clean(tree(), steps=["magic"])
    with pytest.raises(ValueError, match="unfold"):
        qc.clean(tree(), settings={"unfold": speckle.Settings()})


def test_steps_are_watched():
    seen = []
    qc.clean(tree(), steps=["unfold", "spike"], watch=lambda name, begins: seen.append((name, begins)))
    assert seen == [("spike", True), ("spike", False), ("unfold", True), ("unfold", False)]


def test_a_volume_without_velocities_or_without_echo():
    assert "quality_unfold" not in sweeps(qc.clean(tree(doppler=False)))[0]
    empty = volume(
        [sweep(0, 0.5, {"DBZH": np.full((360, 9), np.nan)}, AZIMUTH, 0.5, 500 + 1000.0 * np.arange(9), TIME)],
        Site("", np.nan, np.nan, np.nan),
    )
    assert "quality" not in sweeps(qc.clean(empty))[0]


@pytest.mark.shared
def test_a_network_agrees_no_less_when_it_is_clean(shared):
    """Hangzhou, Huzhou and Ningbo in the rain of a typhoon, which see the same air at 3 km."""
    from xiangtian.met.grid import Grid
    from xiangtian.radar.mosaic.agreement import agreement
    from xiangtian.radar.polar import read

    grid = Grid(
        "+proj=laea +lat_0=30.3 +lon_0=120.7 +ellps=WGS84 +units=m", -249_500, 249_500, 1000.0, 1000.0, 500, 500
    )
    folder = shared / "cn-radar-lekima-20190809" / "network-1600utc"
    paths = [next(folder.glob(f"*{code}*")) for code in ("Z9571", "Z9572", "Z9574")]
    volumes = [read(path.read_bytes(), path.name) for path in paths]
    before, after = (
        [pair.correlation for pair in agreement(each, grid)] for each in (volumes, [qc.clean(one) for one in volumes])
    )
    assert len(before) == len(after) == 3
    assert np.mean(after) > np.mean(before) - 0.003
