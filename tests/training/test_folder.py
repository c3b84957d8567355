"""A run that was saved is what it was; what is no run is told."""

import json

import pytest
import torch

import pdec
from pdec.options import OptionError
from pdec.training.errors import TrainingError
from pdec.training.export import export

TEXT = """
problem pair
dim N = 2
param c = 1
space x in [0, 1]^N
time t in [0, 1]
unknown u, v
unknown param k = 2
equation u_t = c*lap(u)
equation v_t = k*lap(v)
hard initial u = sum(i, x[i]^2)
initial v = 0
exact u = sum(i, x[i]^2) + 2*N*c*t
exact v = 0*t
train { method stein-chi; samples 8; width 8; depth 3; steps 4; points 8; test_points 20; balance self-adaptive }
"""


@pytest.fixture
def solution(tmp_path):
    problem = pdec.loads(TEXT, dim=3, params={"c": 0.5})
    found = pdec.solve(problem, average=0.5).solution
    found.save(tmp_path)
    return found


def test_it_is_the_same(solution, tmp_path):
    again = pdec.open(tmp_path)
    points = torch.rand(5, 4, generator=torch.Generator().manual_seed(0))
    assert torch.equal(again(points), solution(points))
    assert again.history == solution.history
    assert again.parameters == solution.parameters
    assert again.options == solution.options
    assert again.problem.dim == 3
    assert json.dumps(again.to_json()["errors"]) == json.dumps(solution.to_json()["errors"])
    before, now = (s.to_json() for s in (solution, again))
    assert before == now


def test_derivatives(solution):
    points = torch.rand(4, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    solution.net.double()
    slopes, laps = solution.grad(points), solution.laplacian(points)
    assert slopes.shape == (4, 2, 4)
    assert laps.shape == (4, 2)
    step, seconds = 1e-4, torch.zeros(4, 2, dtype=torch.float64)
    for k in range(4):
        move = step * torch.eye(4, dtype=torch.float64)[k]
        up, down, here = solution(points + move), solution(points - move), solution(points)
        torch.testing.assert_close(slopes[:, :, k], (up - down) / (2 * step), rtol=1e-5, atol=1e-6)
        if k < 3:
            seconds += (up + down - 2 * here) / step**2
    torch.testing.assert_close(laps, seconds, rtol=1e-4, atol=1e-4)
    assert not laps.requires_grad
    with pytest.raises(ValueError, match="points must have shape"):
        solution.grad(points[0])


@pytest.mark.parametrize("name", ["result.json", "options.json", "model.safetensors"])
def test_an_unfinished_run(solution, tmp_path, name):
    (tmp_path / name).unlink()
    with pytest.raises(
        TrainingError, match=f"there is no {name} in .*: an unfinished run goes on with `--resume` first"
    ):
        pdec.open(tmp_path)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("result.json", "{}"),
        ("result.json", "[1"),
        ("options.json", "{"),
        ("model.safetensors", "nothing"),
        ("history.csv", "step\nlots\n"),
    ],
)
def test_a_folder_that_was_damaged(solution, tmp_path, name, content):
    (tmp_path / name).write_text(content)
    with pytest.raises(TrainingError, match="is not the folder of a run, or not whole"):
        pdec.open(tmp_path)


@pytest.mark.parametrize(("text", "options"), [(TEXT, {"seed": 1}), (TEXT.replace("v = 0\n", "v = 1\n"), {})])
def test_a_folder_in_which_another_run_began(solution, tmp_path, text, options):
    next(pdec.solve(pdec.loads(text, dim=3, params={"c": 0.5}), folder=tmp_path, average=0.5, **options))
    with pytest.raises(TrainingError, match="is of two runs: a run began there that did not end"):
        pdec.open(tmp_path)


def test_no_folder(tmp_path):
    with pytest.raises(TrainingError, match="there is no folder"):
        pdec.open(tmp_path / "nowhere")


def test_an_exported_program_needs_no_pdec(solution, tmp_path):
    path = tmp_path / "solution.pt2"
    path.write_bytes(export(solution, "torch"))
    module = torch.export.load(path).module()
    for count in (1, 6):
        points = torch.rand(count, 4, generator=torch.Generator().manual_seed(0))
        torch.testing.assert_close(module(points), solution(points), rtol=0, atol=2e-3)
    # the hard condition holds in it
    start = torch.tensor([[0.5, 0.5, 0.5, 0.0]])
    assert module(start)[0, 0].item() == pytest.approx(0.75, abs=1e-6)


@pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")
def test_an_exported_onnx_model_is_one_file(solution):
    onnx, reference = pytest.importorskip("onnx"), pytest.importorskip("onnx.reference")
    pytest.importorskip("onnxscript")
    model = reference.ReferenceEvaluator(onnx.load_from_string(export(solution, "onnx")))
    for count in (1, 6):
        points = torch.rand(count, 4, generator=torch.Generator().manual_seed(0))
        (found,) = model.run(None, {"points": points.numpy()})
        torch.testing.assert_close(torch.as_tensor(found), solution(points), rtol=0, atol=2e-3)


def test_what_cannot_be_exported(solution, monkeypatch):
    with pytest.raises(OptionError, match="`--format` is one of torch, onnx, not `jax`"):
        export(solution, "jax")

    def absent(*_, **__):
        raise ImportError("No module named 'onnxscript'")

    monkeypatch.setattr(torch.onnx, "export", absent)
    with pytest.raises(OptionError, match="`--format onnx` needs what is not installed: No module named 'onnxscript'"):
        export(solution, "onnx")
