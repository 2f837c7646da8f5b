import io

import h5py
import numpy as np
import pytest

from xiangtian.radar import hdf5
from xiangtian.radar.errors import RadarError


def _file(build) -> bytes:
    body = io.BytesIO()
    with h5py.File(body, "w") as file:
        build(file)
    return body.getvalue()


def test_a_link_to_another_file_is_never_followed():
    def build(file):
        file["image"] = h5py.ExternalLink("/etc/hostname", "/x")
        file["soft"] = h5py.SoftLink("/image")

    with hdf5.opened(_file(build)) as file:
        for name in ("image", "soft"):
            with pytest.raises(RadarError, match="link"):
                hdf5.child(file, name)


def test_a_small_file_that_unpacks_to_a_huge_field_is_refused():
    def build(file):
        file.create_dataset("data", (100_000, 100_000), np.uint8, chunks=(1000, 1000), compression="gzip")

    body = _file(build)
    assert len(body) < 100_000
    with hdf5.opened(body) as file, pytest.raises(RadarError, match="cells"):
        hdf5.field(file, "data")


@pytest.mark.parametrize("values", [np.zeros(5), np.zeros((2, 2, 2)), np.array([[b"a", b"b"]])])
def test_only_plain_fields_of_numbers_are_read(values):
    body = _file(lambda file: file.create_dataset("data", data=values))
    with hdf5.opened(body) as file, pytest.raises(RadarError, match="rows and columns"):
        hdf5.field(file, "data")


def test_missing_things_are_named_together_with_what_is_there():
    def build(file):
        file.create_group("what").attrs["object"] = "COMP"

    with hdf5.opened(_file(build)) as file:
        with pytest.raises(RadarError, match="it holds what"):
            hdf5.child(file, "where")
        with pytest.raises(RadarError, match="it has object"):
            hdf5.text(file["what"], "date")
        with pytest.raises(RadarError, match="number is needed"):
            hdf5.number(file["what"], "object")
        assert hdf5.text(file["what"], "date", "none") == "none"
        assert hdf5.number(file["what"], "gain", 1.5) == 1.5


@pytest.mark.parametrize("damage", [(8, 217), (0, 0), (9, 255)])
def test_a_heap_of_texts_that_leads_nowhere_is_refused_before_it_is_followed(damage):
    # HDF5 File Format Specification 3.0, III.E: the first object begins 16 bytes after the mark; its number and length
    body = io.BytesIO()
    with h5py.File(body, "w") as file:
        file.attrs["centre"], file.attrs["radar"] = "Suzhou", "Z9512"
    whole = body.getvalue()
    with hdf5.opened(whole) as file:
        assert hdf5.text(file, "radar") == "Z9512"
    damaged = bytearray(whole)
    place = whole.index(b"GCOL") + 16
    damaged[place + damage[0]] = damage[1]
    damaged[place + 8 : place + 16] = bytes(8) if damage == (0, 0) else damaged[place + 8 : place + 16]
    with pytest.raises(RadarError, match="heap of texts"), hdf5.opened(bytes(damaged)):
        pass


def test_an_attribute_that_is_no_text_and_no_row_of_numbers_is_refused():
    def build(file):
        rows = np.empty(1, object)
        rows[0] = np.arange(3, dtype=np.int32)
        file.attrs.create("rows", rows, dtype=h5py.vlen_dtype(np.int32))
        file.attrs["many"] = np.zeros(3, np.int8)

    with hdf5.opened(_file(build)) as file:
        assert hdf5.number(file, "many") == 0
        with pytest.raises(RadarError, match="no text"):
            hdf5.text(file, "rows")
