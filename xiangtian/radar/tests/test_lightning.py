"""The contract every format of lightning must keep, and its values against other programs."""

import io
import struct

import h5py
import numpy as np
import pytest

from xiangtian.radar import lightning
from xiangtian.radar.errors import RadarError
from xiangtian.radar.lightning import lis_orbit
from xiangtian.radar.strokes import CLOUD, FLASH, GROUND, strokes


def _hdf5(rows: dict, **attributes) -> bytes:
    body = io.BytesIO()
    with h5py.File(body, "w") as file:
        file.attrs.update(attributes)
        for name, (values, told) in rows.items():
            file.create_dataset(name, data=values).attrs.update(told)
    return body.getvalue()


def glm(**changes) -> bytes:
    packed = {"_Unsigned": "true", "scale_factor": np.float32(0.5), "add_offset": np.float32(-5.0)}
    rows = {
        "flash_time_offset_of_first_event": (
            np.array([40, 12, -1], np.int16),
            packed | {"units": "seconds since 2020-08-23 20:07:20.000"},
        ),
        "flash_lon": (np.array([200.0, -75.5, 10.0], np.float32), {}),
        "flash_lat": (np.array([10.0, 20.0, 30.0], np.float32), {}),
        "flash_energy": (np.array([-1, -2, 7], np.int16), packed | {"_FillValue": np.int16([-1])}),
        "flash_quality_flag": (np.array([0, 3, -1], np.int16), {"_Unsigned": "true", "_FillValue": np.int16([-1])}),
    }
    return _hdf5(rows | changes, platform_ID="G16")


def lis() -> bytes:
    flash = {"TAI93_time": [878947210.0, 878947209.5], "lon": [1.0, 2.0], "lat": [3.0, 4.0], "radiance": [5.0, 6.0]}
    rows = {f"lightning_flash_{name}": (np.array(values, np.float32 if name != "TAI93_time" else np.float64), {})
            for name, values in flash.items()}  # fmt: skip
    return _hdf5(rows | {"lightning_flash_alert_flag": (np.array([0, 34], np.uint8), {})})


def nldn(*records) -> bytes:
    head = b"NLDN" + struct.pack(">ii", 1, len(records)) + b"GDS SUNY@ALBANY "
    return head + b"".join(struct.pack(">4i3h6b", *record) for record in records)


FIRST = (1473347589, 193330, 37662, -97110, 0, -870, 0, 0, 0, 0, 8, 12, 0)
BODIES = {"glm_lcfa": glm(), "lis_orbit": lis(), "nldn": nldn(FIRST, (*FIRST[:8], 1, 0, 8, 12, 0))}


@pytest.mark.parametrize("name", list(lightning.FORMATS))
def test_each_format_knows_its_own_file_and_gives_the_one_model(name):
    assert lightning.format_of(BODIES[name]) == name
    found = lightning.read(BODIES[name])
    assert found.time.dtype == "datetime64[ns]"
    assert found.time.shape == found.lon.shape == found.lat.shape == found.strength.shape == found.kind.shape
    assert (np.diff(found.time).astype(int) >= 0).all()
    assert ((found.lon >= -180) & (found.lon < 180)).all()


@pytest.mark.parametrize("name", list(lightning.FORMATS))
def test_a_damaged_file_gives_strokes_or_words_never_another_error(name):
    chance = np.random.default_rng(20260701)
    refused = 0
    for number in range(200):
        damaged = bytearray(BODIES[name])
        for place in chance.integers(0, len(damaged), 3):
            damaged[place] = chance.integers(0, 256)
        if number % 2:
            damaged = damaged[: chance.integers(0, len(damaged))]
        try:
            lightning.FORMATS[name].read(bytes(damaged))
        except RadarError as error:
            refused += len(str(error)) > 20
    assert refused > 20


def test_a_foreign_file_is_refused_and_the_formats_are_listed():
    with pytest.raises(RadarError, match="glm_lcfa, lis_orbit, nldn"):
        lightning.read(b"\x00" * 40)


def test_packed_numbers_are_unpacked_as_the_conventions_say():
    # CF 8.1, unsigned 16 bit: 12 -> 12 * 0.5 - 5 = 1 s, 40 -> 15 s, -1 -> 65535 -> 32762.5 s; energy -1 is filled,
    # -2 -> 65534 * 0.5 - 5 = 32762, 7 -> -1.5; longitude 200 is -160
    found = lightning.read(BODIES["glm_lcfa"])
    assert found.time[:2].astype(str).tolist() == ["2020-08-23T20:07:21.000000000", "2020-08-23T20:07:35.000000000"]
    assert found.lon.tolist() == [-75.5, -160.0, 10.0]
    assert found.strength.tolist() == pytest.approx([32762.0, np.nan, -1.5], nan_ok=True)
    assert found.quality.tolist() == [3, 0, 255]
    assert (found.unit, found.source, set(found.kind)) == ("J", "glm-lcfa G16", {FLASH})


def test_rows_of_unequal_length_and_times_without_a_date_are_refused():
    with pytest.raises(RadarError, match="must be equal"):
        lightning.read(glm(flash_lat=(np.zeros(2, np.float32), {})))
    with pytest.raises(RadarError, match="seconds since"):
        lightning.read(glm(flash_time_offset_of_first_event=(np.zeros(3, np.int16), {"units": "fortnights"})))
    with pytest.raises(RadarError, match="plain row"):
        lightning.read(glm(flash_lon=(np.zeros((3, 1), np.float32), {})))


def test_leap_seconds_are_taken_off():
    # IERS Bulletin C: ten seconds were inserted between 1993-01-01 and 2017-01-01; 2020-11-08 is 10173 days = 878947200
    # s after 1993-01-01, so TAI counts 878947210; the first second was inserted before 1993-07-01 (181 days)
    found = lis_orbit.utc(np.array([878947210.0, 181 * 86400.0 - 1, 181 * 86400.0 + 1, np.nan]))
    expected = ["2020-11-08T00:00:00", "1993-06-30T23:59:59", "1993-07-01T00:00:00", "NaT"]
    assert found.astype("datetime64[s]").astype(str).tolist() == expected


def test_a_record_of_28_bytes_is_read_by_hand():
    # 1473347589 s is 2016-09-08 15:13:09 UTC, and 193330 microseconds; 37.662 N, 97.110 W, -87.0 kA
    found = lightning.read(BODIES["nldn"])
    assert found.time[0] == np.datetime64("2016-09-08T15:13:09.193330")
    assert (found.lat[0], found.lon[0], found.strength[0]) == pytest.approx((37.662, -97.110, -87.0))
    assert found.kind.tolist() == [GROUND, CLOUD]


def test_no_flash_is_no_error_and_half_a_record_is():
    assert lightning.read(nldn()).time.size == 0
    with pytest.raises(RadarError, match="cut off"):
        lightning.read(BODIES["nldn"][:-5])
    with pytest.raises(RadarError, match="microseconds"):
        lightning.read(nldn((FIRST[0], 1_000_000, *FIRST[2:])))


def test_what_has_no_place_on_earth_is_left_out():
    time = np.array(["2026-07-01", "2026-07-02", "NaT"], "datetime64[ns]")
    found = strokes(time, [120.0, 120.0, 120.0], [31.0, 95.0, 31.0], [1, 2, 3], "kA", "test")
    assert found.strength.tolist() == [1.0]


@pytest.mark.shared
def test_real_files_agree_with_xarray_and_with_the_files_own_times(shared):
    # Expected: xarray 2026.9 (h5netcdf), opened by itself: 335 flashes, first 20:07:18.676 at 19.18693 N 75.51932 W,
    # 2.4628e-13 J; LIS: 68 flashes, and the orbit's own two clocks (orbit_summary_UTC_start, _TAI93_start)
    folder = shared / "lightning"
    found = lightning.read(next(folder.glob("OR_GLM*")).read_bytes())
    assert found.time.size == 335
    assert abs(found.time[0] - np.datetime64("2020-08-23T20:07:18.676280")) < np.timedelta64(1, "us")
    first = (found.lon[0], found.lat[0], found.strength[0] * 1e13)
    assert first == pytest.approx((-75.51932526, 19.1869278, 2.4628417), rel=1e-6)
    path = next(folder.glob("ISS_LIS*"))
    found = lightning.read(path.read_bytes())
    assert (found.time.size, found.strength[0]) == (68, 40958.0)
    with h5py.File(path) as file:
        start = file["orbit_summary_UTC_start"][()].decode().rstrip("Z")
        assert lis_orbit.utc(np.array([file["orbit_summary_TAI93_start"][()]]))[0] == np.datetime64(start)
    assert lightning.read((folder / "nldn_example.bin").read_bytes()).time.size == 50
