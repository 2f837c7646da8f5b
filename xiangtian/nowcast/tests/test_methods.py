"""What every method must keep, and what each is by construction."""

import numpy as np
import pytest

from xiangtian.nowcast.methods import METHODS, get_method
from xiangtian.nowcast.motion import still, uniform


@pytest.fixture(params=sorted(METHODS))
def method(request):
    return get_method(request.param)


def test_the_contract_of_shapes_and_types(method, speckled):
    out = method(speckled, uniform(speckled.shape, 2.0, 1.0), 5)
    assert out.shape == (5, *speckled.shape)
    assert out.dtype == np.float32
    assert not (out < 0).any()
    assert np.isfinite(out).mean() > 0.5


def test_without_motion_every_method_keeps_the_field(method, speckled):
    field = speckled.copy()
    field[:10] = np.nan
    out = method(field, still(field.shape), 3)
    for lead in out:
        assert np.array_equal(lead, field, equal_nan=True)


def test_nothing_known_stays_unknown(method):
    out = method(np.full((20, 30), np.nan, np.float32), uniform((20, 30), 1.0, 1.0), 2)
    assert np.isnan(out).all()


def test_dry_stays_dry_and_never_negative(method):
    out = method(np.zeros((20, 30), np.float32), uniform((20, 30), 1.3, 0.2), 2)
    assert np.nanmax(out) == 0


def test_the_field_that_came_in_is_not_changed(method, speckled):
    before = speckled.copy()
    method(speckled, uniform(speckled.shape, 2.0, 1.0), 2)
    assert (speckled == before).all()


def test_a_field_of_two_by_two_is_moved_too(method):
    assert method(np.ones((2, 2), np.float32), still((2, 2)), 1).tolist() == [[[1, 1], [1, 1]]]


def test_a_shape_or_number_of_leads_that_can_not_be_is_refused(method, speckled):
    with pytest.raises(ValueError, match="must be the same"):
        method(speckled, still((50, 50)), 3)
    with pytest.raises(ValueError, match="1 or more"):
        method(speckled, still(speckled.shape), 0)


def test_an_unknown_name_is_answered_with_the_known_ones():
    with pytest.raises(ValueError, match="advect, persistence"):
        get_method("crystal ball")


def test_advection_moves_a_single_cell_where_it_should_go():
    field = np.zeros((60, 80), np.float32)
    field[30, 20] = 8.0
    out = get_method("advect")(field, uniform(field.shape, 3.0, -2.0), 6)
    for lead in range(6):
        assert out[lead, 30 - 2 * (lead + 1), 20 + 3 * (lead + 1)] == 8
        assert np.nansum(out[lead]) == pytest.approx(8.0)


@pytest.mark.parametrize(("east", "south"), [(2.0, -1.0), (1.3, 0.6), (-0.25, 0.5)])
def test_advection_keeps_the_mass_that_stays_inside(east, south):
    # bilinear weights add up to one: a shower that does not touch the edge keeps its sum at every lead
    y, x = np.mgrid[:100, :100]
    field = np.where((y - 50) ** 2 + (x - 50) ** 2 < 100, 12.0, 0.0).astype(np.float32)
    out = get_method("advect")(field, uniform(field.shape, east, south), 8)
    assert np.nansum(out, axis=(1, 2)) == pytest.approx(field.sum(), rel=1e-4)


def test_air_from_beyond_the_edge_is_unknown():
    out = get_method("advect")(np.ones((30, 40), np.float32), uniform((30, 40), 4.0, 0.0), 3)
    for lead in range(3):
        assert np.isnan(out[lead][:, : 4 * (lead + 1)]).all()
        assert (out[lead][:, 4 * (lead + 1) :] == 1).all()


def test_everything_has_left_at_the_last_lead():
    out = get_method("advect")(np.ones((30, 40), np.float32), uniform((30, 40), 40.0, 0.0), 1)
    assert np.isnan(out).all()


def test_each_lead_is_interpolated_once_only(speckled):
    # a step of half a cell: two steps are a whole cell, and a field moved by whole cells is not smoothed
    out = get_method("advect")(speckled, uniform(speckled.shape, 0.5, 0.0), 2)
    assert (out[1][:, 1:] == speckled[:, :-1]).all()


def test_another_program_extrapolates_the_same(speckled):
    extrapolation = pytest.importorskip("pysteps.extrapolation", reason="pysteps is in the dependency group bench")
    velocity = np.stack([np.full(speckled.shape, 1.7), np.full(speckled.shape, -0.6)])
    theirs = extrapolation.get_method("semilagrangian")(speckled.astype(float), velocity, 6)
    ours = get_method("advect")(speckled, uniform(speckled.shape, 1.7, -0.6), 6)
    both = np.isfinite(theirs) & np.isfinite(ours)
    assert both.mean() > 0.8
    assert np.abs(theirs - ours)[both].max() < 1e-3
