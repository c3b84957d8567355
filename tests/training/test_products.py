"""Matrix products by oneDNN: as exact as those of torch's BLAS, for whom they pay, and for nobody else."""

import math

import pytest
import torch

import pdec
from pdec.bench.run import bench
from pdec.options import Options
from pdec.training import products
from pdec.training.products import loss_by_onednn, lossless, onednn_products, optimiser_by_onednn

CPU = torch.device("cpu")
HEAT = """
problem heat
dim N = 20
space x in ball(N)
time t in [0, 1]
unknown u
equation u_t = lap(u)
initial u = |x|^2
"""


@pytest.fixture
def possible(monkeypatch):
    """A machine on which oneDNN loses nothing, whichever this one is."""
    monkeypatch.setattr(products, "lossless", lambda: True)


def network(width):
    return torch.nn.Sequential(torch.nn.Linear(21, width), torch.nn.Tanh(), torch.nn.Linear(width, 1))


@pytest.mark.skipif(not lossless(), reason="oneDNN rounds on this processor")
@pytest.mark.parametrize("shape", [(1, 7, 3), (50, 256, 256), (333, 333, 77), (4096, 101, 256), (30, 20_000, 16)])
@pytest.mark.parametrize("transposed", [False, True])
def test_products_are_exact_to_single_precision(shape, transposed):
    """Sums of n products of unit variance to 6e-6 n^½: of what is rounded to bfloat16 or TF32, to far more."""
    rows, inner, columns = shape
    generator = torch.Generator().manual_seed(1)
    left, right = torch.randn(rows, inner, generator=generator), torch.randn(inner, columns, generator=generator)
    if transposed:
        left, right = left.T.contiguous().T, right.T.contiguous().T
    with onednn_products():
        found = left @ right
    assert (found - left.double() @ right.double()).abs().max() < 6e-6 * math.sqrt(inner)


def test_what_was_set_stays():
    def inside():
        with onednn_products():
            return torch.get_float32_matmul_precision()

    assert torch.get_float32_matmul_precision() == "highest"
    assert inside() == "medium"
    with pytest.raises(ZeroDivisionError), onednn_products():
        1 / 0  # noqa: B018
    assert torch.get_float32_matmul_precision() == "highest"
    with onednn_products(False):
        assert torch.get_float32_matmul_precision() == "highest"
    torch.set_float32_matmul_precision("high")  # the user's own choice
    try:
        assert inside() == "high"
        assert not optimiser_by_onednn(Options(), network(2000), CPU, torch.float32)
    finally:
        torch.set_float32_matmul_precision("highest")


def test_not_where_digits_are_lost(monkeypatch):
    monkeypatch.setattr(products, "_error", lambda *shape: 1e-3 if shape == products.SHAPES[-1] else 1e-7)
    assert not lossless.__wrapped__()
    monkeypatch.setattr(products, "_error", lambda *shape: 1e-7)
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"amx_bf16": True, "avx2": True}, raising=False)
    assert not lossless.__wrapped__()
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"amx_bf16": False, "avx2": True}, raising=False)
    assert lossless.__wrapped__() == torch.backends.mkldnn.is_available()


def test_for_large_matrices_of_single_precision_alone(possible):
    loss = pdec.compile(pdec.loads(HEAT), method="taylor", points=200)
    assert loss_by_onednn(loss, network(3000), CPU, torch.float32)
    assert not loss_by_onednn(loss, network(3000), CPU, torch.float64)
    assert not loss_by_onednn(loss, network(3000), torch.device("meta"), torch.float32)
    assert not loss_by_onednn(loss, network(16), CPU, torch.float32)
    assert not loss_by_onednn(loss, network(3000), CPU, torch.float32, 1000)  # a thousandth of the points each
    cut = pdec.compile(pdec.loads(HEAT), method="taylor", points=200, pieces=1000)
    assert not loss_by_onednn(cut, network(3000), CPU, torch.float32)
    assert not loss_by_onednn(loss, torch.nn.Flatten(), CPU, torch.float32)
    plain = pdec.compile(pdec.loads(HEAT), method="taylor", points=200, products="blas")
    assert not loss_by_onednn(plain, network(3000), CPU, torch.float32)
    assert not optimiser_by_onednn(plain.options, network(3000), CPU, torch.float32)
    assert optimiser_by_onednn(Options(), network(3000), CPU, torch.float32)
    assert not optimiser_by_onednn(Options(), network(16), CPU, torch.float32)


class Watched(torch.nn.Module):
    """Remembers by what precision its products were."""

    def __init__(self, width):
        super().__init__()
        self.layers, self.seen = network(width), set()

    def forward(self, points):
        self.seen.add(torch.get_float32_matmul_precision())
        return self.layers(points)


@pytest.mark.parametrize(("width", "seen"), [(8, "highest"), (3000, "medium")])
def test_steps_of_training_are_made_so(possible, width, seen):
    net = Watched(width)
    run = pdec.solve(pdec.loads(HEAT), method="stein", samples=4, points=100, steps=1, optimiser="adam", net=net)
    next(run)
    assert net.seen == {seen}
    assert torch.get_float32_matmul_precision() == "highest"


@pytest.mark.skipif(not lossless(), reason="oneDNN rounds on this processor")
def test_training_gives_the_same_to_rounding():
    given = {"method": "taylor", "points": 100, "width": 256, "steps": 5, "seed": 3}
    quick, plain = (pdec.solve(pdec.loads(HEAT), **given, products=name).solution for name in ("auto", "blas"))
    assert quick.history[0].loss == pytest.approx(plain.history[0].loss, rel=1e-5)
    assert quick.history[-1].loss == pytest.approx(plain.history[-1].loss, rel=1e-2)  # SOAP divides by small gradients


def test_the_bench_says_what_its_unit_would_be(possible):
    given = {"repeats": 1, "draws": 1, "seconds": 5.0, "points": 100}
    problem = pdec.loads(HEAT)
    assert bench(problem, ["taylor"], width=256, **given).supervised_onednn_seconds > 0
    assert bench(problem, ["taylor"], width=8, **given).supervised_onednn_seconds is None
