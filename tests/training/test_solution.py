"""The solution: a function of points, its plain data, its files."""

import csv
import errno
import json
import os

import numpy as np
import pytest
import safetensors.torch
import torch

from pdec.options import Options, with_changes
from pdec.training.loop import Run


@pytest.fixture
def solution(make_loss):
    return Run(make_loss()).solution


def test_callable_on_tensors_arrays_and_lists(solution):
    rows = [[0.1, 0.2, 0.3], [0.0, 0.0, 1.0]]
    values = solution(torch.tensor(rows))
    assert values.shape == (2, 1)
    assert not values.requires_grad
    assert torch.equal(values, solution(rows))
    assert torch.equal(values, solution(np.array(rows)))
    assert solution(torch.empty(0, 3)).shape == (0, 1)


@pytest.mark.parametrize("points", [[0.0, 0.0, 0.0], [[0.0, 0.0]], [[[0.0, 0.0, 0.0]]]])
def test_points_of_another_shape_are_refused(solution, points):
    with pytest.raises(ValueError, match=r"points must have shape \(B, 3\)"):
        solution(points)


def test_plain_data(solution):
    data = solution.to_json()
    assert json.loads(json.dumps(data, allow_nan=False)) == data
    assert data["problem"] == "heat"
    assert (data["dim"], data["steps"], data["method"]) == (2, 5, "stein")
    assert set(data["errors"]["u"]) == {"l1", "l2"}
    assert set(data["losses"]) == {"total", "equation", "initial"}
    assert set(data["versions"]) == {"pdec", "torch", "python", "sympy"}
    assert data["seconds_per_step"] == pytest.approx(data["seconds"] / 5)
    assert data["residual_rms"] == {"equation": None}


def test_numbers_that_json_cannot_say_become_null(make_loss):
    loss = make_loss()
    loss.truth = lambda x: 0 * x[:, :1]
    assert Run(loss).solution.to_json()["errors"]["u"]["l1"] is None


def test_files(solution, tmp_path):
    folder = tmp_path / "runs" / "heat"
    solution.save(folder)
    solution.save(folder)
    names = ["history.csv", "model.safetensors", "options.json", "problem.pde", "result.json"]
    assert sorted(os.listdir(folder)) == names
    assert json.loads((folder / "result.json").read_text()) == solution.to_json()
    assert (folder / "problem.pde").read_text(encoding="utf-8") == solution.problem.source.text
    changes = json.loads((folder / "options.json").read_text())
    assert with_changes(Options(), changes) == solution.options
    rows = list(csv.DictReader((folder / "history.csv").open()))
    assert list(rows[0]) == ["step", "loss", "equation", "initial", "lr", "seconds"]
    assert [float(row["loss"]) for row in rows] == [p.loss for p in solution.history]
    weights = safetensors.torch.load_file(folder / "model.safetensors")
    assert all(torch.equal(weights[name], value) for name, value in solution.net.state_dict().items())


def test_shared_weights_can_be_saved(make_loss, tmp_path):
    layer = torch.nn.Linear(3, 3)
    net = torch.nn.Sequential(layer, torch.nn.Tanh(), layer, torch.nn.Linear(3, 1))
    Run(make_loss(), net=net).solution.save(tmp_path)
    net.load_state_dict(safetensors.torch.load_file(tmp_path / "model.safetensors"))


def test_a_full_disk_leaves_the_old_files(solution, tmp_path, monkeypatch):
    (tmp_path / "model.safetensors").write_bytes(b"old")

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        solution.save(tmp_path)
    assert os.listdir(tmp_path) == ["model.safetensors"]
    assert (tmp_path / "model.safetensors").read_bytes() == b"old"


def test_a_folder_that_is_a_file(solution, tmp_path):
    (tmp_path / "taken").write_text("")
    with pytest.raises(OSError, match="taken"):
        solution.save(tmp_path / "taken")
