"""Matrix products by oneDNN: about as exact as those of torch's BLAS, for whom they pay, and for nobody else."""

import pytest
import torch

import pdec
from pdec.bench.run import bench
from pdec.options import Options
from pdec.training import products
from pdec.training.checkpoint import dumps, loads
from pdec.training.products import SETTING, loss_by_onednn, onednn_products, optimiser_by_onednn, rougher, worthwhile

CPU = torch.device("cpu")
SOAP = Options(optimiser="soap")
HEAT = """
problem heat
dim N = 20
space x in ball(N)
time t in [0, 1]
unknown u
equation u_t = lap(u)
initial u = |x|^2
"""
MODERN = pytest.mark.skipif(SETTING is None or not hasattr(SETTING, "fp32_precision"), reason="an older torch")
HERE = pytest.mark.skipif(not worthwhile(), reason="another processor")


@pytest.fixture
def possible(monkeypatch):
    """A machine on which oneDNN pays, whichever this one is."""
    monkeypatch.setattr(products, "worthwhile", lambda: True)


def network(width):
    return torch.nn.Sequential(torch.nn.Linear(21, width), torch.nn.Tanh(), torch.nn.Linear(width, 1))


@HERE
@pytest.mark.parametrize(
    "shape", [(50, 256, 256), (333, 333, 77), (4096, 101, 256), (30, 20_000, 16), (256, 2000, 256)]
)
def test_products_stay_in_single_precision(shape):
    assert rougher(*shape) < products.ROUGHER


@HERE
def test_the_type_of_other_tensors_is_not_what_is_tried():
    torch.set_default_dtype(torch.float64)
    try:
        assert rougher(64, 2000, 64) > 1.1  # double precision has no such errors
    finally:
        torch.set_default_dtype(torch.float32)


@MODERN
def test_what_was_set_stays():
    def inside():
        with onednn_products():
            return SETTING.fp32_precision

    assert SETTING.fp32_precision == "none"
    assert inside() == "bf16"
    with pytest.raises(ZeroDivisionError), onednn_products():
        1 / 0  # noqa: B018
    assert SETTING.fp32_precision == "none"
    with onednn_products(False):
        assert SETTING.fp32_precision == "none"
    try:
        for own, found in (("highest", "ieee"), ("high", "tf32")):  # the user's own choice, by the older name
            torch.set_float32_matmul_precision(own)
            assert inside() == found == SETTING.fp32_precision
            assert not optimiser_by_onednn(SOAP, network(2000), CPU, torch.float32)
            assert rougher(9, 9, 9) > 0
            assert SETTING.fp32_precision == found
    finally:
        torch.set_float32_matmul_precision("highest")
        torch.backends.cuda.matmul.fp32_precision = "none"
        SETTING.fp32_precision = "none"


@MODERN
@pytest.mark.parametrize(
    ("changes", "errors", "found"),
    [
        ({}, 3.0, True),
        ({}, 1000.0, False),
        ({"cpu_name": "Intel(R) Xeon(R)"}, 3.0, False),
        ({"avx512_f": False}, 3.0, False),
        ({"amx_bf16": True}, 3.0, False),
    ],
)
def test_not_where_digits_are_lost_or_nothing_is_known(changes, errors, found, monkeypatch):
    amd = {"cpu_name": "AMD EPYC", "avx512_f": True, "amx_bf16": False}
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {**amd, **changes}, raising=False)
    monkeypatch.setattr(torch.backends.mkldnn, "is_available", lambda: True)
    monkeypatch.setattr(products, "rougher", lambda *shape: errors if shape == products.SHAPES[-1] else 1.0)
    assert worthwhile.__wrapped__() == found


@MODERN
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
    assert optimiser_by_onednn(SOAP, network(3000), CPU, torch.float32)
    assert not optimiser_by_onednn(SOAP, network(16), CPU, torch.float32)
    assert not optimiser_by_onednn(Options(optimiser="adam"), network(3000), CPU, torch.float32)


class Watched(torch.nn.Module):
    """Remembers by what precision its products were."""

    def __init__(self, width):
        super().__init__()
        self.layers, self.seen = network(width), []

    def forward(self, points):
        self.seen.append(SETTING.fp32_precision)
        return self.layers(points)


@MODERN
@pytest.mark.parametrize(("width", "seen"), [(8, "none"), (3000, "bf16")])
@pytest.mark.parametrize("changes", [{"optimiser": "adam", "adversarial": 1}, {"optimiser": "lbfgs"}, {"resample": 1}])
def test_steps_of_training_are_made_so(possible, width, seen, changes):
    net = Watched(width)
    text = HEAT.replace("ball(N)", "R^N ~ normal(0, 1)") if "adversarial" in changes else HEAT
    run = pdec.solve(pdec.loads(text), method="stein", samples=4, points=100, steps=1, **changes, net=net)
    next(run)
    assert set(net.seen) == {seen}
    net.seen.clear()
    assert run.solution.residuals["equation"] > 0
    assert set(net.seen) == {seen}
    assert SETTING.fp32_precision == "none"


@HERE
def test_training_gives_the_same_to_rounding():
    given = {"method": "taylor", "points": 100, "width": 256, "steps": 5, "seed": 3}
    quick, plain = (pdec.solve(pdec.loads(HEAT), **given, products=name) for name in ("auto", "blas"))
    assert quick.stepper.loss_by_onednn
    assert not plain.stepper.loss_by_onednn
    one, other = quick.solution.history, plain.solution.history
    assert one[0].loss == pytest.approx(other[0].loss, rel=1e-5)
    assert one[-1].loss == pytest.approx(other[-1].loss, rel=1e-2)  # SOAP divides by small gradients


@HERE
def test_a_run_goes_on_bit_for_bit():
    given = {"method": "taylor", "points": 100, "width": 256, "steps": 6}
    whole, begun = (pdec.solve(pdec.loads(HEAT), **given) for _ in range(2))
    for _ in range(3):
        next(begun)
    rest = pdec.solve(pdec.loads(HEAT), **given)
    rest.restore(begun.state())
    assert [step.loss for step in rest] == [step.loss for step in whole][3:]


def test_a_run_of_an_older_pdec_goes_on_by_the_blas():
    run = pdec.solve(pdec.loads(HEAT), width=8, steps=1)
    options = run.loss.options.to_json()
    del options["products"]

    class Older:
        def to_json(self):
            return options

    assert loads(dumps(run.state(), run.loss.problem, Older(), 0)).options.products == "blas"


@MODERN
def test_the_bench_says_what_its_unit_would_be(possible):
    given = {"repeats": 1, "draws": 1, "seconds": 5.0, "points": 100}
    problem = pdec.loads(HEAT)
    assert bench(problem, ["taylor"], width=256, **given).supervised_onednn_seconds > 0
    assert bench(problem, ["taylor"], width=8, **given).supervised_onednn_seconds is None
