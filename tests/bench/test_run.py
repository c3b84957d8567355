"""The comparison: its numbers where they are known, and what becomes of methods that cannot take part."""

import json
import math

import pytest
import torch

import pdec
from pdec.bench import run
from pdec.bench.entrant import setup, supervised_step, training_step
from pdec.bench.run import METHODS, bench
from pdec.compiler import compile
from pdec.estimators import LOWERINGS
from pdec.options import OptionError

QUICK = {"repeats": 2, "draws": 8, "seconds": 20, "width": 8, "depth": 3, "points": 6, "samples": 8, "sigma": 0.05}
HEAT = """
problem heat
dim N = 3
space x in ball(N)
time t in [0, 1]
unknown u
equation u_t = lap(u)
initial u = |x|^2/(2*N)
boundary u = t + 1/(2*N)
exact u = t + |x|^2/(2*N)
"""
STEEP = "space x in [0, 1] unknown u equation d(u, x, 6) = 1 boundary u = 0"


@pytest.fixture(scope="module")
def found():
    return bench(pdec.loads(HEAT), **QUICK)


def test_every_method_is_measured(found):
    assert [result.name for result in found.results] == list(METHODS)
    assert {result.status for result in found.results} == {"ok"}
    assert found.points == {"domain": 6, "initial": 6, "boundary": 6}
    assert found.parameters == (4 * 8 + 8) + (8 * 8 + 8) + (8 + 1)
    for result in found.results:
        assert result.cost.median > 0.5
        assert result.cost.low <= result.cost.median <= result.cost.high
        assert result.cost.repeats == 2
        assert result.memory > 1
        assert (result.evaluations > 1) == LOWERINGS[result.name].smoothed  # forward passes carry the others
        assert set(result.residuals) == {"equation"}


def test_exact_methods_have_neither_noise_nor_bias(found):
    exact = next(result for result in found.results if result.name == "autograd")
    assert found.reference == "autograd"
    for spread in (exact.residual, exact.loss, exact.gradient):
        assert spread.std == 0
        assert abs(spread.bias) < 1e-4 * spread.scale


def test_a_reference_that_has_no_room_is_not_tried(monkeypatch):
    monkeypatch.setattr(run, "expected_bytes", lambda problem, options: 1e18 * (options.method == "autograd"))
    assert bench(pdec.loads(HEAT), ["stein-chi"], **QUICK).reference == "taylor"


def test_the_noise_of_stein_methods_is_in_the_paper_s_order(found):
    std = {result.name: result.residual.std for result in found.results}
    assert std["stein-vanilla"] > 10 * std["stein-cv"] > 30 * std["stein-antithetic"] > 100 * std["stein-chi"] > 0


def test_evaluations_of_the_paper_s_methods(found):
    evaluations = {result.name: result.evaluations for result in found.results}
    assert evaluations["stein-antithetic"] == evaluations["stein-cv"] == 9
    assert evaluations["stein-vanilla"] == 8
    steps = {result.name: result.step_evaluations for result in found.results}
    assert steps["stein-vanilla"] == 3 * 6 * 8
    assert steps["autograd"] == 18


def test_the_loss_of_the_plug_in_is_too_large_by_its_variance(monkeypatch):
    """E (r + noise)² = r² + variance: with weightless conditions the bias of the loss is that of the equation alone."""
    options = {**QUICK, "draws": 400, "weight": {"initial": 0, "boundary": 0}, "sigma": 0.01, "dtype": "float64"}
    (result,) = bench(pdec.loads(HEAT), ["stein-cv"], **options).results
    assert result.residual.draws == 400
    assert not result.residual.biased
    assert result.loss.biased
    assert result.loss.bias == pytest.approx(result.residual.std**2, abs=3 * result.loss.bias_error)


def test_gradients_are_those_of_the_loss():
    problem = pdec.loads(HEAT)
    loss = compile(problem, method="autograd", width=8, depth=3, points=6)
    shared = setup(loss, torch.device("cpu"))
    drawn = run.sample(loss, shared, torch.Generator())
    direction = torch.randn(len(drawn.gradient), generator=torch.Generator().manual_seed(1))
    values = []
    for step in (1e-3, -1e-3):
        shift = torch.nn.utils.parameters_to_vector(shared.net.parameters()) + step * direction
        net = setup(loss, torch.device("cpu")).net
        torch.nn.utils.vector_to_parameters(shift, net.parameters())
        values.append(loss(net, shared.batch).item())
    assert (values[0] - values[1]) / 2e-3 == pytest.approx((drawn.gradient @ direction).item(), rel=1e-2)


def test_steps_train():
    problem = pdec.loads(HEAT)
    loss = compile(problem, method="autograd", width=8, depth=3, points=50, lr=1e-2)
    shared = setup(loss, torch.device("cpu"))
    before = [parameter.clone() for parameter in shared.net.parameters()]
    losses = []
    monitor = loss.module.loss
    loss.module.loss = lambda *given, **named: losses.append(value := monitor(*given, **named)) or value
    step = training_step(loss, shared)
    for _ in range(200):
        step()
    assert losses[-1] < losses[0] / 10
    supervised_step(loss.options, shared, 1)()
    assert all(torch.equal(one, other) for one, other in zip(before, shared.net.parameters()))


def test_a_method_that_refuses_says_why():
    found = bench(pdec.loads(STEEP), ["stein-chi", "autograd"], **QUICK)
    refused, exact = found.results
    assert (refused.status, refused.cost) == ("refused", None)
    assert "order 4" in refused.reason
    assert exact.status == "ok"
    with pytest.raises(pdec.PdeError, match="E302"):
        bench(pdec.loads(STEEP), ["stein-chi"], **QUICK)


def test_a_method_that_is_too_slow_says_so(monkeypatch):
    monkeypatch.setattr(run, "_warm", lambda step, device: 1e4)
    found = bench(pdec.loads(HEAT), ["autograd"], **QUICK).results[0]
    assert (found.status, found.cost) == ("time", None)
    assert "too long for its share of 20 s" in found.reason


def test_a_first_step_without_end_is_ended():
    problem = pdec.loads(HEAT, dim=3000)
    options = {**QUICK, "seconds": 1.0}
    quick, slow = bench(problem, ["stein-radial", "autograd"], **options).results
    assert slow.status == "time"
    assert "first steps took too long" in slow.reason
    assert quick.name == "stein-radial"


def test_time_is_shared_out():
    entrants = {k: run.Entrant(None, None, None, seconds) for k, seconds in enumerate((0.01, 1.0, 20.0))}
    run._allotted(entrants, 60, 9, 100)
    assert (entrants[0].repeats, entrants[0].draws) == (9, 100)
    assert 3 <= entrants[1].repeats <= 9
    assert 3 <= entrants[1].draws < 100
    assert entrants[2].repeats < 3
    spent = sum(e.seconds * (e.repeats + run.DRAW * e.draws) for e in entrants.values())
    assert spent < 60


def test_several_samples_of_one_method():
    few, many = bench(pdec.loads(HEAT), ["stein-vanilla:4", "stein-vanilla:64"], **QUICK).results
    assert (few.samples, many.samples) == (4, 64)
    assert few.evaluations == 4
    assert many.peak_bytes > 4 * few.peak_bytes
    assert 2 < few.residual.std / many.residual.std < 8


@pytest.mark.parametrize("name", ["magic", "stein-chi:", "stein-chi:1", "stein-chi:many"])
def test_wrong_methods(name):
    with pytest.raises(OptionError, match=name.partition(":")[0]):
        bench(pdec.loads(HEAT), [name], **QUICK)


def test_training(found):
    trained = bench(
        pdec.loads(HEAT), ["autograd", "stein-radial"], train=30, to_error=1.0, **QUICK, test_points=50, lr=1e-2
    )
    for result in trained.results:
        assert result.trained.steps == 30
        assert result.trained.errors["u"]["l2"] > 0
        assert result.trained.residuals["equation"] > 0
        step, seconds = result.trained.reached
        assert 1 <= step <= 30
        assert 0 < seconds <= result.trained.seconds
    assert all(result.trained is None for result in found.results)


def test_unknown_parameters_take_part():
    text = "space x in [0, 1] unknown u unknown param k = 5 equation -u_xx = k*u boundary u = 0"
    found = bench(pdec.loads(text), ["stein-chi", "autograd"], **QUICK)
    assert {result.status for result in found.results} == {"ok"}
    assert found.results[1].gradient.scale > 0


def test_as_json(found):
    data = found.to_json()
    assert json.loads(json.dumps(data, allow_nan=False)) == data
    assert data["results"][0]["cost"]["median"] > 0
    assert not math.isnan(data["supervised_seconds"])
