"""Weights that training finds: equal gradients, likelihoods, and causal ones."""

import math

import pytest
import torch

import pdec
from pdec.options import OptionError
from pdec.training.balance import Balance, causal_weights
from pdec.training.loop import Run

CPU = torch.device("cpu")


def test_gradients_get_equal_norms():
    a = torch.nn.Parameter(torch.tensor([3.0, 4.0]))
    balance = Balance("gradient-norm", 3, CPU, torch.float32)
    terms = torch.stack([a.square().sum(), 100 * a.sum(), a[0] * 0])
    balance.look(terms, [a], 0)
    norms = torch.tensor([10.0, 100 * math.sqrt(2)])
    torch.testing.assert_close(balance.factors[:2] * norms, torch.full((2,), norms.sum().item() / 3))
    assert balance.factors[2].item() == pytest.approx(1e6)
    before = balance.factors
    balance.look(terms, [a], 1)  # not yet
    assert balance.factors is before
    balance.look(2 * terms, [a], 10)
    torch.testing.assert_close(balance.factors, before)


def test_a_likelihood_gives_each_term_the_weight_of_its_inverse():
    balance = Balance("self-adaptive", 2, CPU, torch.float64)
    terms = torch.tensor([0.5, 4.0], dtype=torch.float64)
    for step in range(3000):
        balance.look(terms, [], step)
    torch.testing.assert_close(balance.factors, 1 / terms, rtol=1e-2, atol=0)


@pytest.mark.parametrize("backward", [False, True])
def test_later_times_wait(backward):
    times = torch.tensor([0.9, 0.1, 0.5, 0.3])
    squares = torch.tensor([8.0, 1.0, 4.0, 2.0])
    weights = causal_weights(squares, times, 0.5, bins=4, backward=backward)
    order = [0, 2, 3, 1] if backward else [1, 3, 2, 0]
    total = 0.0
    for place in order:
        assert weights[place].item() == pytest.approx(math.exp(-0.5 * total / 4))
        total += squares[place].item()


def test_more_points_than_bins():
    weights = causal_weights(torch.ones(7), torch.arange(7.0), 1.0, bins=2, backward=False)
    torch.testing.assert_close(weights, torch.tensor([1.0] * 4 + [math.exp(-0.5)] * 3))


@pytest.mark.parametrize("name", ["gradient-norm", "self-adaptive"])
def test_factors_are_recorded_and_enter_the_loss(make_loss, name):
    run = Run(make_loss(steps=30, balance=name, weight={"initial": 10}))
    list(run)
    assert run.history[-1].factors != run.history[0].factors
    for p in run.history:
        weighted = p.factors["equation"] * p.terms["equation"] + 10 * p.factors["initial"] * p.terms["initial"]
        assert p.loss == pytest.approx(weighted, rel=1e-5)
    assert "factors.initial" in run.solution.history_csv().splitlines()[0]


TEXT = """
space x in [0, 1]
time t in [0, 1]
unknown u
equation first: u_t = -u
equation second: u_xx = 0
initial u = 1
train {{ method autograd; width 8; depth 3; points 64; steps 3; {0} }}
"""


def test_causal_weights_of_a_problem():
    plain, causal = (pdec.solve(pdec.loads(TEXT.format(more)), steps=1) for more in ("", "causal 1e-12"))
    assert next(causal).terms == pytest.approx(next(plain).terms)
    strong = next(pdec.solve(pdec.loads(TEXT.format("causal 1e5")), steps=1))
    assert strong.terms["first"] < 0.3 * plain.history[0].terms["first"]
    assert strong.terms["initial"] == plain.history[0].terms["initial"]


def test_causal_weights_need_time():
    with pytest.raises(OptionError, match="`causal` weights are for problems with time"):
        pdec.solve(pdec.loads("space x in [0, 1] unknown u equation u_xx = 0"), causal=1.0)
