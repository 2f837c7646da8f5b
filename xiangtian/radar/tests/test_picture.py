"""The pictures are read back with Pillow; positions are checked against pyproj directly."""

import io
import math
import time

import numpy as np
import pytest
from PIL import Image

from xiangtian.met.grid import Grid
from xiangtian.radar import picture

PROJ = "+proj=laea +lat_0=31.3 +lon_0=120.6 +ellps=WGS84 +units=m"
GRID = Grid(PROJ, -100_000.0, 100_000.0, 1000.0, 1000.0, 201, 201)
BOX = (120.0, 30.8, 121.2, 31.8)


def seen(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGBA"))


def test_a_cell_is_painted_where_it_lies():
    field = np.zeros(GRID.shape, np.float32)
    field[100, 100] = 60.0  # the cell at the projection's centre, 120.6 E 31.3 N
    image = seen(picture.render(field, GRID, BOX, 600))
    painted = np.argwhere(image[..., 3] > 0)
    # Web Mercator by hand: the box is 1.2 degrees wide in 600 pixels; 31.3 N lies this share below 31.8 N
    climb = [math.asinh(math.tan(math.radians(lat))) for lat in (30.8, 31.3, 31.8)]
    row = (climb[2] - climb[1]) / (climb[2] - climb[0]) * image.shape[0]
    assert painted.mean(0) == pytest.approx([row - 0.5, 300 - 0.5], abs=1.0)
    # 1 km is 0.0105 degrees of longitude at 31.3 N (111.32 cos 31.3 km a degree): 5.3 pixels
    assert np.ptp(painted[:, 1]) + 1 == pytest.approx(5.3, abs=1)


def test_the_height_is_that_of_a_mercator_map():
    # At the equator a square box is square; at 60 N a degree of latitude is drawn twice as long as one of longitude
    assert picture.size((0, -1, 2, 1), 300) == (300, 300)
    assert picture.size((0, 59.5, 1, 60.5), 300)[0] == pytest.approx(600, abs=1)


def test_colours_change_at_the_levels_and_dry_is_clear():
    field = np.zeros(GRID.shape, np.float32)
    field[:, 0:60], field[:, 60:100], field[:, 100:140], field[:, 140:] = 0.09, 0.1, 9.9, 10.0
    colours = {tuple(pixel) for pixel in seen(picture.render(field, GRID, BOX, 300)).reshape(-1, 4)}
    scale = picture.SCALES["rate"]
    assert colours == {(0, 0, 0, 0), scale.colours[0], scale.colours[3], scale.colours[4]}


def test_unknown_is_hatched_grey_and_so_is_what_lies_off_the_grid():
    field = np.full(GRID.shape, np.nan, np.float32)
    inside = seen(picture.render(field, GRID, BOX, 200)).reshape(-1, 4)
    outside = seen(picture.render(np.zeros_like(field), GRID, (100.0, 30.8, 101.2, 31.8), 200)).reshape(-1, 4)
    for image in (inside, outside):
        colours = {tuple(pixel) for pixel in image}
        assert len(colours) == 2
        assert all(red == green == blue and 0 < alpha < 255 for red, green, blue, alpha in colours)


def test_positions_between_the_mesh_points_are_exact_enough():
    # against pyproj for every pixel of a box 10 degrees wide: less than a twentieth of a cell
    box = (3.0, 48.0, 13.0, 56.0)
    grid = Grid("+proj=stere +lat_0=90 +lon_0=0 +lat_ts=60 +a=6378137 +b=6356752", 0, -3650e3, 1000, 1000, 765, 700)
    across, down = picture._lookup(grid, box, 600)
    height, width = across.shape
    lon = 3.0 + (np.arange(width) + 0.5) / width * 10.0
    top, low = (math.asinh(math.tan(math.radians(lat))) for lat in (56.0, 48.0))
    lat = np.degrees(np.arctan(np.sinh(top - (np.arange(height) + 0.5) / height * (top - low))))
    row, column = grid.position(*np.meshgrid(lon, lat))
    assert np.abs(down - row).max() < 0.05
    assert np.abs(across - column).max() < 0.05


def test_a_picture_of_600_by_600_is_quick():
    rng = np.random.default_rng(1)
    field = (rng.gamma(0.3, 8.0, GRID.shape) * (rng.random(GRID.shape) > 0.5)).astype(np.float32)
    picture.render(field, GRID, BOX, 600)
    took = []
    for _ in range(5):
        start = time.perf_counter()
        picture.render(field, GRID, BOX, 600)
        took.append(time.perf_counter() - start)
    assert min(took) < 0.060  # 15 ms is the aim on a quiet machine; four times that still tells a fall


def test_the_legend_tells_the_colours_that_are_painted():
    for name, scale in picture.SCALES.items():
        lines = picture.legend(name)
        assert [line.low for line in lines] == sorted(scale.levels)
        assert lines[-1].high is None
        assert [line.colour for line in lines] == ["#{:02x}{:02x}{:02x}".format(*part[:3]) for part in scale.colours]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"bounds": (121.0, 30.0, 120.0, 31.0)}, "west < east"),
        ({"bounds": (120.0, 30.0, 121.0, 89.0)}, "within 85"),
        ({"width": 3}, "16 to 4096"),
        ({"scale": "snow"}, "rate, amount, reflectivity, probability"),
        ({"values": np.zeros((3, 3))}, "must be the same"),
        ({"bounds": (120.0, -80.0, 120.1, 80.0)}, "pixels high"),
    ],
)
def test_what_can_not_be_drawn_is_refused(change, words):
    asked = {"values": np.zeros(GRID.shape), "grid": GRID, "bounds": BOX, "width": 600, "scale": "rate"} | change
    with pytest.raises(ValueError, match=words):
        picture.render(**asked)
