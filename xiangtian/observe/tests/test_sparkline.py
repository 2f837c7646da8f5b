"""The little chart: the box is 720 by 150 with 8 free at each edge, so places run from 8 to 712 and from 142 to 8."""

from __future__ import annotations

import datetime as dt

from xiangtian.observe.sparkline import draw

START = dt.datetime(2026, 7, 1, 2, 0, tzinfo=dt.UTC)


def values(*told: tuple[float, float | None]) -> list[tuple[dt.datetime, float | None, bool]]:
    return [(START + dt.timedelta(minutes=minute), value, value == 99) for minute, value in told]


def test_places_and_ends() -> None:
    drawn = draw(values((0, 1.0), (5, 99.0), (10, 50.0)), 1)
    assert drawn is not None
    assert [(point.x, point.y, point.doubted) for point in drawn.points] == [
        (8.0, 142.0, False), (360.0, 8.0, True), (712.0, 75.0, False),
    ]  # fmt: skip
    assert (drawn.low, drawn.high, drawn.lines) == ("1.0", "99.0", ("8,142 360,8 712,75",))


def test_the_line_breaks_where_values_lack() -> None:
    drawn = draw(values((0, 0.0), (1, 1.0), (2, 2.0), (3, None), (30, 30.0), (31, 31.0)), 0)
    assert drawn is not None
    assert [line.count(",") for line in drawn.lines] == [3, 2]


def test_a_constant_stands_at_the_bottom() -> None:
    drawn = draw(values((0, 5.0), (1, 5.0)), 1)
    assert drawn is not None
    assert {point.y for point in drawn.points} == {142.0}


def test_one_value_and_none_at_all() -> None:
    assert draw(values((0, 5.0), (1, None)), 1) is None
    assert draw([], 1) is None
