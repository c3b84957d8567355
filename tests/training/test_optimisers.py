"""Optimisers by name: each goes down, each goes on after a checkpoint; rates over the steps and over time."""

import math

import pytest
import torch

import pdec
from pdec.options import OptionError, Options
from pdec.training import checkpoint
from pdec.training.loop import Run
from pdec.training.optimisers import ITERATIONS, LARGEST, adam, learning_rate, optimisers

POISSON = """
problem line
space x in [0, 1]
unknown u
unknown param k = 2 in [0, 5]
equation u_xx = -k*sin(pi*x)
boundary u = 0
data u = "line.csv"
train { method autograd; width 12; depth 3; points 16; test_points 50 }
"""


@pytest.fixture
def line(tmp_path):
    places = [k / 8 for k in range(9)]
    rows = [f"{x},{3 / math.pi**2 * math.sin(math.pi * x)}" for x in places]
    (tmp_path / "line.csv").write_text("\n".join(["x,u", *rows]))
    return pdec.loads(POISSON, folder=tmp_path)


def numbers(run):
    return [(p.loss, p.terms, p.lr, p.parameters, p.factors) for p in run.history]


def broken_off(problem, folder, options):
    """A run that went on from the checkpoint of one of seven steps, to its end."""
    half = pdec.solve(problem, **options, folder=folder)
    for _ in range(7):
        half.advance()
    half.save_checkpoint()
    again = pdec.solve(problem, resume=folder)
    list(again)
    return again


@pytest.mark.parametrize("name", ["adam", "adamw", "soap", "muon", "lbfgs"])
def test_each_goes_down_and_goes_on_bit_for_bit(line, tmp_path, name):
    options = {"optimiser": name, "steps": 12 if name == "lbfgs" else 60, "lr": 1e-2, "average": 0.9}
    run = pdec.solve(line, **options)
    list(run)
    assert run.history[-1].loss < 0.3 * run.history[0].loss
    again = broken_off(line, tmp_path / "run", options)
    assert numbers(again) == numbers(run)
    assert again.solution.metrics == run.solution.metrics


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_soap_makes_no_basis_of_many_columns(line, tmp_path, dtype):
    options = {"optimiser": "soap", "steps": 12, "depth": 2, "width": LARGEST + 1, "dtype": dtype}
    run = pdec.solve(line, **options)
    list(run)
    (optimiser, _) = run.stepper._optimisers
    sides = {len(matrix) for state in optimiser.state.values() for matrix in state["GG"]}
    assert sides == {0, 1}
    assert numbers(broken_off(line, tmp_path / "run", options)) == numbers(run)


def test_a_quasi_newton_phase_follows(line, tmp_path):
    options = {"steps": 40, "finish": 15, "finish_points": 4, "param_lr": 0.05}
    run = pdec.solve(line, **options, dtype="float64")
    list(run)
    assert [p.step for p in run.history] == list(range(1, 56))
    assert {p.steps for p in run.history} == {55}
    assert run.history[-1].loss < 0.01 * run.history[40].loss
    assert run.solution.parameters["k"] == pytest.approx(3, rel=0.01)
    evaluated = []
    terms = run.loss.terms
    run.loss.terms = lambda *a, **k: evaluated.append(1) or terms(*a, **k)
    run.stepper.step(55, 0)
    assert len(evaluated) >= ITERATIONS
    half = pdec.solve(line, **options, dtype="float64", folder=tmp_path / "run")
    for _ in range(45):
        half.advance()
    half.save_checkpoint()
    again = pdec.solve(line, resume=tmp_path / "run")
    list(again)
    assert numbers(again) == numbers(run)


def test_a_stein_method_has_fixed_noise_there(make_loss):
    run = Run(make_loss(steps=0, finish=3))
    losses = [p.loss for p in run]
    assert losses[0] > losses[1] > losses[2]


def test_a_line_search_that_leaves_the_numbers(make_loss):
    run = Run(make_loss(steps=0, finish=3))
    weight = run.net[0].weight.detach().clone()
    run.stepper._quasi_newton_step(0)
    finisher = run.stepper._finisher
    before = run.net[0].weight.detach().clone()
    assert not torch.equal(before, weight)

    def wild(closure):
        closure()
        with torch.no_grad():
            run.net[0].weight.fill_(math.nan)

    finisher.step = wild
    with pytest.raises(pdec.TrainingError, match="line search of step 1 left the finite numbers"):
        next(run)
    assert torch.equal(run.net[0].weight, before)


def test_muon_needs_a_torch_that_has_it(make_loss, monkeypatch):
    monkeypatch.delattr(torch.optim, "Muon")
    with pytest.raises(OptionError, match="`optimiser` cannot be `muon` here"):
        Run(make_loss(optimiser="muon"))


def test_schedules():
    rates = {
        name: [learning_rate(Options(steps=4, lr=2.0, schedule=name), step) for step in range(5)]
        for name in ("constant", "linear", "cosine")
    }
    assert rates["constant"] == [2.0] * 5
    assert rates["linear"] == [2.0, 1.5, 1.0, 0.5, 0.0]
    assert rates["cosine"] == pytest.approx([2, 1 + math.sqrt(0.5), 1, 1 - math.sqrt(0.5), 0])


def test_warm_up_and_time():
    warm = Options(steps=100, lr=1.0, schedule="constant", warmup=4)
    assert [learning_rate(warm, step) for step in range(6)] == [0.25, 0.5, 0.75, 1, 1, 1]
    line = Options(steps=100, lr=1.0, schedule="linear")
    assert learning_rate(line, 10, share=0.75) == 0.25
    assert learning_rate(line, 90, share=0.75) == pytest.approx(0.1)
    assert learning_rate(line, 10, share=1.5) == 0


def test_minutes_end_a_run(make_loss):
    run = Run(make_loss(steps=10**6, minutes=0.2 / 60))
    assert 0 < len(list(run)) < 10**5
    assert run.history[-1].seconds >= 0.2
    assert run.history[-2].seconds < 0.2
    assert run.history[-1].lr < 0.2 * run.history[0].lr


def test_a_target_ends_a_run(make_loss, make_heat):
    run = Run(make_loss(steps=500, width=32, points=50, target=0.6, lr=1e-2, test_points=200, weight={"initial": 10}))
    list(run)
    assert 10 <= len(run.history) < 500
    assert len(run.history) % 10 == 0
    assert run.solution.errors["u"]["l2"] < 0.7
    with pytest.raises(OptionError, match="`target` is an error, which needs a known solution"):
        Run(make_loss(make_heat(known=False), target=0.1))


def test_the_running_mean_is_the_solution(make_loss):
    run = Run(make_loss(steps=3, average=0.5))
    weights = []
    for _ in run:
        weights.append(run.net[0].weight.detach().clone())
    mean = (weights[0] + weights[1]) / 2
    mean = (mean + weights[2]) / 2
    torch.testing.assert_close(run.solution.net[0].weight.detach(), mean)
    assert run.solution.net is not run.net
    assert checkpoint.loads(checkpoint.dumps(run.state(), run.loss.problem, run.loss.options, 3)).state["average"]


@pytest.mark.parametrize("device", ["cpu", "meta"])
def test_adam_is_fused_where_torch_can(device):
    net = torch.nn.Linear(3, 2, device=device)
    made = [adam(net, {}, Options()), *optimisers(net, {}, Options(optimiser="adamw"))]
    assert [each.defaults["fused"] for each in made] == [device == "cpu"] * 2
