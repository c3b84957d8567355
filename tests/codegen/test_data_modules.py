"""Data and tables in generated modules: few numbers stand in them, many are read from the file beside them."""

import ast
import subprocess
import sys

import pytest
import torch

import pdec
from pdec.codegen import files
from pdec.compiler import generate, options_for
from pdec.loss import load_module

torch.set_num_threads(1)
TEXT = """
problem inverse
space (x, y) in [0, 1]^2
time t in [0, 1]
unknown u, w: vector(2)
table a(x, y) = "a.csv"
equation u_t = div(a*grad(u))
equation w_t = lap(w)
data u = "u.csv"
data flow: w = "w.csv"
data slope: a*u_x = "u.csv" column p
train { points 20, data 5, slope 4 }
"""
METHODS = ["autograd", "stein-antithetic", "stein-cv", "stein-vanilla"]


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "a.csv").write_text("x,y,a\n0,0,1\n0,1,2\n1,0,3\n1,1,5\n")
    rows = [(k / 10, (k * 7 % 10) / 10, k / 20) for k in range(10)]
    (tmp_path / "u.csv").write_text("t,y,x,p,u\n" + "".join(f"{t},{y},{x},7,{k}\n" for k, (x, y, t) in enumerate(rows)))
    (tmp_path / "w.csv").write_text("x,y,t,w1,w2\n0.5,0.25,0.75,10,20\n")
    return tmp_path


def problem(folder):
    return pdec.loads(TEXT, folder=folder)


def zero(points):
    return torch.zeros(*points.shape[:-1], 3, dtype=points.dtype)


@pytest.mark.parametrize("method", METHODS)
def test_batches_hold_rows_of_the_files(folder, method):
    loss = pdec.compile(problem(folder), method=method, samples=4, sigma=0.1)
    generator = torch.Generator().manual_seed(0)
    batch = loss.sample(generator=generator, dtype=torch.float64)
    shapes = {name: tuple(points.shape) for name, points in batch.items()}
    assert shapes == {"domain": (20, 3), "data1": (5, 4), "flow": (1, 5), "slope": (4, 4)}
    assert batch["flow"].tolist() == [[0.5, 0.25, 0.75, 10, 20]]
    assert loss.condition("data1", zero, batch["data1"]).tolist() == [-10 * x for x in batch["data1"][:, 0].tolist()]
    assert loss.condition("flow", zero, batch["flow"]).tolist() == [[-10, -20]]
    assert loss.condition("slope", zero, batch["slope"]).tolist() == [-7] * 4
    noise = loss.draw(batch, generator=generator)
    terms = loss.terms(zero, batch, noise=noise)
    assert terms["flow"].item() == pytest.approx(500)
    assert terms["slope"].item() == pytest.approx(49)


def test_data_of_a_derivative_with_a_table(folder):
    loss = pdec.compile(problem(folder), method="autograd")
    rows = torch.tensor([[0.5, 0.5, 0.0, 1.0]], dtype=torch.float64)

    def net(points):
        return torch.cat([points[..., :1] ** 2, points[..., :2]], dim=-1)

    # a = (1 + 2 + 3 + 5)/4 in the middle, and u_x = 1
    assert loss.condition("slope", net, rows).item() == pytest.approx(11 / 4 - 1)


@pytest.mark.parametrize("limit", [1000, 0])
def test_a_module_runs_without_pdec_and_in_its_own_folder(folder, limit, monkeypatch):
    monkeypatch.setattr(files, "MAX_INLINE", limit)
    made = problem(folder)
    source = generate(made, options_for(made, {"method": "autograd"}))
    imports = [node for node in ast.parse(source).body if isinstance(node, (ast.Import, ast.ImportFrom))]
    assert (len(imports) > 1) == (limit == 0)
    assert ("It reads a.csv (4 rows" in source) == (limit == 0)
    (folder / "inverse.py").write_text(source, encoding="utf-8")
    script = """
import sys
sys.modules["pdec"] = None  # import pdec raises ImportError
sys.path.insert(0, sys.argv[1])
import torch, inverse
net = torch.nn.Linear(3, 3)
inverse.loss(net, inverse.sample()).backward()
assert net.weight.grad.abs().sum() > 0
"""
    subprocess.run([sys.executable, "-c", script, str(folder)], cwd="/", check=True, timeout=60)


def test_inline_and_read_numbers_are_the_same(folder, monkeypatch):
    batches = []
    for limit in (1000, 0):
        monkeypatch.setattr(files, "MAX_INLINE", limit)
        loss = pdec.compile(problem(folder), method="autograd", points=100)
        batches.append(loss.sample(dtype=torch.float64))
    assert all(torch.equal(batches[0][name], batches[1][name]) for name in ("data1", "flow", "slope"))


def test_another_file_is_refused(folder, monkeypatch):
    monkeypatch.setattr(files, "MAX_INLINE", 0)
    made = problem(folder)
    source = generate(made, options_for(made, {"method": "autograd"}))
    (folder / "a.csv").write_text("x,y,a\n0,0,1\n0,1,2\n1,0,3\n1,1,6\n")
    with pytest.raises(ValueError, match="not the file that this module was made for"):
        load_module("inverse", source, str(folder))
    (folder / "a.csv").unlink()
    with pytest.raises(FileNotFoundError, match="this module needs the file"):
        load_module("inverse", source, str(folder))


def test_the_text_does_not_depend_on_the_folder(folder, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    for path in folder.glob("*.csv"):
        (other / path.name).write_bytes(path.read_bytes())
    sources = [generate(p, options_for(p, {})) for p in map(problem, (folder, other))]
    assert sources[0] == sources[1]
    assert str(folder) not in sources[0]


@pytest.mark.parametrize("method", ["autograd", "stein-antithetic"])
def test_runs_on_the_meta_device(folder, method):
    loss = pdec.compile(problem(folder), method=method, samples=4)
    net = torch.nn.Linear(3, 3, device="meta")
    batch = loss.sample(device="meta")
    loss(net, batch).backward()


def test_compile_says_which_files_a_module_needs(folder, capsys, monkeypatch):
    from pdec.cli.app import main

    monkeypatch.setattr(files, "MAX_INLINE", 0)
    (folder / "inverse.pde").write_text(TEXT)
    assert main(["compile", str(folder / "inverse.pde"), "-o", str(folder / "out.py")]) == 0
    assert "out.py reads u.csv from its own folder" in capsys.readouterr().err


def test_a_saved_run_can_be_loaded_again(folder, tmp_path):
    solution = pdec.solve(problem(folder), method="autograd", steps=2, width=4, test_points=5).solution
    solution.save(tmp_path / "run")
    again = pdec.load(tmp_path / "run" / "problem.pde")
    assert [sheet.sha256 for sheet in again.sheets] == [sheet.sha256 for sheet in solution.problem.sheets]
