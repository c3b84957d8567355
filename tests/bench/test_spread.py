"""Spread and bias of draws whose law is known."""

import math

import pytest
import torch

from pdec.bench.spread import Moments

TRUTH = torch.linspace(1, 2, 400)


def moments(draws, truth, **options):
    found = Moments(draws.shape[1], truth, **options)
    for draw in draws:
        found.add(draw)
    return found.spread()


def noise(n, size=400, seed=0):
    return torch.randn(n, size, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_standard_deviation_and_size():
    spread = moments(TRUTH + 0.1 * noise(200), TRUTH)
    assert spread.std == pytest.approx(0.1 * 20, rel=0.02)  # a norm over 400 entries
    assert spread.scale == pytest.approx(TRUTH.norm().item())
    root_mean_square = moments(TRUTH + 0.1 * noise(200), TRUTH, mean_square=True)
    assert root_mean_square.std == pytest.approx(0.1, rel=0.02)
    assert root_mean_square.scale == pytest.approx(TRUTH.square().mean().sqrt().item())
    assert spread.draws == 200


def test_no_bias_is_seen_where_there_is_none():
    # the mean of 100 draws is 0.01·√400 = 0.2 away from the truth, all of it noise
    seen = [moments(TRUTH + 0.1 * noise(100, seed=seed), TRUTH) for seed in range(20)]
    assert sum(spread.biased for spread in seen) <= 3
    assert sum(s.bias**2 for s in seen) / 20 < 0.2**2 / 4


@pytest.mark.parametrize("size", [0.02, 0.2])
def test_a_bias_is_found_with_its_error(size):
    found = [moments(TRUTH + size + 0.1 * noise(100, seed=seed), TRUTH) for seed in range(30)]
    true = 20 * size
    assert all(spread.biased for spread in found)
    errors = torch.tensor([spread.bias for spread in found]) - true
    assert abs(errors.mean()) < 3 * errors.std() / math.sqrt(30)
    claimed = sum(spread.bias_error for spread in found) / 30
    assert 0.5 < claimed / errors.std().item() < 2


def test_errors_of_entries_that_err_together():
    """One normal number for all entries: the noise of the mean is one number too, and no average over entries helps."""
    seen = [moments(TRUTH + noise(100, 1, seed), TRUTH, mean_square=True) for seed in range(30)]
    assert sum(spread.biased for spread in seen) <= 4


def test_the_bias_of_a_number_has_its_sign():
    spread = moments(2 + noise(400, 1), torch.tensor(2.5))
    assert spread.bias == pytest.approx(-0.5, abs=4 * spread.bias_error)
    assert spread.bias_error == pytest.approx(1 / 20, rel=0.2)
    assert spread.biased


def test_exact_draws():
    spread = moments(TRUTH.double().expand(2, 400) + 0.5, TRUTH)
    assert (spread.std, spread.bias_error) == (0, 0)
    assert spread.bias == pytest.approx(10)


def test_without_a_truth_there_is_no_bias():
    spread = moments(TRUTH + 0.1 * noise(50), None)
    assert spread.bias is None
    assert spread.scale == pytest.approx(TRUTH.norm().item(), rel=0.01)
    assert spread.std == pytest.approx(2, rel=0.05)
    assert not spread.biased
    with pytest.raises(ValueError, match="no draws"):
        Moments(3, None).spread()
