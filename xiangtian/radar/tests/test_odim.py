"""Values by the standard: gain x stored + offset; the groups of section 4."""

import numpy as np
import pytest

from xiangtian.radar.errors import RadarError
from xiangtian.radar.polar import odim as reader
from xiangtian.radar.polar.model import BELOW_THRESHOLD, MEASURED, NOT_MEASURED, site, sweeps


def test_undetected_and_unmeasured_gates_are_told_apart(odim_volume):
    raw = np.tile(np.array([0, 255, 64, 144], np.uint8), (360, 1))  # 0.5 x 144 - 32 = 40 dBZ
    (one,) = sweeps(reader.read(odim_volume(raw=raw)))
    assert one.gate.values[9].tolist() == [BELOW_THRESHOLD, NOT_MEASURED, MEASURED, MEASURED]
    assert one.DBZH.values[9].tolist()[2:] == [0.0, 40.0]
    assert np.isnan(one.DBZH.values[:, :2]).all()


def test_ranges_angles_times_and_site(odim_volume):
    tree = reader.read(odim_volume(sweeps=2))
    one, two = sweeps(tree)
    assert one.range.values.tolist() == [1125, 1375, 1625, 1875]  # rstart 1 km, gates of 250 m
    assert one.azimuth.values[:2].tolist() == [0.5, 1.5]
    assert [float(each.sweep_fixed_angle) for each in (one, two)] == [0.5, 1.0]
    assert float(one.nyquist_velocity) == 30.0
    # 60 s from 10:15:01 over 360 rays: the middle of the first is 1/12 s later
    assert one.time.values[0] == np.datetime64("2026-07-01T10:15:01.083333")
    found = site(tree)
    assert (found.code, found.longitude, found.latitude, found.altitude) == ("cnszs", 120.6, 31.3, 40.0)


def test_the_ray_that_was_measured_first_has_the_first_time(odim_volume):
    (one,) = sweeps(reader.read(odim_volume(a1gate=90)))
    assert int(one.time.values.argmin()) == 90


def test_metres_of_rstart_from_version_2_4_on(odim_volume):
    (one,) = sweeps(reader.read(odim_volume(Conventions="ODIM_H5/V2_4", rstart=1000.0)))
    assert one.range.values[0] == 1125


def test_azimuths_and_times_of_every_ray_are_taken(odim_volume):
    start = (np.arange(360) - 1.0) % 360
    seconds = 1_782_900_901.0 + np.arange(360) / 6.0  # 1 July 2026, 10:15:01 UTC
    how = {"startazA": start, "stopazA": (start + 1.0) % 360, "startazT": seconds, "stopazT": seconds}
    (one,) = sweeps(reader.read(odim_volume(how=how)))
    assert one.azimuth.values[:2].tolist() == [0.5, 1.5]
    assert one.time.values[-1] == np.datetime64("2026-07-01T10:15:01")  # the ray from 359 to 360 was the first


def test_quantities_that_are_not_read_are_named(odim_volume):
    with pytest.raises(RadarError, match="no quantity that is read: CLASS"):
        reader.read(odim_volume(quantity="CLASS"))


def test_a_sweep_that_can_not_be_read_is_lost_and_the_others_stay(odim_volume):
    wrong = {"dataset2/data1/data": np.zeros((360, 9), np.uint8)}
    tree = reader.read(odim_volume(sweeps=3, fields=wrong))
    assert len(sweeps(tree)) == 2
    assert tree.attrs["lost"] == ["dataset2: DBZH has the shape (360, 9), its sweep 360 rays of 4 gates"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"object": "COMP"}, "holds a COMP"),
        ({"product": "RHI"}, "a RHI; full turns"),
        ({"nrays": 10**9}, "1000000000 rays"),
        ({"rscale": 0.0}, "gates of 0 m"),
        ({"enddate": "20260630"}, "must not run backwards"),
        ({"startdate": "yesterday"}, "not written like"),
    ],
)
def test_what_can_not_be_right_is_refused_with_a_reason(odim_volume, changes, words):
    with pytest.raises(RadarError, match=words):
        reader.read(odim_volume(**changes))


def test_composites_are_left_to_their_own_readers(odim, odim_volume):
    assert not reader.sniff(odim())
    assert reader.sniff(odim_volume(object="SCAN"))


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "count", "first", "least", "largest"),
    # sweeps, rays x gates of the first, and ranges of DBZH as the folder's README has them from xradar 0.12
    [
        ("T_PAGZ35_C_ENMI_20170421090837.hdf", 6, (720, 960), -31.5, 51.0),
        ("knmi_polar_volume.h5", 14, (360, 320), -31.0, 66.5),
        ("T_PAZE63_C_LFPW_20230420065446.h5", 1, (360, 267), -8.0, 37.0),
    ],
)
def test_real_volumes(shared, name, count, first, least, largest):
    found = sweeps(reader.read((shared / "radar-polar-odim-cfradial" / name).read_bytes()))
    assert (len(found), found[0].DBZH.shape) == (count, first)
    assert min(float(one.DBZH.min()) for one in found) == least
    assert max(float(one.DBZH.max()) for one in found) == largest
