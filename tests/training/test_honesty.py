"""Baselines, gradients and the second law of points, against closed forms."""

import json
import math

import pytest
import torch

import pdec
from pdec.training.honesty import baselines, gradient_errors, quietly, radial_points
from pdec.training.loop import Run
from pdec.training.metrics import evaluate

CPU = {"device": torch.device("cpu"), "dtype": torch.float64}
GIVEN = {**CPU, "parameters": {}}


def test_gradients_of_a_scaled_solution(make_loss):
    loss = make_loss(smooth=False)
    assert gradient_errors(loss, lambda x: 1.25 * loss.truth(x), [100, 100], **GIVEN) == {"u": pytest.approx(0.25)}
    # time does not count, a constant does not either
    assert gradient_errors(loss, lambda x: loss.truth(x) + x[:, -1:].exp() + 3, [100], **GIVEN)["u"] < 1e-12


def test_gradients_in_the_sum_of_entries(make_loss):
    loss = make_loss(smooth=False)
    # ∇u* = x/2, the error adds 1 along the first axis; in the unit disc E|x₁| = 4/(3π)
    found = gradient_errors(loss, lambda x: loss.truth(x) + x[:, :1], [20_000], **GIVEN)["u"]
    assert found == pytest.approx(1 / (2 * (4 / (3 * math.pi)) / 2), rel=0.02)


def test_gradients_need_a_closed_form_and_a_derivative(make_loss, make_heat):
    assert gradient_errors(make_loss(make_heat(expectation=True)), lambda x: x, [10], **GIVEN) == {}
    loss = make_loss(smooth=False)
    assert gradient_errors(loss, lambda x: loss.truth(x).detach(), [10], **GIVEN) == {"u": 1.0}

    def broken():
        raise RuntimeError("no derivative")

    assert quietly(broken) == {}


def test_baselines_know_the_solution(make_loss):
    loss = make_loss(smooth=False, test_points=1000)
    found = baselines(loss, **GIVEN)["u"]
    assert list(found) == ["best constant", "fit of 1, t, |x|²"]
    # u = t + |x|²/4 itself is in the span
    assert found["fit of 1, t, |x|²"]["l2"] < 1e-12
    # Var t = 1/12, Var |x|² = 1/12, E u² = 1/3 + 1/8 + 1/48
    expected = math.sqrt((1 / 12 + 1 / 12 / 16) / (1 / 3 + 1 / 8 + 1 / 48))
    assert found["best constant"]["l2"] == pytest.approx(expected, rel=0.05)
    assert found["best constant"]["l1"] < found["best constant"]["l2"]


def test_without_a_solution_there_are_none(make_loss, make_heat):
    assert baselines(make_loss(make_heat(known=False)), **GIVEN) == {}


HARD = """
space x in ball(5)
time t in [0, 1]
unknown u, v
equation u_t = lap(u)
equation v_t = lap(v)
hard boundary first: u = 1
boundary second: v = 1
exact u = 1
exact v = 2 + 0*t
"""


def test_hard_conditions_alone():
    loss = pdec.compile(pdec.loads(HARD.replace("v = 1", "v = 2")), method="autograd")
    found = baselines(loss, **GIVEN)
    assert found["u"]["ansatz without network"] == {
        "l1": pytest.approx(0, abs=1e-12),
        "l2": pytest.approx(0, abs=1e-12),
    }
    assert "ansatz without network" not in found["v"]


def test_a_second_law_that_sees_the_interior(make_loss, make_heat):
    draw = radial_points(make_heat(50))
    points = draw(4000, generator=torch.Generator().manual_seed(0), **CPU)
    assert points.shape == (4000, 51)
    assert points[:, :50].norm(dim=1).mean().item() == pytest.approx(0.5, abs=0.02)
    assert points[:, 50].mean().item() == pytest.approx(0.5, abs=0.02)
    assert radial_points(make_heat(2)) is None
    assert radial_points(pdec.loads("space x in [0, 1]^5 unknown u equation lap(u) = 0")) is None
    loss = make_loss(make_heat(50), smooth=False, test_points=500)
    result = evaluate(loss, None, lambda x: loss.truth(x) * (1 - x[:, :-1].square().sum(1, keepdim=True)), **CPU)
    assert result.errors["u"]["l1"] > 0.9
    assert result.radial["u"]["l1"] < 0.5


def test_all_of_it_is_in_the_results(make_loss, make_heat):
    data = Run(make_loss(make_heat(3))).solution.to_json()
    assert json.loads(json.dumps(data, allow_nan=False)) == data
    assert data["gradient_errors"]["u"] > 0
    assert set(data["radial_errors"]["u"]) == {"l1", "l2"}
    assert set(data["baselines"]["u"]["best constant"]) == {"l1", "l2"}


def test_the_same_training_without_the_equations():
    text = """
    space x in [0, 1]
    unknown u
    equation u_xx = -2
    boundary u = 0
    exact u = x*(1 - x)
    train { method autograd; width 16; depth 3; steps 150; lr 3e-2; points 20; test_points 100 }
    """
    problem = pdec.loads(text)
    run = pdec.solve(problem)
    found = pdec.training.without_equations(run)
    assert found.errors["u"]["l1"] > 3 * run.solution.errors["u"]["l1"]
    assert found.residuals["equation"] > 1
    assert len(found.history) == 150
    assert found.history[0].terms["boundary"] == run.history[0].terms["boundary"]
