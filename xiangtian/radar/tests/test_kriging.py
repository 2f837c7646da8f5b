"""Universal kriging beside the textbook's system of equations solved by numpy, and with gauges really left out."""

import numpy as np
import pytest

from xiangtian.radar.adjust import kriging
from xiangtian.radar.adjust.kriging import Structure

SHAPE = Structure(20.0, 0.3)


@pytest.fixture
def some():
    rng = np.random.default_rng(5)
    places, radar = rng.uniform(0, 60, (2, 25)), rng.gamma(2, 1, 25)
    terms = np.stack([np.ones(25), radar])
    return places, 0.4 + 1.3 * radar + rng.normal(0, 0.5, 25), terms


def textbook(places, values, terms, at, drift):
    """Solve the system of Cressie (1993) 3.4.2; give the estimate and its variance over the sill."""
    count, columns = len(values), len(terms)
    apart = np.hypot(*(places[:, :, None] - places[:, None]))
    system = np.zeros((count + columns, count + columns))
    system[:count, :count] = np.exp(-apart / SHAPE.range_km) + SHAPE.noise * np.eye(count)
    system[:count, count:], system[count:, :count] = terms.T, terms
    right = np.concatenate([np.exp(-np.hypot(*(places - at[:, None])) / SHAPE.range_km), drift])
    solved = np.linalg.solve(system, right)
    return solved[:count] @ values, 1 - solved @ right


def test_estimate_and_variance_are_those_of_the_kriging_system(some):
    places, values, terms = some
    fitted = kriging.fit(places, values, terms, SHAPE)
    rng = np.random.default_rng(6)
    asked, drift = rng.uniform(0, 60, (2, 70)), np.stack([np.ones(70), rng.gamma(2, 1, 70)])
    told, variance = fitted.at(asked, drift)
    expected = np.array([textbook(places, values, terms, asked[:, i], drift[:, i]) for i in range(70)])
    # single precision at the places asked about
    np.testing.assert_allclose(told, expected[:, 0], atol=2e-5)
    np.testing.assert_allclose(variance, fitted.variance * expected[:, 1], atol=2e-5)


def test_left_out_is_what_leaving_out_gives(some):
    places, values, terms = some
    departure, variance = kriging.left_out(kriging.fit(places, values, terms, SHAPE))
    sill = kriging.fit(places, values, terms, SHAPE).variance
    for gauge in (0, 7, 24):
        keep = np.arange(25) != gauge
        one = textbook(places[:, keep], values[keep], terms[:, keep], places[:, gauge], terms[:, gauge])
        assert departure[gauge] == pytest.approx(values[gauge] - one[0], abs=1e-9)
        assert variance[gauge] == pytest.approx(sill * (one[1] + SHAPE.noise), abs=1e-9)


def test_the_likelihood_is_the_restricted_one(some):
    # Kitanidis 1983: the likelihood of any n - p contrasts that the drift does not enter; here the null space of it
    places, values, terms = some
    apart = np.hypot(*(places[:, :, None] - places[:, None]))

    def direct(shape):
        covariance = np.exp(-apart / shape.range_km) + shape.noise * np.eye(25)
        contrast = np.linalg.svd(terms)[2][2:]
        inner, told = contrast @ covariance @ contrast.T, contrast @ values
        return 23 * np.log(told @ np.linalg.solve(inner, told) / 23) + np.linalg.slogdet(inner)[1]

    one, other = Structure(10.0, 0.1), Structure(40.0, 1.0)
    ours = [kriging.fit(places, values, terms, shape).likelihood for shape in (one, other)]
    assert ours[0] - ours[1] == pytest.approx(direct(one) - direct(other), abs=1e-8)


def test_values_that_are_the_drift_come_back_without_error(some):
    places, _, terms = some
    fitted = kriging.fit(places, 2 + 3 * terms[1], terms, SHAPE)
    told, variance = fitted.at(places, terms)
    np.testing.assert_allclose(told, 2 + 3 * terms[1], atol=1e-4)
    assert (variance < 1e-7).all()


def test_terms_or_places_that_can_not_be_told_apart_give_nothing(some):
    places, values, terms = some
    assert kriging.fit(places, values, np.ones((2, 25)), SHAPE) is None
    assert kriging.fit(np.zeros((2, 25)), values, terms, Structure(20.0, 0.0)) is None


def test_no_place_and_one_place_are_answered(some):
    places, values, terms = some
    fitted = kriging.fit(places, values, terms, SHAPE)
    assert fitted.at(np.zeros((2, 0)), np.zeros((2, 0)))[0].shape == (0,)
    assert fitted.at(places[:, :1], terms[:, :1])[0].shape == (1,)
