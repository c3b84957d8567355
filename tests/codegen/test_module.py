"""What every generated module promises: torch alone, any device and dtype, no graph break, deterministic text."""

import ast
import shutil
import subprocess
import sys
import traceback
from pathlib import Path

import pytest
import torch
from slow import CASES, Exponentials

import pdec
from pdec.compiler import generate, options_for
from pdec.estimators import LOWERINGS

EXAMPLES = Path(__file__).parents[2] / "examples"
METHODS = list(LOWERINGS)
STEIN = [name for name in METHODS if LOWERINGS[name].smoothed]
FILES = ("heat", "hjb", "poisson")


def example(name, method):
    """The loss of one of the files in two dimensions."""
    problem = pdec.load(EXAMPLES / f"{name}.pde", dim=2)
    return pdec.compile(problem, method=method, sigma=0.1, samples=4, points=5)


def network(loss, dtype=torch.float32, device="cpu"):
    torch.manual_seed(0)
    layers = torch.nn.Linear(loss.problem.n_coords, 8), torch.nn.Tanh(), torch.nn.Linear(8, loss.problem.n_unknowns)
    return torch.nn.Sequential(*layers).to(device=device, dtype=dtype)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", FILES)
def test_imports_torch_and_nothing_else(name, method):
    module = ast.parse(example(name, method).source)
    imports = [node for node in ast.walk(module) if isinstance(node, (ast.Import, ast.ImportFrom))]
    assert [ast.unparse(node) for node in imports] == ["import torch"]


def test_runs_where_pdec_cannot_be_imported(tmp_path):
    (tmp_path / "heat_loss.py").write_text(example("heat", "stein-cv").source, encoding="utf-8")
    script = """
import sys
sys.modules["pdec"] = None  # import pdec raises ImportError
import torch, heat_loss
generator = torch.Generator().manual_seed(0)
net = torch.nn.Linear(3, 1)
loss = heat_loss.loss(net, heat_loss.sample(generator), generator)
loss.backward()
assert net.weight.grad.abs().sum() > 0
"""
    subprocess.run([sys.executable, "-c", script], cwd=tmp_path, check=True, timeout=60)


def test_the_same_text_under_any_hash_seed():
    script = """
import hashlib, sys
sys.path[:0] = [sys.argv[1]]
import pdec
from slow import CASES
from pdec.compiler import generate, options_for
for case in CASES[::4]:
    problem = pdec.loads(case.text)
    for method in ("stein-antithetic", "autograd"):
        print(hashlib.sha256(generate(problem, options_for(problem, {"method": method})).encode()).hexdigest())
"""
    texts = [
        subprocess.run(
            [sys.executable, "-c", script, str(Path(__file__).parent)],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(pdec.__file__).parents[1])},
            capture_output=True, check=True, timeout=60,
        ).stdout
        for seed in ("1", "2")
    ]  # fmt: skip
    assert texts[0] == texts[1]
    assert texts[0]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("case", CASES[::4], ids=lambda case: case.name)
def test_lines_are_short_and_every_variable_is_used(case, method):
    problem = pdec.loads(case.text)
    source = generate(problem, options_for(problem, {"method": method}))
    assert [line for line in source.splitlines() if len(line) > 120 and not line.startswith("#")] == []
    for function in ast.parse(source).body:
        if isinstance(function, ast.FunctionDef):
            names = [node for node in ast.walk(function) if isinstance(node, ast.Name)]
            stored = {node.id for node in names if isinstance(node.ctx, ast.Store)}
            loaded = {node.id for node in names if isinstance(node.ctx, ast.Load)}
            assert stored <= loaded | {"_"}


def test_comments_say_where_a_derivative_was_written():
    source = example("heat", "stein-antithetic").source
    assert "heat.pde:8:17 lap(u)" in source
    assert "heat.pde:8:11 u_t" in source
    assert "heat.pde:9:1" in source


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", FILES)
def test_runs_on_the_meta_device(name, method):
    """A tensor made on another device, or a number read from one, would raise here."""
    loss = example(name, method)
    net = network(loss, device="meta")
    batch = loss.sample(device="meta")
    assert {points.device.type for points in batch.values()} == {"meta"}
    value = loss(net, batch)
    assert value.device.type == "meta"
    value.backward()
    assert loss.solution(net, batch["domain"]).shape == (5, 1)
    for found, _ in loss.known(batch["domain"], samples=10).values():
        assert found.device.type == "meta"


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_any_residual_on_any_device_in_any_dtype(case, method):
    loss = pdec.compile(pdec.loads(case.text), method=method, samples=4, sigma=0.2)
    points = torch.rand(3, loss.problem.n_coords, generator=torch.Generator().manual_seed(0))
    for dtype in (torch.float64, torch.float32, torch.bfloat16):
        for value in loss.residual(network(loss, dtype), points.to(dtype)).values():
            assert value.dtype == dtype
    for value in loss.residual(network(loss, device="meta"), points.to("meta")).values():
        assert value.device.type == "meta"
        assert len(value) == 3
    assert torch.get_default_dtype() == torch.float32


def test_constants_in_vectors_have_the_shape_of_the_points():
    text = "dim N = 3 space x in [0, 1]^N time t in [0, 1] unknown u let c[i] = i let e[i] = t equation a: [u_t, 2] = 0"
    loss = pdec.compile(pdec.loads(f"{text} equation b: u*c = e equation last: u_t = sum(i, i)"), method="autograd")
    found = loss.residual(network(loss), torch.rand(5, 4))
    assert {label: tuple(value.shape) for label, value in found.items()} == {"a": (5, 2), "b": (5, 3), "last": (5,)}
    assert (found["a"][:, 1] == 2).all()


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", FILES)
def test_batch_and_loss_have_the_dtype_asked_for(name, method):
    loss = example(name, method)
    batch = loss.sample(dtype=torch.float64)
    assert {points.dtype for points in batch.values()} == {torch.float64}
    assert loss(network(loss, torch.float64), batch).dtype == torch.float64


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", FILES)
def test_the_global_generator_is_left_alone_where_one_is_given(name, method):
    loss, generator = example(name, method), torch.Generator().manual_seed(0)
    net = network(loss)
    before = torch.get_rng_state()
    batch = loss.sample(generator=generator)
    loss(net, batch, generator=generator)
    loss.solution(net, batch["domain"], generator=generator)
    loss.known(batch["domain"], samples=10, generator=generator)
    assert torch.equal(before, torch.get_rng_state())


@pytest.mark.parametrize("method", STEIN)
def test_compiles_into_one_graph(method):
    loss = example("hjb", method)
    net, batch = network(loss), loss.sample(generator=torch.Generator().manual_seed(0))
    noise = loss.draw(batch, generator=torch.Generator().manual_seed(1))
    torch.compiler.reset()
    whole = torch.compile(loss, fullgraph=True, backend="eager")
    torch.testing.assert_close(whole(net, batch, noise=noise), loss(net, batch, noise=noise))
    torch.manual_seed(3)
    expected = loss(net, batch)
    torch.manual_seed(3)
    torch.testing.assert_close(whole(net, batch), expected)
    residual = torch.compile(loss.module.residual, fullgraph=True, backend="eager")
    found = residual(net, batch["domain"], noise=noise["domain"])
    torch.testing.assert_close(found, loss.module.residual(net, batch["domain"], noise=noise["domain"]))


@pytest.mark.skipif(not shutil.which("g++"), reason="inductor needs a C++ compiler")
def test_compiles_with_inductor():
    loss = example("heat", "stein-antithetic")
    net, batch = network(loss), loss.sample(generator=torch.Generator().manual_seed(0))
    noise = loss.draw(batch, generator=torch.Generator().manual_seed(1))
    torch.compiler.reset()
    found = torch.compile(loss, fullgraph=True)(net, batch, noise=noise)
    torch.testing.assert_close(found, loss(net, batch, noise=noise), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("method", METHODS)
def test_gradient_by_parameters(method):
    """Of the loss of u*u_t = lap(u) by the amplitudes of u, against differences of the loss with the same noise."""
    loss = pdec.compile(pdec.loads(CASES[0].text.replace("u_t =", "u*u_t =")), method=method, samples=6, sigma=0.3)
    points = {"domain": torch.rand(4, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float64)}
    noise = loss.draw(points, generator=torch.Generator().manual_seed(1))
    f = Exponentials(4, 1)

    def value(a):
        f.a = a
        return loss(f, points, noise=noise)

    a = f.a.clone().requires_grad_()
    (found,) = torch.autograd.grad(value(a), a)
    steps = 1e-6 * torch.eye(a.numel(), dtype=a.dtype).reshape(-1, *a.shape)
    with torch.no_grad():
        slopes = [(value(a + step) - value(a - step)) / 2e-6 for step in steps]
    torch.testing.assert_close(found.flatten(), torch.stack(slopes), rtol=1e-6, atol=1e-6)


def test_tracebacks_show_generated_lines():
    loss = example("heat", "stein-cv")
    with pytest.raises(RuntimeError) as caught:
        loss.residual(torch.nn.Linear(7, 1), torch.zeros(2, 3))
    assert "values = net(" in "".join(traceback.format_exception(caught.value))


def test_a_maximum_of_what_is_no_real_number_is_refused():
    problem = pdec.loads("space x in [0, 1] unknown u equation max(asin(u), 99) = x manufacture u = 3")
    with pytest.raises(pdec.PdeError, match=r"E302.*the number Max\(99, asin\(3\)\), which is not finite and real"):
        pdec.compile(problem, method="autograd")
