import io

import h5py
import numpy as np
import pytest
import xarray as xr
import xradar

from xiangtian.radar.errors import RadarError
from xiangtian.radar.polar import cfradial as reader
from xiangtian.radar.polar import odim
from xiangtian.radar.polar.model import BELOW_THRESHOLD, MEASURED, site, sweeps


@pytest.fixture
def cfradial():
    """Make a CfRadial 1 file of one sweep of 36 rays x 3 gates by the standard's table of variables."""

    def make(field="DBZ", standard="", **changes) -> bytes:
        values = np.tile(np.array([10.0, np.nan, 30.0], np.float32), (36, 1))
        per_sweep = {"sweep_number": 0, "fixed_angle": 1.5, "sweep_start_ray_index": 0, "sweep_end_ray_index": 35}
        variables = {
            field: (("time", "range"), values, {"standard_name": standard, "units": "dBZ"}),
            "azimuth": ("time", np.arange(36) * 10.0),
            "elevation": ("time", np.full(36, 1.5)),
            "sweep_mode": ("sweep", np.array([b"azimuth_surveillance"])),
            "latitude": 31.3,
            "longitude": 120.6,
            "altitude": 50.0,
            "volume_number": 0,
            "time_coverage_start": np.bytes_(b"2026-07-01T10:15:00Z"),
            "time_coverage_end": np.bytes_(b"2026-07-01T10:16:00Z"),
        } | {name: ("sweep", np.array([value])) for name, value in per_sweep.items()}
        coordinates = {
            "time": ("time", np.arange(36.0), {"units": "seconds since 2026-07-01T10:15:00Z"}),
            "range": ("range", np.array([100.0, 200.0, 300.0]), {"units": "metres"}),
        }
        about = {"Conventions": "CF/Radial", "instrument_name": "test", "version": "1.4", "history": ""}
        body = io.BytesIO()
        xr.Dataset(variables | changes, coordinates, about).to_netcdf(body, engine="h5netcdf")
        return body.getvalue()

    return make


def test_a_sweep_with_its_site_and_angles(cfradial):
    tree = reader.read(cfradial())
    (one,) = sweeps(tree)
    assert one.DBZH.values[4].tolist()[::2] == [10.0, 30.0]
    assert one.gate.values[4].tolist() == [MEASURED, BELOW_THRESHOLD, MEASURED]
    assert one.range.values.tolist() == [100, 200, 300]
    assert float(one.sweep_fixed_angle) == 1.5
    assert one.time.values[1] == np.datetime64("2026-07-01T10:15:01")
    assert (site(tree).code, site(tree).longitude) == ("test", 120.6)
    assert "does not tell a dry gate" in tree.attrs["notes"][0]


def _as_cfradial2(tree, to) -> bytes:
    """Have xradar write a tree as CfRadial 2.0."""
    xradar.io.to_cfradial2(tree, to)
    return to.read_bytes()


def test_the_second_version_gives_the_same_sweep(cfradial, tmp_path):
    first = xradar.io.open_cfradial1_datatree(io.BytesIO(cfradial()), engine="h5netcdf")
    (one,), (two,) = (sweeps(reader.read(body)) for body in (cfradial(), _as_cfradial2(first, tmp_path / "second.nc")))
    assert two.DBZH.values[4].tolist()[::2] == [10.0, 30.0]
    for name in ("DBZH", "azimuth", "elevation", "range", "time", "sweep_fixed_angle"):
        np.testing.assert_array_equal(two[name].values, one[name].values)


@pytest.mark.shared
def test_a_real_volume_in_the_second_version_equals_the_volume(shared, tmp_path):
    path = shared / "radar-polar-odim-cfradial" / "knmi_polar_volume.h5"
    again = reader.read(_as_cfradial2(xradar.io.open_odim_datatree(path), tmp_path / "second.nc"))
    for ours, theirs in zip(sweeps(again), sweeps(odim.read(path.read_bytes(), None)), strict=True):
        measured = theirs.gate.values == MEASURED  # the format does not tell dry gates from unseen ones
        assert measured.any()
        np.testing.assert_array_equal(ours.DBZH.values[measured], theirs.DBZH.values[measured])


@pytest.mark.parametrize(
    ("name", "standard", "ours"),
    [
        ("DBZH", "", "DBZH"),
        ("whatever", "radial_velocity_of_scatterers_away_from_instrument", "VRADH"),
        ("VEL", "", "VRADH"),
        ("RHO", "cross_correlation_ratio_hv", "RHOHV"),
        ("brightness", "", None),
    ],
)
def test_names_of_moments(name, standard, ours):
    assert reader.moment_of(name, standard) == ours


def test_a_file_without_a_moment_we_know_says_what_it_holds(cfradial):
    with pytest.raises(RadarError, match="holds no moment that is read: brightness"):
        reader.read(cfradial(field="brightness"))


def test_links_to_other_files_are_refused(cfradial):
    body = io.BytesIO(cfradial())
    with h5py.File(body, "a") as file:
        file["stolen"] = h5py.ExternalLink("/etc/passwd", "/")
    with pytest.raises(RadarError, match="a link to another place"):
        reader.read(body.getvalue())


def test_a_field_too_large_is_refused_before_it_is_unpacked(cfradial):
    body = io.BytesIO(cfradial())
    with h5py.File(body, "a") as file:
        file.create_dataset("huge", (40_000, 40_000), np.uint8, chunks=(1000, 1000), compression="gzip")
    with pytest.raises(RadarError, match="cells in one volume"):
        reader.read(body.getvalue())


def test_a_damaged_file_is_refused_in_words(cfradial):
    with pytest.raises(RadarError, match=r"damaged|incomplete"):
        reader.read(cfradial()[:3000])


@pytest.mark.shared
def test_a_real_sweep(shared):
    """Shape and range of reflectivity as the folder's README has them from xradar 0.12."""
    (one,) = sweeps(reader.read((shared / "radar-polar-odim-cfradial/example_cfradial_ppi.nc").read_bytes()))
    assert one.DBZH.shape == (40, 42)
    assert (float(one.DBZH.min()), float(one.DBZH.max())) == pytest.approx((-38.5, 50.2), abs=0.05)
