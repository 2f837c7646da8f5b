import numpy as np
import pytest

from xiangtian.radar.errors import RadarError
from xiangtian.radar.polar.gates import Code, Layer, decoded, layout

HALF = Code(0.5, -33.0)


def test_all_moments_stand_on_the_finest_gates():
    layers = {"DBZH": Layer(0, 0.0, 1000.0, 3, HALF), "VRADH": Layer(3, -375.0, 250.0, 4, HALF)}
    # 1 km gates reach 2.5 km; the fine ones behind the antenna (-375, -125 m) are left out
    assert layout(layers, 1).tolist() == [125 + 250 * number for number in range(10)]


@pytest.mark.parametrize(("count", "rays"), [(0, 1), (8001, 1), (10, 4097)])
def test_too_much_is_refused(count, rays):
    with pytest.raises(RadarError, match="are read"):
        layout({"DBZH": Layer(0, 0.0, 1.0, count, HALF)}, rays)


def test_rays_come_in_the_order_asked_and_two_bytes_are_little_endian():
    raw = np.array([[0x10, 0x27], [0x00, 0x00]], np.uint8)  # 0x2710 = 10000
    layers = {"PHIDP": Layer(0, 50.0, 100.0, 1, Code(0.01, -10.0, least=5), width=2)}
    moments, gates, coarse = decoded(raw, np.array([1, 0]), layers, np.array([50.0]))
    assert np.isnan(moments["PHIDP"][0, 0])
    assert moments["PHIDP"][1, 0] == pytest.approx(90.0)
    assert gates["gate"].tolist() == [[1], [2]]
    assert coarse == {}
