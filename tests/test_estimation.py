"""pdec.estimate: shapes, dtypes, and what it says to wrong input."""

import pytest
import torch

import pdec

torch.set_num_threads(1)
METHODS = ["stein-antithetic", "stein-cv", "stein-vanilla", "autograd"]


def f(points):
    return points.square().sum(-1, keepdim=True) / 2


def points(dtype=torch.float64):
    return torch.rand(5, 3, generator=torch.Generator().manual_seed(0), dtype=dtype)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("u", (5,)),
        ("lap(u)", (5,)),
        ("grad(u)", (5, 3)),
        ("u*grad(u)", (5, 3)),
        ("x*lap(u)", (5, 3)),
        ("[u, N]", (5, 2)),
    ],
)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_shape_and_dtype(method, text, shape, dtype):
    value = pdec.estimate(text, f, points(dtype), method=method, sigma=0.1, samples=4)
    assert value.shape == shape
    assert value.dtype == dtype


def test_time_is_the_last_column():
    value = pdec.estimate("u_t + t + N", f, points(), method="autograd", time=True)
    torch.testing.assert_close(value, 2 * points()[:, 2] + 2)


def test_the_same_seed_gives_the_same_value():
    found = [pdec.estimate("lap(u)", f, points(), sigma=0.1, samples=8, generator=torch.Generator().manual_seed(s))
             for s in (0, 0, 1)]  # fmt: skip
    assert torch.equal(found[0], found[1])
    assert not torch.equal(found[0], found[2])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"x": torch.zeros(3)}, "points are a tensor"),
        ({"x": torch.zeros(3, 2, 1)}, "points are a tensor"),
        ({"x": torch.zeros(3, 2, dtype=torch.int64)}, "floating-point"),
        ({"x": torch.zeros(3, 0)}, "no coordinate"),
        ({"x": torch.zeros(3, 1), "time": True}, "no coordinate"),
        ({"method": "stein-antithetik"}, "did you mean `stein-antithetic`"),
        ({"sigma": 0.0}, "sigma"),
        ({"samples": 1}, "samples"),
    ],
)
def test_wrong_arguments(arguments, message):
    x = arguments.pop("x", torch.zeros(3, 2))
    with pytest.raises(pdec.OptionError, match=message):
        pdec.estimate("lap(u)", f, x, **arguments)


@pytest.mark.parametrize(
    ("text", "code", "column"),
    [
        ("lap(v)", "E101", 5),
        ("lap(u", "E001", 6),
        ("u + 1 = 0", "E001", 7),
        ("d(u, x[1], 5)", "E302", 1),
        ("hess(u)", "E104", 1),
        ("x[1]", "E206", 1),
    ],
)
def test_wrong_expressions(text, code, column):
    with pytest.raises(pdec.PdeError) as caught:
        pdec.estimate(text, f, torch.zeros(3, 2))
    diagnostic = caught.value.diagnostics[0]
    assert (diagnostic.code, diagnostic.source.position(diagnostic.span.start)) == (code, (1, column))
