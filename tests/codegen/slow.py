"""Problems with their residuals written out by hand, and two slow ways to evaluate the derivatives in them.

A residual here is a plain loop over coordinates on numbers `D(component, *axes)`, the derivative of one component of
the network's output at every point: axes are numbers from 1, or "t". `stein` gives D by Hermite polynomials of the
noise, one node and one point at a time; `exact` gives it for a sum of exponentials.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from numpy.polynomial.hermite_e import hermeval


class Exponentials:
    """The network f_c(x) = Σ_m a_mc exp(w_m · x), whose derivatives anyone can write down."""

    def __init__(self, n_coords: int, n_unknowns: int, terms: int = 3) -> None:
        generator = torch.Generator().manual_seed(5)
        self.w = torch.randn(terms, n_coords, generator=generator, dtype=torch.float64) / n_coords**0.5
        self.a = torch.randn(terms, n_unknowns, generator=generator, dtype=torch.float64)

    def __call__(self, points: torch.Tensor) -> torch.Tensor:
        return (points @ self.w.T).exp() @ self.a

    def derivative(self, points: torch.Tensor, component: int, columns: list[int]) -> torch.Tensor:
        factor = self.w[:, columns].prod(dim=1)
        return (points @ self.w.T).exp() @ (self.a[:, component] * factor)


def exact(net: Exponentials, points: torch.Tensor, dim: int) -> Callable[..., torch.Tensor]:
    """D(component, *axes) of the network itself, (B,)."""
    return lambda component, *axes: net.derivative(points, component, [dim if a == "t" else a - 1 for a in axes])


def stein(
    method: str, net: Callable, points: torch.Tensor, noise: torch.Tensor, dim: int, sigma: float, sigma_t: float
) -> Callable[..., torch.Tensor]:
    """D(component, *axes) by the formulas of the paper for the given noise (K, B, n_coords), (B,)."""
    widths = [sigma] * dim + [sigma_t] * (points.shape[1] - dim)

    def moved(k: int, b: int, sign: int) -> torch.Tensor:
        return points[b] + sign * torch.tensor([w * float(n) for w, n in zip(widths, noise[k, b])], dtype=points.dtype)

    def weighed(k: int, b: int, component: int, columns: list[int]) -> float:
        def f(sign: int) -> float:
            return float(net(moved(k, b, sign)[None])[0, component])

        weight = 1.0
        for j in set(columns):
            order = columns.count(j)
            weight *= hermeval(float(noise[k, b, j]), [0] * order + [1]) / widths[j] ** order
        if method == "stein-vanilla" or (method == "stein-cv" and not columns):
            return weight * f(1)
        if method == "stein-cv":
            return weight * (f(1) - f(0))
        if len(columns) % 2:
            return weight * (f(1) - f(-1)) / 2
        return weight * ((f(1) + f(-1)) / 2 - (f(0) if columns else 0))

    cache: dict[tuple[int, tuple[int, ...]], torch.Tensor] = {}

    def derivative(component: int, *axes: int | str) -> torch.Tensor:
        columns = sorted(dim if axis == "t" else int(axis) - 1 for axis in axes)
        key = component, tuple(columns)
        if key not in cache:
            rows = [
                math.fsum(weighed(k, b, component, columns) for k in range(len(noise))) / len(noise)
                for b in range(len(points))
            ]
            cache[key] = torch.tensor(rows, dtype=points.dtype)
        return cache[key]

    return derivative


@dataclass(frozen=True)
class Case:
    """`residual(D, x, t, dim)` gives (B,), or the list of a vector's entries; x is a list of the coordinates (B,)."""

    name: str
    text: str
    residual: Callable


def declared(
    equation: str, *, space: str = "dim N = 3 space x in [0.1, 1]^N", unknown: str = "u", more: str = ""
) -> str:
    return f"problem case {space} {more} time t in [0, 1] unknown {unknown} equation {equation}"


NAMED = "space (x, y) in [0.1, 1]*[0.1, 1]"
ONE = "space x in [0.1, 1]"
BILINEAR = (Path(__file__).parent / "files" / "bilinear.csv").as_posix()  # 1.7 + 0.4*x*y


AWKWARD = [
    "SIGMA", "SIGMA_T", "DRAWS", "POINTS", "WEIGHTS", "RESIDUALS", "N2", "θ", "x_", "n", "u1", "points", "net", "z",
    "values", "draw", "loss", "terms", "sample", "known", "solution", "residual", "residual_equation", "generator",
    "noise", "step", "odd", "even", "level", "len", "range", "print", "None", "batch", "options", "found", "given",
    "name", "label", "value", "variance", "lap_u", "u_t1", "u_2", "gradient", "laplacian", "partial", "derivative",
    "pure", "uniform_box", "uniform_times", "exact_u", "class", "is", "match", "float", "torch_", "case",
]  # fmt: skip
"""Names that Python, torch or generated code have a use for."""


def R(dim: int) -> range:
    return range(1, dim + 1)


def lap(D, c, dim):
    return sum(D(c, i, i) for i in R(dim))


CASES = [
    Case("heat", declared("u_t = lap(u)"), lambda D, x, t, n: D(0, "t") - lap(D, 0, n)),
    Case("wave", declared("u_tt = 2*lap(u) + u"), lambda D, x, t, n: D(0, "t", "t") - 2 * lap(D, 0, n) - D(0)),
    Case(
        "one dimension",
        declared("u_t + u*u_x = u_xx + x*t", space=ONE),
        lambda D, x, t, n: D(0, "t") + D(0) * D(0, 1) - D(0, 1, 1) - x[0] * t,
    ),
    Case(
        "fourth order",
        declared("u_t + u_xxxx + u*u_xxx = 0", space=ONE),
        lambda D, x, t, n: D(0, "t") + D(0, 1, 1, 1, 1) + D(0) * D(0, 1, 1, 1),
    ),
    Case(
        "lap of one dimension",
        declared("lap(u) + |grad(u)|^2 + dot(grad(u), grad(u)) = t", space=ONE),
        lambda D, x, t, n: D(0, 1, 1) + 2 * D(0, 1) ** 2 - t,
    ),
    Case(
        "named coordinates",
        declared("u_xy + x*u_yy - y^2*u_tx = lap(u)*sin(x*y)", space=NAMED),
        lambda D, x, t, n: (
            D(0, 1, 2) + x[0] * D(0, 2, 2) - x[1] ** 2 * D(0, 1, "t") - lap(D, 0, 2) * torch.sin(x[0] * x[1])
        ),
    ),
    Case(
        "grad of named",
        declared("|grad(u)|^2 + |grad(u)| = 1", space=NAMED),
        lambda D, x, t, n: sum(D(0, i) ** 2 for i in R(2)) + sum(D(0, i) ** 2 for i in R(2)).sqrt() - 1,
    ),
    Case(
        "mixed",
        declared("u_x1x2 + u_x1x1x2 + u_x1x2x3t + u_tt*u_x3 = 0"),
        lambda D, x, t, n: D(0, 1, 2) + D(0, 1, 1, 2) + D(0, 1, 2, 3, "t") + D(0, "t", "t") * D(0, 3),
    ),
    Case(
        "bilap",
        declared("bilap(u) - lap(u) + u^3 = 0"),
        lambda D, x, t, n: sum(D(0, i, i, j, j) for i in R(n) for j in R(n)) - lap(D, 0, n) + D(0) ** 3,
    ),
    Case(
        "hjb",
        declared("u_t + lap(u) - mu*|grad(u)|^2 = 0", more="param mu = 1.5"),
        lambda D, x, t, n: D(0, "t") + lap(D, 0, n) - 1.5 * sum(D(0, i) ** 2 for i in R(n)),
    ),
    Case(
        "chain rule",
        declared("lap(u^2) + div((1 + |x|^2)*grad(u)) = 0"),
        lambda D, x, t, n: (
            2 * sum(D(0, i) ** 2 + D(0) * D(0, i, i) for i in R(n))
            + sum(2 * x[i - 1] * D(0, i) + (1 + sum(v * v for v in x)) * D(0, i, i) for i in R(n))
        ),
    ),
    Case(
        "pieces",
        declared(
            "where(x[1] < 0.5, u_t, t > 0.4 and u > 0, lap(u), u^2) + div(where(x[2] < 0.5, x[1], 2)*grad(u)) = 0"
        ),
        lambda D, x, t, n: (
            torch.where(x[0] < 0.5, D(0, "t"), torch.where((t > 0.4) & (D(0) > 0), lap(D, 0, n), D(0) ** 2))
            + torch.where(x[1] < 0.5, x[0] * lap(D, 0, n) + D(0, 1), 2 * lap(D, 0, n))
        ),
    ),
    Case(
        "indices compared",
        declared(
            "(A : hess(u)) + sum(i, where(i < N, x[i], d(u, x[i], 2)*t)*d(u, x[i])) = 0",
            more="let A[i, j] = where(i == j, 2, i == j + 1, x[i], i < j, -1, 0.5)",
        ),
        lambda D, x, t, n: (
            sum(
                (2 if i == j else x[i - 1] if i == j + 1 else -1 if i < j else 0.5) * D(0, i, j)
                for i in R(n)
                for j in R(n)
            )
            + sum((x[i - 1] if i < n else D(0, i, i) * t) * D(0, i) for i in R(n))
        ),
    ),
    Case(
        "consequences",
        declared("e: u_t = u*lap(u) also dot(x, grad(e)) = 0 also e_t"),
        {
            "e": lambda D, x, t, n: D(0, "t") - D(0) * lap(D, 0, n),
            "also1": lambda D, x, t, n: sum(
                x[i - 1] * (D(0, "t", i) - D(0, i) * lap(D, 0, n) - D(0) * sum(D(0, i, j, j) for j in R(n)))
                for i in R(n)
            ),
            "also2": lambda D, x, t, n: (
                D(0, "t", "t") - D(0, "t") * lap(D, 0, n) - D(0) * sum(D(0, "t", j, j) for j in R(n))
            ),
        },
    ),
    Case(
        "complex",
        declared("i*h_t + lap(h)/2 + |h|^2*h - exp(i*x[1])*conj(h) = 0", unknown="h: complex"),
        lambda D, x, t, n: [
            -D(1, "t")
            + lap(D, 0, n) / 2
            + (D(0) ** 2 + D(1) ** 2) * D(0)
            - torch.cos(x[0]) * D(0)
            - torch.sin(x[0]) * D(1),
            D(0, "t")
            + lap(D, 1, n) / 2
            + (D(0) ** 2 + D(1) ** 2) * D(1)
            - torch.sin(x[0]) * D(0)
            + torch.cos(x[0]) * D(1),
        ],
    ),
    Case(
        "norms of complex vectors",
        declared("|grad(h)|^2 + re(dot(grad(h), grad(h))) = im(advect(x, h))", unknown="h: complex"),
        lambda D, x, t, n: sum(2 * D(0, k) ** 2 - x[k - 1] * D(1, k) for k in R(n)),
    ),
    Case(
        "transport",
        declared("u_t + dot(x, grad(u)) = 0"),
        lambda D, x, t, n: D(0, "t") + sum(x[i - 1] * D(0, i) for i in R(n)),
    ),
    Case(
        "index as a number",
        declared("sum(i, i*x[i]*d(u, x[i])) + sum(i, i^2*d(u, x[i], 2)) = u"),
        lambda D, x, t, n: sum(i * x[i - 1] * D(0, i) + i * i * D(0, i, i) for i in R(n)) - D(0),
    ),
    Case(
        "shifted sums",
        declared("sum(i in 1..N-1, x[i]*d(u, x[i+1])) + sum(i in 1..N-1, d(u, x[i], x[i+1])) = 0"),
        lambda D, x, t, n: sum(x[i - 1] * D(0, i + 1) + D(0, i, i + 1) for i in range(1, n)),
    ),
    Case(
        "sum from two",
        declared("sum(i in 2..N, x[i]*d(u, x[i])*d(u, x[i-1])) + sum(i in 2..3, d(u, x[i], 2)) = 0"),
        lambda D, x, t, n: sum(x[i - 1] * D(0, i) * D(0, i - 1) + D(0, i, i) for i in range(2, n + 1)),
    ),
    Case(
        "sum over some",
        declared(
            "sum(i in 1..2, d(u, x[i], 2)*d(u, x[i+1])*x[i]) = sum(i in 1..2, d(u, x[i])^2) + sum(i in 2..3, x[i]^2)"
        ),
        lambda D, x, t, n: (
            sum(D(0, i, i) * D(0, i + 1) * x[i - 1] - D(0, i) ** 2 for i in (1, 2)) - x[1] ** 2 - x[2] ** 2
        ),
    ),
    Case(
        "gradients of derivatives",
        declared("lap(sin(u)*u_x1) + |grad(u_tx2)|^2 = d(u_x1x1, x[2])"),
        lambda D, x, t, n: (
            sum(
                (D(0, i, i) * D(0).cos() - D(0, i) ** 2 * D(0).sin()) * D(0, 1)
                + 2 * D(0).cos() * D(0, i) * D(0, 1, i)
                + D(0).sin() * D(0, 1, i, i)
                + D(0, "t", 2, i) ** 2
                for i in R(n)
            )
            - D(0, 1, 1, 2)
        ),
    ),
    Case(
        "hess contraction",
        declared("contract(C, hess(u)) = 0", more="let C[i, j] = x[i]*x[j] + i"),
        lambda D, x, t, n: sum((x[i - 1] * x[j - 1] + i) * D(0, i, j) for i in R(n) for j in R(n)),
    ),
    Case(
        "outer contraction",
        declared("contract(outer(x, x), hess(u)) + tr(hess(u)) = 0"),
        lambda D, x, t, n: sum(x[i - 1] * x[j - 1] * D(0, i, j) for i in R(n) for j in R(n)) + lap(D, 0, n),
    ),
    Case(
        "infinity laplacian",
        declared("dot(grad(u), dot(hess(u), grad(u))) = lap(u)"),
        lambda D, x, t, n: sum(D(0, i) * D(0, i, j) * D(0, j) for i in R(n) for j in R(n)) - lap(D, 0, n),
    ),
    Case(
        "squared hessian",
        declared("contract(hess(u), hess(u)) + |hess(u)|^2 = 1"),
        lambda D, x, t, n: 2 * sum(D(0, i, j) ** 2 for i in R(n) for j in R(n)) - 1,
    ),
    Case(
        "diagonal",
        declared("sum(i, x[i]^2*d(u, x[i], 2)) + sum(i, d(u, x[i], 2)^2) + sum(i, d(u, x[i], 4)) = 0"),
        lambda D, x, t, n: sum(x[i - 1] ** 2 * D(0, i, i) + D(0, i, i) ** 2 + D(0, i, i, i, i) for i in R(n)),
    ),
    Case(
        "third order",
        declared("sum(i, x[i]*d(lap(u), x[i])) + sum(i, d(u, x[i], 3)) + dot(grad(u), grad(lap(u))) = 0"),
        lambda D, x, t, n: (
            sum(x[i - 1] * D(0, i, j, j) for i in R(n) for j in R(n))
            + sum(D(0, i, i, i) for i in R(n))
            + sum(D(0, i) * D(0, i, j, j) for i in R(n) for j in R(n))
        ),
    ),
    Case(
        "grad of lap",
        declared("grad(lap(u)) = x"),
        lambda D, x, t, n: [sum(D(0, i, j, j) for j in R(n)) - x[i - 1] for i in R(n)],
    ),
    Case(
        "gradient equation",
        declared("grad(u)*u + t*x = 0"),
        lambda D, x, t, n: [D(0, i) * D(0) + t * x[i - 1] for i in R(n)],
    ),
    Case(
        "hess times grad",
        declared("dot(hess(u), grad(u)) + dot(hess(u), x) = 0"),
        lambda D, x, t, n: [sum(D(0, i, j) * (D(0, j) + x[j - 1]) for j in R(n)) for i in R(n)],
    ),
    Case(
        "min max abs",
        declared(
            "max(u, 0.3) + min(u_t, t) + abs(u_x1) + max(lap(u), u) + sign(u_x2) + min(u, 0.2, )= 0".replace(", )", ")")
        ),
        lambda D, x, t, n: (
            D(0).clamp(min=0.3)
            + torch.minimum(D(0, "t"), t)
            + D(0, 1).abs()
            + torch.maximum(lap(D, 0, n), D(0))
            + D(0, 2).sign()
            + D(0).clamp(max=0.2)
        ),
    ),
    Case(
        "obstacle of numbers",
        declared("max(min(u, k), 2) = max(1, k)*u_t", more="param k = 3"),
        lambda D, x, t, n: D(0).clamp(max=3).clamp(min=2) - 3 * D(0, "t"),
    ),
    Case(
        "functions of u",
        declared("u_t = exp(-u)*lap(u) + sin(u)*cosh(u_x1) + u_t^2/(1 + u^2) + sqrt(1 + u_x1^2) + atan2(u, 2 + x[1])"),
        lambda D, x, t, n: (
            D(0, "t")
            - (
                torch.exp(-D(0)) * lap(D, 0, n)
                + D(0).sin() * D(0, 1).cosh()
                + D(0, "t") ** 2 / (1 + D(0) ** 2)
                + (1 + D(0, 1) ** 2).sqrt()
                + torch.atan2(D(0), 2 + x[0])
            )
        ),
    ),
    Case(
        "powers",
        declared("abs(u)^0.5 + abs(u)^(1/3) + 2^u + pi^2*u_t + abs(u)^x[1] + u^(-2) + 1/3*u = 7/3"),
        lambda D, x, t, n: (
            D(0).abs() ** 0.5
            + D(0).abs() ** (1 / 3)
            + 2 ** D(0)
            + math.pi**2 * D(0, "t")
            + D(0).abs() ** x[0]
            + D(0) ** -2
            + D(0) / 3
            - 7 / 3
        ),
    ),
    Case(
        "curvature",
        declared("u_t = |grad(u)|*div(grad(u)/|grad(u)|)"),
        lambda D, x, t, n: (
            D(0, "t")
            - lap(D, 0, n)
            + sum(D(0, i) * D(0, i, j) * D(0, j) for i in R(n) for j in R(n)) / sum(D(0, i) ** 2 for i in R(n))
        ),
    ),
    Case(
        "p-laplacian",
        declared("div(|grad(u)|^2*grad(u)) = 1"),
        lambda D, x, t, n: (
            sum(D(0, i) ** 2 for i in R(n)) * lap(D, 0, n)
            + 2 * sum(D(0, i) * D(0, i, j) * D(0, j) for i in R(n) for j in R(n))
            - 1
        ),
    ),
    Case(
        "navier stokes",
        declared(
            "momentum: v_t + advect(v, v) + grad(p) - nu*lap(v) = 0 equation mass: div(v) = 0",
            unknown="v: vector(N), p",
            more="param nu = 0.1",
        ),
        {
            "momentum": lambda D, x, t, n: [
                D(i - 1, "t") + sum(D(j - 1) * D(i - 1, j) for j in R(n)) + D(n, i) - 0.1 * lap(D, i - 1, n)
                for i in R(n)
            ],
            "mass": lambda D, x, t, n: sum(D(i - 1, i) for i in R(n)),
        },
    ),
    Case(
        "system of scalars",
        declared("first: u_t = w*lap(u) equation second: w_t = u_x1*w_x2 - lap(w)", unknown="u, w"),
        {
            "first": lambda D, x, t, n: D(0, "t") - D(1) * lap(D, 0, n),
            "second": lambda D, x, t, n: D(1, "t") - D(0, 1) * D(1, 2) + lap(D, 1, n),
        },
    ),
    Case(
        "vector of two",
        declared("a: d(v[1], t) + v[2]*lap(v[1]) = 0 equation b: d(v[2], x[2]) + |v|^2 = 0", unknown="v: vector(2)"),
        {
            "a": lambda D, x, t, n: D(0, "t") + D(1) * lap(D, 0, n),
            "b": lambda D, x, t, n: D(1, 2) + D(0) ** 2 + D(1) ** 2,
        },
    ),
    Case(
        "elasticity",
        declared("lap(v) + 2*grad(div(v)) = x", unknown="v: vector(N)"),
        lambda D, x, t, n: [lap(D, i - 1, n) + 2 * sum(D(j - 1, i, j) for j in R(n)) - x[i - 1] for i in R(n)],
    ),
    Case(
        "gradient of a vector",
        declared(
            "contract(grad(v), grad(v)) + contract(grad(v), transpose(grad(v))) + dot(v, x) = 0", unknown="v: vector(N)"
        ),
        lambda D, x, t, n: (
            sum(D(i - 1, j) ** 2 + D(i - 1, j) * D(j - 1, i) for i in R(n) for j in R(n))
            + sum(D(i - 1) * x[i - 1] for i in R(n))
        ),
    ),
    Case(
        "curl",
        declared("curl(v) = curl(curl(v))", unknown="v: vector(N)"),
        lambda D, x, t, n: [
            D((k + 1) % 3, (k) % 3 + 1) * 0
            + (D((k + 2) % 3, (k + 1) % 3 + 1) - D((k + 1) % 3, (k + 2) % 3 + 1))
            - (sum(D(j - 1, k + 1, j) for j in R(3)) - lap(D, k, 3))
            for k in range(3)
        ],
    ),
    Case(
        "weighted vector",
        declared("sum(i, i*d(v[i], x[i])) + sum(i in 1..N-1, v[i]*d(v[i+1], x[i])) = 0", unknown="v: vector(N)"),
        lambda D, x, t, n: sum(i * D(i - 1, i) for i in R(n)) + sum(D(i - 1) * D(i, i) for i in range(1, n)),
    ),
    Case(
        "hess of a vector",
        declared("sum(i, sum(j, d(v[i], x[i], x[j])*v[j])) + sum(i, x[i]*lap(v[i])) = 0", unknown="v: vector(N)"),
        lambda D, x, t, n: (
            sum(D(i - 1, i, j) * D(j - 1) for i in R(n) for j in R(n)) + sum(x[i - 1] * lap(D, i - 1, n) for i in R(n))
        ),
    ),
    Case(
        "entries",
        declared("[u_t, u*u_x1, lap(u)] = x"),
        lambda D, x, t, n: [D(0, "t") - x[0], D(0) * D(0, 1) - x[1], lap(D, 0, n) - x[2]],
    ),
    Case(
        "distances",
        declared("u_t = |x|*lap(u) + |x - c|^2*u/(1 + |x|^4)", more="let c = [0.5, 0.5, 0.25]"),
        lambda D, x, t, n: (
            D(0, "t")
            - sum(v * v for v in x).sqrt() * lap(D, 0, n)
            - ((x[0] - 0.5) ** 2 + (x[1] - 0.5) ** 2 + (x[2] - 0.25) ** 2) * D(0) / (1 + sum(v * v for v in x) ** 2)
        ),
    ),
    Case(
        "time in coefficients",
        declared("t*u_t + exp(-t)*sum(i, sin(x[i] + t)*d(u, x[i])) = t^2"),
        lambda D, x, t, n: t * D(0, "t") + torch.exp(-t) * sum((x[i - 1] + t).sin() * D(0, i) for i in R(n)) - t * t,
    ),
    Case(
        "awkward names",
        declared(
            "lambda*u_t + torch*lap(u) + " + " + ".join(AWKWARD) + " = 0",
            more="param lambda = 2, lambda_ = 3, torch = 4, "
            + ", ".join(f"{name} = {k}" for k, name in enumerate(AWKWARD)),
        ),
        lambda D, x, t, n: 2 * D(0, "t") + 4 * lap(D, 0, n) + sum(range(len(AWKWARD))),
    ),
    Case(
        "a coordinate called N",
        "dim m = 2 space N in [0.1, 1]^m time SIGMA in [0, 1] param x = 3 unknown draw "
        "equation m*lap(draw) + x*dot(N, grad(draw)) + SIGMA*draw_SIGMA = draw",
        lambda D, x, t, n: 2 * lap(D, 0, 2) + 3 * sum(x[i - 1] * D(0, i) for i in R(2)) + t * D(0, "t") - D(0),
    ),
    Case(
        "unknown called f",
        declared("f_t + x1*f_x1 + lap(f) + x1_x2 = 0", unknown="f, x1"),
        lambda D, x, t, n: D(0, "t") + D(1) * D(0, 1) + lap(D, 0, n) + D(1, 2),
    ),
    Case(
        "unknowns like our own",
        declared("odd*odd_t + z*lap(odd) + even_x1*SIGMA = values", unknown="odd, z, values, even, SIGMA"),
        lambda D, x, t, n: D(0) * D(0, "t") + D(1) * lap(D, 0, n) + D(3, 1) * D(4) - D(2),
    ),
    Case(
        "coordinates like our own",
        "problem c space (z, values) in [0.1, 1]*[0.1, 1] time step in [0, 1] unknown points "
        "equation z*points_zz + values*points_values + step*points_step + points = 0",
        lambda D, x, t, n: x[0] * D(0, 1, 1) + x[1] * D(0, 2) + t * D(0, "t") + D(0),
    ),
    Case(
        "coordinates of one-letter functions",
        "problem c dim N = 2 space torch in [0.1, 1]^N time len in [0, 1] unknown net "
        "equation net_torch1 + |torch|^2*net_len + len*lap(net) = 0",
        lambda D, x, t, n: D(0, 1) + sum(v * v for v in x) * D(0, "t") + t * lap(D, 0, 2),
    ),
    Case(
        "table and unknown number",
        declared(
            "u_t = div(k*a*grad(u)) + sin(k)*d(a, y)*a(y, t/2)",
            space=NAMED,
            more=f'unknown param k = 0.5 table a(x, y) = "{BILINEAR}"',
        ),
        lambda D, x, t, n: (
            D(0, "t")
            - 0.5 * (1.7 + 0.4 * x[0] * x[1]) * lap(D, 0, 2)
            - 0.2 * (x[1] * D(0, 1) + x[0] * D(0, 2))
            - math.sin(0.5) * 0.4 * x[0] * (1.7 + 0.2 * x[1] * t)
        ),
    ),
]
