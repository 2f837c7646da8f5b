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
