"""Errors and residuals against closed forms, on points and with noise of their own."""

import math

import pytest
import torch

import pdec
from pdec.training import metrics
from pdec.training.loop import exact_loss
from pdec.training.metrics import evaluate
from pdec.training.network import network_for

CPU = {"device": torch.device("cpu"), "dtype": torch.float64}


def test_relative_errors_of_a_scaled_solution(make_loss):
    loss = make_loss(smooth=False, test_points=500)
    result = evaluate(loss, None, lambda x: 1.25 * loss.truth(x), **CPU)
    assert result.errors == {"u": {"l1": pytest.approx(0.25), "l2": pytest.approx(0.25)}}
    assert result.test_points == 500
    assert result.residuals == {"equation": None}


def test_l1_and_l2_are_different_norms(make_loss):
    loss = make_loss(smooth=False, test_points=20_000)
    errors = evaluate(loss, None, lambda x: loss.truth(x) + x[:, -1:], **CPU).errors["u"]
    # E t = 1/2, E t² = 1/3 and E|x|² = 1/2, E|x|⁴ = 1/3 in the unit disc, so E u = 5/8 and E u² = 1/3 + 1/8 + 1/48
    assert errors["l1"] == pytest.approx((1 / 2) / (5 / 8), rel=0.02)
    assert errors["l2"] == pytest.approx(math.sqrt((1 / 3) / (1 / 3 + 1 / 8 + 1 / 48)), rel=0.02)


def test_errors_of_a_vector_count_every_component(make_loss, make_heat):
    loss = make_loss(make_heat(size=3), smooth=False)
    errors = evaluate(loss, None, lambda x: loss.truth(x) * torch.tensor([1.0, 1.0, 1.6]), **CPU).errors["u"]
    assert errors["l1"] == pytest.approx(0.2)
    assert errors["l2"] == pytest.approx(0.6 / math.sqrt(3))


def test_a_solution_that_vanishes_has_no_relative_error(make_loss):
    loss = make_loss(smooth=False)
    loss.truth = lambda x: 0 * x[:, :1]
    assert math.isnan(evaluate(loss, None, loss.truth, **CPU).errors["u"]["l1"])


def test_a_sampled_reference_reports_its_own_error(make_loss, make_heat):
    loss = make_loss(make_heat(expectation=True), smooth=False, test_points=20_000)
    errors = evaluate(loss, None, loss.truth, **CPU).errors["u"]
    assert errors["l1"] == 0
    assert errors["reference"] == pytest.approx(0.01 / (5 / 8), rel=0.02)


def test_without_a_solution_there_are_no_errors(make_loss, make_heat):
    assert evaluate(make_loss(make_heat(known=False)), None, lambda x: x[:, :1], **CPU).errors == {}


def test_chunks_do_not_change_the_points(make_loss, monkeypatch):
    loss = make_loss(smooth=False, test_points=100)

    def net(x):
        return x.pow(3).sum(dim=1, keepdim=True)

    whole = evaluate(loss, loss, net, **CPU)
    seen = []
    monkeypatch.setattr(metrics, "CHUNK", 7 * 4 * 8)
    parts = evaluate(loss, loss, lambda x: seen.append(len(x)) or net(x), **CPU)
    assert max(seen) <= 7
    assert parts.errors["u"]["l1"] == pytest.approx(whole.errors["u"]["l1"], rel=0.5)
    assert list(metrics.chunks(10, metrics.CHUNK // 4)) == [4, 4, 2]


def test_residual_is_exact_for_a_smooth_function(make_loss):
    loss = make_loss(smooth=False)
    # u = t²: u_t - lap(u) = 2t, whose root mean square is 2/sqrt(3)
    result = evaluate(loss, loss, lambda x: x[:, -1:] ** 2, **CPU)
    assert result.residuals["equation"] == pytest.approx(2 / math.sqrt(3), rel=0.1)
    assert result.residual_points == 256
    assert evaluate(loss, loss, loss.truth, **CPU).residuals["equation"] < 1e-12


def test_residual_differentiates_the_smoothed_model(make_loss):
    loss = make_loss(smooth=True, sigma=0.5)
    # the smoothed step function is not flat, so neither is its residual; frozen noise leaves u = t + |x|²/4 exact
    assert evaluate(loss, loss, loss.truth, **CPU).residuals["equation"] < 1e-12


def test_a_network_without_a_second_derivative_has_no_residual(make_loss):
    loss = make_loss()
    result = evaluate(loss, loss, lambda x: loss.truth(x).detach(), **CPU)
    assert result.residuals == {"equation": None}
    assert result.errors["u"]["l1"] < 0.05


def test_fewer_residual_points_in_high_dimension(make_heat):
    assert [metrics.residual_count(make_heat(dim)) for dim in (2, 250, 1000, 100_000)] == [256, 199, 49, 0]


def test_high_dimension_stays_in_memory(make_loss, make_heat):
    loss = make_loss(make_heat(100_000), test_points=4)
    result = evaluate(loss, loss, loss.truth, **CPU)
    assert result.errors["u"]["l1"] < 0.1
    assert result.residuals == {"equation": None}


@pytest.mark.parametrize("network", ["mlp", "windows"])
def test_an_exact_loss_measures_its_residual_itself(network):
    text = "dim N = 4\nspace x in ball(N)\nunknown u\nequation lap(u) = u\nhard boundary u = 1"
    problem = pdec.loads(text)
    given = {"network": network, "width": 8, "dtype": "float64"}
    taylor, autograd = (pdec.compile(problem, method=method, **given) for method in ("taylor", "autograd"))
    net = network_for(problem, taylor.options)
    found, stacked = (metrics.residual_rms(taylor, exact, net, 20, **CPU) for exact in (taylor, autograd))
    assert found["equation"] == pytest.approx(stacked["equation"], rel=1e-9)
    assert exact_loss(taylor, given) is taylor
    for changes in ({"method": "taylor", "slopes": "bfloat16"}, {"method": "hutchinson"}):
        assert exact_loss(pdec.compile(problem, **changes), changes).options.method == "autograd"


def test_points_of_a_chunk_are_fewer_where_a_network_has_many_windows():
    problem = pdec.loads("dim N = 50\nspace x in ball(N)\nunknown u\nequation lap(u) = u\nboundary u = 1")
    losses = [pdec.compile(problem, network=network, width=8, method="taylor") for network in ("mlp", "windows")]
    assert [metrics.neurons(loss) for loss in losses] == [8, 49 * 8]
