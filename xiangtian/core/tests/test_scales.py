"""Colour scales: the classes of the standards, and colours that every reader can put in order."""

import itertools

import numpy as np
import pytest

from xiangtian.core.colours import CIVIDIS
from xiangtian.core.elements import CATALOGUE
from xiangtian.core.scales import SCALES, Scale, fit, safe, scale

# Machado, Oliveira and Fernandes (2009), severity 1.0: what a dichromat sees of linear RGB
DEUTAN = np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]])
PROTAN = np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]])
TRITAN = np.array([[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]])


def linear(colour: str) -> np.ndarray:
    """sRGB to linear light (IEC 61966-2-1)."""
    plain = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(plain <= 0.04045, plain / 12.92, ((plain + 0.055) / 1.055) ** 2.4)


def lightness(light: np.ndarray) -> float:
    """CIE L* of linear RGB."""
    y = float(np.clip(light, 0, 1) @ [0.2126, 0.7152, 0.0722])
    return 116 * y ** (1 / 3) - 16 if y > 0.008856 else 903.3 * y


@pytest.mark.parametrize("name", list(CATALOGUE))
@pytest.mark.parametrize("how", ["now", "sum", "change"])
def test_every_element_has_a_scale_with_rising_levels(name, how):
    told = scale(name, how, 24)
    assert all(low < high for low, high in itertools.pairwise(told.levels))
    assert told.levels or told.fitted


@pytest.mark.parametrize(
    ("name", "how", "hours", "value", "word"),
    [
        # GB/T 28592-2012, 24 h: 0.1-9.9 light, 10-24.9, 25-49.9, 50-99.9 rainstorm, 100-249.9, from 250 extreme
        ("precipitation_amount", "sum", 24, 9.9, "小雨"),
        ("precipitation_amount", "sum", 24, 50.0, "暴雨"),
        ("precipitation_amount", "sum", 24, 249.9, "大暴雨"),
        ("precipitation_amount_24h", "now", 0, 250.0, "特大暴雨"),
        # the same standard, 12 h: 0.1-4.9, 5-14.9, 15-29.9, 30-69.9, 70-139.9, from 140
        ("precipitation_amount_12h", "now", 0, 30.0, "暴雨"),
        ("precipitation_amount", "sum", 12, 14.9, "中雨"),
        # GB/T 28591-2012: force 6 is 10.8-13.8 m/s, force 12 begins at 32.7
        ("wind_speed", "now", 0, 10.7, "5级"),
        ("wind_speed", "now", 0, 10.8, "6级"),
        ("wind_speed_of_gust", "max", 24, 32.7, "12级"),
        # GB/T 27964-2011: dense fog 200-500 m, very dense 50-200, extremely dense below 50
        ("visibility_in_air", "now", 0, 49, "特强浓雾"),
        ("visibility_in_air", "now", 0, 200, "浓雾"),
        ("visibility_in_air", "now", 0, 999, "大雾"),
        # HJ 633-2012, 24 h PM2.5: 35, 75, 115, 150, 250
        ("mass_concentration_of_pm2p5", "now", 0, 75.1, "轻度污染"),
        ("mass_concentration_of_ozone", "now", 0, 199, "良"),
    ],
)
def test_classes_are_those_of_the_standards(name, how, hours, value, word):
    told = scale(name, how, hours)
    place = max(n for n, low in enumerate(told.levels) if value >= low)
    assert told.words[place] == word


def test_a_dry_gauge_is_below_the_first_class():
    for hours in (1, 3, 6, 12, 24):  # 0.1 mm is the least that a gauge tells
        assert scale("precipitation_amount", "sum", hours).levels[0] == 0.1


@pytest.mark.parametrize("eye", [np.eye(3), DEUTAN, PROTAN, TRITAN])
@pytest.mark.parametrize("key", ["temperature", "rain-24h", "wind", "pm2p5"])
def test_the_safe_colours_darken_from_class_to_class_for_every_eye(key, eye):
    told = [lightness(eye @ linear(colour)) for colour in safe(SCALES[key]).colours]
    assert all(one - other > 1.5 for one, other in itertools.pairwise(told))


def test_the_usual_rain_colours_do_not_which_is_why_there_are_safe_ones():
    told = [lightness(DEUTAN @ linear(colour)) for colour in SCALES["rain-1h"].colours]
    assert any(one < other for one, other in itertools.pairwise(told))


def test_low_visibility_is_dark_in_the_safe_colours():
    assert safe(SCALES["visibility"]).colours[0] == CIVIDIS[-1]


def test_a_fitted_scale_spreads_over_what_is_shown():
    told = fit(SCALES["temperature"], 21.3, 24.1)
    assert told.levels[0] <= 21.3 < told.levels[1]
    assert told.levels[-1] <= 24.1 < told.levels[-1] + 0.5
    assert told.colours[0] == SCALES["temperature"].colours[0]


@pytest.mark.parametrize(("low", "high"), [(5.0, 5.0), (-0.02, 0.01), (-3.0, 900.0)])
def test_any_span_can_be_fitted(low, high):
    told = fit(SCALES["temperature"], low, high)
    assert 2 <= len(told.levels) <= 12
    assert told.levels[0] <= low


def test_differences_are_fitted_with_the_middle_at_nought():
    told = fit(SCALES["temperature-change"], -1.0, 4.0, around_zero=True)
    assert min(told.levels) == -max(told.levels)


def test_classes_of_a_standard_are_never_fitted():
    assert fit(SCALES["rain-24h"], 3.0, 4.0) is SCALES["rain-24h"]
    assert fit(SCALES["temperature"], float("nan"), 3.0) is SCALES["temperature"]


def test_a_scale_with_a_colour_too_many_is_refused():
    with pytest.raises(ValueError, match="one each"):
        Scale("odd", (1.0,), ("#000000", "#ffffff"))


def test_an_element_that_is_not_in_the_catalogue_is_refused():
    with pytest.raises(KeyError, match="no element"):
        scale("mood")
