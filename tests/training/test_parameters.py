"""Numbers that are trained with the network: recovered, recorded, saved; and the same loss in code of one's own."""

import csv
import io
import json

import pytest
import safetensors.torch
import torch

import pdec
from pdec.cli.app import main

torch.set_num_threads(1)

STRING = """
problem string
space x in [0, 1]
unknown u(x)
unknown param lambda = 5 in [1, 20]
equation  -u_xx = lambda*u
boundary  u = 0
boundary peak: u = 1 on x = 0.5
exact     u = sin(pi*x)
exact     lambda = pi^2
train { method autograd; width 20; depth 3; steps 400; lr 1e-2; param_lr 1e-1; points 40; weight boundary 10, peak 10 }
"""


@pytest.fixture(scope="module")
def solution():
    return pdec.solve(pdec.loads(STRING)).solution


def test_an_eigenvalue_is_found(solution):
    assert solution.parameters["lambda"] == pytest.approx(torch.pi**2, rel=0.02)
    report = solution.parameter_reports["lambda"]
    assert report["error"] == pytest.approx(abs(solution.parameters["lambda"] / torch.pi**2 - 1))
    assert (report["start"], report["exact"]) == (5, pytest.approx(torch.pi**2))
    assert solution.errors["u"]["l2"] < 0.02


def test_every_step_records_the_numbers(solution):
    assert solution.history[0].parameters == {"lambda": 5}
    rows = list(csv.DictReader(io.StringIO(solution.history_csv())))
    assert list(rows[0]) == ["step", "loss", "equation", "boundary1", "peak", "parameters.lambda", "lr", "seconds"]
    assert float(rows[0]["parameters.lambda"]) == 5
    assert solution.to_json()["parameters"] == solution.parameter_reports


def test_numbers_are_saved_with_the_network(solution, tmp_path):
    solution.save(tmp_path)
    weights = safetensors.torch.load_file(tmp_path / "model.safetensors")
    assert weights.pop("parameters.lambda").item() == solution.parameters["lambda"]
    solution.net.load_state_dict(weights)
    assert json.loads((tmp_path / "result.json").read_text())["parameters"] == solution.parameter_reports


def test_the_table_shows_them(tmp_path, capsys):
    (tmp_path / "string.pde").write_text(STRING)
    options = ["--steps", "2", "--test-points", "10", "--out", str(tmp_path / "run")]
    assert main(["solve", str(tmp_path / "string.pde"), *options]) == 0
    (line,) = [line for line in capsys.readouterr().out.splitlines() if "lambda" in line]
    assert line.split()[:2] == ["lambda:", "found"]
    assert 4.8 < float(line.split()[2]) < 5.2
    assert "exact 9.8696" in line


@pytest.mark.parametrize("method", ["autograd", "stein-antithetic", "stein-cv", "stein-vanilla"])
def test_parameters_enter_the_loss_and_get_gradients(method):
    loss = pdec.compile(pdec.loads(STRING), method=method, sigma=0.1, samples=64, points=8)
    generator = torch.Generator().manual_seed(0)
    net = torch.nn.Sequential(torch.nn.Linear(1, 8), torch.nn.Tanh(), torch.nn.Linear(8, 1)).double()
    batch = loss.sample(generator=generator, dtype=torch.float64)
    noise = loss.draw(batch, generator=generator)
    parameters = loss.parameters(dtype=torch.float64)
    assert {name: value.item() for name, value in parameters.items()} == {"lambda": 5}
    here = loss(net, batch, noise=noise, parameters=parameters)
    torch.testing.assert_close(here, loss(net, batch, noise=noise))  # without: where training starts
    here.backward()
    step = 1e-6
    there = loss(net, batch, noise=noise, parameters={"lambda": 5 + step})
    assert parameters["lambda"].grad.item() == pytest.approx(((there - here) / step).item(), rel=1e-4)


def test_wrong_names_are_refused():
    loss = pdec.compile(pdec.loads(STRING), method="autograd")
    with pytest.raises(ValueError, match="the unknown parameters are lambda, not mu"):
        loss(torch.nn.Linear(1, 1), loss.sample(), parameters={"mu": 1.0})


def test_numbers_stay_within_their_bounds():
    text = STRING.replace("[1, 20]", "[4.95, 5.05]").replace("exact     lambda = pi^2", "").replace("sin(pi*x)", "x")
    run = pdec.solve(pdec.loads(text), steps=5)
    assert run.solution.parameters == {"lambda": pytest.approx(4.95)}


def test_a_hard_condition_with_an_unknown_number():
    text = """
    space x in [0, 1]
    unknown u
    unknown param k = 2
    equation u_xx = 0
    hard boundary u = k*x
    """
    loss = pdec.compile(pdec.loads(text), method="autograd")
    points = torch.tensor([[0.0], [0.5], [1.0]])

    def net(x):
        return torch.zeros(*x.shape[:-1], 1)

    assert loss.solution(net, points, parameters={"k": 3.0})[:, 0].tolist() == [0, 1.5, 3]
    assert loss.solution(net, points)[:, 0].tolist() == [0, 1, 2]
    assert "parameters" in loss.source


def test_without_unknown_numbers_nothing_is_new():
    loss = pdec.compile(pdec.loads("space x in [0, 1] unknown u equation u_xx = 0"), method="autograd")
    assert "parameters" not in loss.source.lower()
    assert loss.parameters() == {}
