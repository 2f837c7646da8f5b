"""The contract every format must keep, whatever it is fed."""

import gzip

import numpy as np
import pytest

from xiangtian.met.grid import RainFrame
from xiangtian.radar import composites
from xiangtian.radar.errors import RadarError
from xiangtian.radar.odim_write import encode


@pytest.fixture
def bodies(knmi, fmi, frame, mch, mrms, moc):
    rain = np.random.default_rng(7).integers(2, 120, (640, 710), np.uint8)
    return {
        "knmi_hdf5": knmi(),
        "fmi_pgm": fmi(),
        "odim_hdf5": encode(frame),
        "mch_gif": mch(rain),
        "mrms_grib2": mrms(),
        "cma_mosaic": moc(),
    }


@pytest.fixture(params=list(composites.FORMATS))
def member(request, bodies):
    return request.param, composites.FORMATS[request.param], bodies[request.param]


def test_each_format_knows_its_own_file_and_reads_it_into_the_one_model(member):
    name, reader, body = member
    assert composites.format_of(body) == name
    frame = reader.read(body)
    assert frame.rate.shape == frame.quality.shape == frame.grid.shape
    assert frame.rate.dtype == frame.quality.dtype == np.float32
    assert frame.time.utcoffset().total_seconds() == 0
    assert not (frame.quality[np.isnan(frame.rate)] > 0).any()


def test_a_file_cut_off_anywhere_is_refused_in_words(member):
    _, reader, body = member
    for length in {0, 1, 2, 8, 20, 100, len(body) // 3, len(body) // 2, len(body) - 1}:
        with pytest.raises(RadarError) as refused:
            reader.read(body[:length])
        assert len(str(refused.value)) > 20


def test_a_damaged_file_gives_a_frame_or_words_never_another_error(member):
    _, reader, body = member
    chance = np.random.default_rng(20260701)
    refused = 0
    for _ in range(150):
        damaged = bytearray(body)
        for place in chance.integers(0, len(body), 3):
            damaged[place] = chance.integers(0, 256)
        try:
            assert isinstance(reader.read(bytes(damaged)), RainFrame)
        except RadarError:
            refused += 1
    assert refused > 0


@pytest.mark.parametrize("body", [b"", b"\x00" * 64, b"GIF89a...", "雷达".encode(), gzip.compress(b"hello", mtime=0)])
def test_a_foreign_file_is_refused_and_the_formats_are_listed(body):
    assert composites.format_of(body) is None
    with pytest.raises(RadarError, match="knmi_hdf5"):
        composites.read(body)


def test_the_readers_do_not_take_each_others_files(bodies):
    for name, reader in composites.FORMATS.items():
        for owner, body in bodies.items():
            if owner != name:
                with pytest.raises(RadarError):
                    reader.read(body)


def test_more_than_the_allowed_bytes_are_refused(monkeypatch, knmi):
    monkeypatch.setattr("xiangtian.radar.hdf5.MAX_BYTES", 100)
    with pytest.raises(RadarError, match="MiB"):
        composites.read(knmi())


def test_reflectivity_is_the_files_own_or_what_its_rain_stands_for(bodies, odim):
    # FMI: count 64 is 0 dBZ; the mosaic: 300 tenths; ODIM with DBZH: (110 * 0.5 - 32) dBZ = 23, there and back by Z-R
    for body, dbz in ((bodies["fmi_pgm"], 0.0), (bodies["cma_mosaic"], 30.0), (odim(), 23.0)):
        found = composites.reflectivity(body)
        assert found.dbz.dtype == np.float32
        assert found.dbz == pytest.approx(np.full(found.grid.shape, dbz), abs=1e-4)
    with pytest.raises(RadarError, match="Z-R relation"):
        composites.reflectivity(bodies["knmi_hdf5"])


@pytest.mark.shared
@pytest.mark.parametrize(
    "pattern",
    [
        "radar-fmi-20160928/pgm/201609281600*",
        "radar-knmi-20100826/hdf5/*0500.h5",
        "radar-mch-20150515/gif/*1700*",
        "radar-mrms-20190610/grib2/*-000000*",
    ],
)
def test_a_damaged_real_file_gives_a_frame_or_words_never_another_error(shared, pattern):
    body = next(iter(sorted(shared.glob(pattern)))).read_bytes()
    chance = np.random.default_rng(20260701)
    refused = 0
    for number in range(24):
        damaged = bytearray(body[: chance.integers(1, len(body))] if number % 2 else body)
        for place in chance.integers(0, min(len(damaged), 4000 if number % 4 else len(damaged)), 2):
            damaged[place] ^= 1 << chance.integers(0, 8)
        try:
            assert composites.read(bytes(damaged)).rate.size
        except RadarError:
            refused += 1
    assert refused > 6
