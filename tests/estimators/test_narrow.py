"""Slopes in bfloat16: as right as their rounding lets them be, where they are many, and nowhere else."""

import pytest
import torch

import pdec
from pdec import estimation
from pdec.options import OptionError
from pdec.runtime import jets

DIM, WIDTH = 40, 64
HEAT = f"dim N = {DIM} space x in [0, 1]^N time t in [0, 1] unknown u equation u_t = lap(u)"


@pytest.fixture(autouse=True)
def _any_machine(monkeypatch):
    """As if this machine multiplied bfloat16 fast: it has a right product in any case."""
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx512_bf16": True}, raising=False)
    monkeypatch.setattr(jets, "FAST", True)
    estimation._compiled.cache_clear()  # a generated module asks the machine when it is made
    yield
    estimation._compiled.cache_clear()


@pytest.fixture
def net():
    torch.manual_seed(0)
    wide = [torch.nn.Linear(DIM, WIDTH), torch.nn.Tanh(), torch.nn.Linear(WIDTH, WIDTH), torch.nn.Tanh()]
    return torch.nn.Sequential(*wide, torch.nn.Linear(WIDTH, 1))


def laplacian(net, points, method, **options):
    generator = torch.Generator().manual_seed(1)
    return pdec.estimate("lap(u)", net, points, method=method, generator=generator, **options)


@pytest.mark.parametrize("method", ["hutchinson", "taylor"])
def test_unbiased(net, method):
    """Two in a hundred more would be seen: the mean over points and draws is within half of one of the exact one."""
    points = torch.rand(20_000, DIM, generator=torch.Generator().manual_seed(2))
    with torch.no_grad():
        found = laplacian(net, points, method, samples=18, slopes="bfloat16").double()
        exact = laplacian(net.double(), points.double(), "taylor")
    error = float(((found - exact) * exact).mean() / exact.square().mean())
    spread = float(((found - exact) * exact).std() / exact.square().mean()) / len(points) ** 0.5
    assert spread < 0.005
    assert abs(error) < 0.005


def test_of_many_directions_auto_takes_them_and_of_few_it_does_not(net):
    points = torch.rand(100, DIM, generator=torch.Generator().manual_seed(2))
    for samples, apart in ((18, True), (4, False)):
        auto, same = (laplacian(net, points, "hutchinson", samples=samples, slopes=s) for s in ("auto", "same"))
        assert auto.dtype == torch.float32
        assert torch.equal(auto, same) is not apart
        torch.testing.assert_close(auto, same, rtol=0, atol=0.01 * float(same.detach().std()))


def test_the_gradient_of_the_weights_is_that_of_single_precision(net):
    points = torch.rand(100, DIM + 1, generator=torch.Generator().manual_seed(2))
    net[0] = torch.nn.Linear(DIM + 1, WIDTH)
    gradients = []
    for slopes in ("same", "bfloat16"):
        loss = pdec.compile(pdec.loads(HEAT), method="hutchinson", samples=18, slopes=slopes)
        total = loss.terms(net, {"domain": points}, generator=torch.Generator().manual_seed(3))["equation"]
        gradients.append(torch.cat([g.flatten() for g in torch.autograd.grad(total, list(net.parameters())[:-1])]))
    assert 0 < float((gradients[0] - gradients[1]).norm() / gradients[0].norm()) < 0.01


def test_exact_sums_are_narrow_only_where_asked(net):
    points = torch.rand(100, DIM)
    assert torch.equal(laplacian(net, points, "taylor"), laplacian(net, points, "taylor", slopes="same"))
    assert not torch.equal(laplacian(net, points, "taylor"), laplacian(net, points, "taylor", slopes="bfloat16"))


def test_only_where_the_machine_is_fast(net, monkeypatch):
    single = torch.zeros(1, 1)
    assert jets.narrow(single) == torch.bfloat16
    assert jets.narrow(single.double()) == torch.float64
    assert jets.narrow(single.to("meta")) == torch.float32
    monkeypatch.setattr(jets, "FAST", False)
    assert jets.narrow(single) == torch.float32


@pytest.mark.parametrize(("able", "fast"), [({"avx512_bf16": True}, True), ({"amx_bf16": False}, False), ({}, False)])
def test_generated_code_asks_the_machine_it_runs_on(monkeypatch, able, fast):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: able, raising=False)
    assert pdec.compile(pdec.loads(HEAT), method="hutchinson", samples=18).module.FAST is fast
    monkeypatch.delattr(torch.cpu, "get_capabilities")  # as in older torch
    assert pdec.compile(pdec.loads(HEAT), method="hutchinson", samples=18).module.FAST is False


@pytest.mark.parametrize("options", [{"slopes": "same"}, {"dtype": "float64"}])
def test_without_them_the_code_says_nothing_of_them(options):
    problem = pdec.loads(HEAT)
    assert "dtype=narrow(points)" in pdec.compile(problem, method="hutchinson", samples=18).source
    assert "narrow" not in pdec.compile(problem, method="hutchinson", samples=18, **options).source


def test_double_precision_is_refused():
    with pytest.raises(OptionError, match="`slopes` in bfloat16 are for a dtype of float32, not float64"):
        pdec.compile(pdec.loads(HEAT), method="hutchinson", slopes="bfloat16", dtype="float64")
