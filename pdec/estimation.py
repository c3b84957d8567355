"""`pdec.estimate`: one expression in derivatives of a function, at points, by any lowering."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import torch
from torch import Generator, Tensor

from pdec.compiler import compile
from pdec.diagnostics import Source
from pdec.language import tree
from pdec.language.parser import parse, parse_expression
from pdec.loss import Loss
from pdec.options import OptionError
from pdec.symbolic.assemble import assemble

Function = Callable[[Tensor], Tensor]


def estimate(
    expression: str,
    f: Function,
    x: Tensor,
    *,
    method: str = "stein-antithetic",
    sigma: float | None = None,
    sigma_t: float | None = None,
    samples: int | None = None,
    accuracy: float | None = None,
    slopes: str = "auto",
    time: bool = False,
    generator: Generator | None = None,
) -> Tensor:
    """The value of `expression`, written as in a `.pde` file, for u = f smoothed by `sigma` (u = f for exact methods).

    `f` is any callable from (…, n_coords) to (…, 1); `x` are points (B, d), or (B, d + 1) with time in the last column
    where `time` is true. In the expression u is the unknown, x the space coordinates, t the time and N their number d:
    "u", "lap(u)", "grad(u)", "u_x1x2", "u_t - lap(u) + u^3". The result is (B,) for a scalar and (B, k) for a vector,
    on the device and in the dtype of `x`; `slopes` is as the option. Raises PdeError for a wrong expression,
    OptionError for a wrong option.
    """
    if x.ndim != 2:
        raise OptionError(f"points are a tensor (B, n_coords), not one of shape {tuple(x.shape)}")
    if not x.is_floating_point():
        raise OptionError(f"points are floating-point numbers, not {x.dtype}")
    dim = x.shape[1] - bool(time)
    if dim < 1:
        raise OptionError(f"points of shape {tuple(x.shape)} have no coordinate of space")
    dtype = "float64" if x.dtype == torch.float64 else "float32"
    options = {"method": method, "sigma": sigma, "sigma_t": sigma_t, "samples": samples, "accuracy": accuracy}
    options |= {"slopes": slopes, "share": 1, "dtype": dtype}
    loss = _compiled(expression, dim, time, tuple(options.items()))
    (residual,) = loss.residual(f, x, generator=generator).values()
    return residual


@functools.lru_cache(maxsize=128)
def _compiled(expression: str, dim: int, time: bool, options: tuple[tuple[str, Any], ...]) -> Loss:
    """An expression set to zero is an equation, and its residual the expression."""
    source = Source("<expression>", expression)
    node = parse_expression(source)
    when = "time t in [0, 1] " if time else ""
    setting = parse(Source("<setting>", f"dim N = {dim} space x in R^N ~ normal(0, 1) {when}unknown u"))
    file = tree.File((*setting.statements, tree.Equation(None, node, None, None, node.span)))
    return compile(assemble(file, source), **dict(options))
