"""Derivatives along directions in one forward pass. Generated modules hold copies of these functions, so each needs
torch and nothing else.

A jet is the value of a network at `points` (B, n_coords) and its derivatives x_1 … x_m along a direction. It goes
through a layer by the rule of Faà di Bruno; of many directions only the sum of the x_m is carried, of which all layers
ask no more.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch

from pdec.runtime.autograd import basis, derivative, second
from pdec.runtime.stein import dealt, pushed, split

Net = Callable[[torch.Tensor], torch.Tensor]
Weights = torch.Tensor | float | None
Drift = Sequence[tuple[torch.Tensor | float, torch.Tensor]]
Bundle = tuple[torch.Tensor | int, int, Weights, Drift]

# fewer numbers than these are sooner multiplied as they are than rounded
MANY = 60_000
# whether this processor multiplies bfloat16 faster; torch.compile takes a number of the module, but no such question
FAST = bool({"avx512_bf16", "amx_bf16"} & {k for k, v in getattr(torch.cpu, "get_capabilities", dict)().items() if v})


def jets(
    net: Net, points: torch.Tensor, size: int, *bundles: tuple[Any, ...], dtype: torch.dtype | None = None
) -> list[torch.Tensor | list[torch.Tensor]]:
    """The value (B, size) of `net` at points (B, n_coords), and what each bundle (vectors, order, weights) asks for.

    Without weights it is one direction, (n_coords,) or (B, n_coords): its derivatives of all orders from one on. Else
    there are K, (K, G, n_coords), the same for B/G points in a row: the sum of their derivatives of that order, by
    weights (K, B) or (K, 1), or all by one number or by numbers (B,). A fourth entry of such a bundle, pairs (b, v),
    adds the first derivatives Σ b ∂_v to it, b a number or (B,), v (n_coords,) or (B, n_coords). Each result is
    (B, size). Slopes along K directions go through the layers in `dtype` where one is given, they are many, and second
    derivatives are all that is wanted. Raises ValueError where the net gives another size.
    """
    layers, full = elementary(net), [(*bundle, ())[:4] for bundle in bundles]
    if layers and all(order <= 4 for _, order, _, _ in full):
        value, found = through(layers, points, full, dtype)
    else:
        first, rest, start = split(net, points)
        value, found = rest(start), []
        for vectors, order, weights, drift in full:
            steps = pushed(first, whole(net, points, vectors) if isinstance(vectors, int) else vectors)
            steps = dealt(steps, len(points)) if steps.ndim > 1 else steps
            if weights is None:
                found.append([along(rest, start, steps, k + 1) for k in range(order)])
            else:
                total = gathered(along(rest, start, steps, order), weights)
                for share, vector in drift:
                    total = total + weighed(share, along(rest, start, pushed(first, vector), 1), 2)
                found.append([total])
    if value.shape != (*points.shape[:-1], size):
        raise ValueError(f"net gave shape {tuple(value.shape)}, not {(*points.shape[:-1], size)}")
    parts = [[torch.zeros_like(value) if x is None else x.expand_as(value) for x in each] for each in found]
    return [value, *(each if weights is None else each[0] for each, (_, _, weights, _) in zip(parts, full))]


def elementary(net: Net) -> list[torch.nn.Module]:
    """The layers of a network of linear layers and activations, in order; none where it is another.

    Activations of one's own have an attribute `elementwise`, linear layers of one's own a method `without_bias`, what
    they do to derivatives, in the type of these, and an embedding before the first layer a method `jet` of points
    (B, n), vectors (…, B, n), or (n,) for all, and an order: its derivatives along them from one on, (…, B, k) or
    (…, B, W, k) each, or None for zero. If it has a method `axes` of points, a number n and an order, that gives
    directions whose derivatives, of any order, add up to what those along the first n axes do.
    """
    if type(net) is not torch.nn.Sequential:
        return []
    if len(net) > 1 and hasattr(net[0], "jet"):
        rest = elementary(net[1:])
        return [net[0], *rest] if rest and not hasattr(rest[0], "jet") else []
    known = (torch.nn.Tanh, torch.nn.GELU, torch.nn.SiLU, torch.nn.Softplus, torch.nn.Sigmoid, torch.nn.Linear)
    layers: list[torch.nn.Module] = []
    for layer in net:
        parts = elementary(layer) if type(layer) is torch.nn.Sequential else [layer]
        own = [hasattr(part, "elementwise") or hasattr(part, "without_bias") for part in parts]
        if not parts or not all(mine or isinstance(part, known) for part, mine in zip(parts, own)):
            return []
        layers += parts
    return layers


def narrow(points: torch.Tensor) -> torch.dtype:
    """bfloat16 for single precision, on hardware that multiplies it faster; else the type of the points."""
    if points.dtype != torch.float32:
        return points.dtype
    if points.is_cuda and not torch.compiler.is_compiling():
        return torch.bfloat16 if torch.cuda.is_bf16_supported(False) else points.dtype
    return torch.bfloat16 if FAST and points.device.type == "cpu" else points.dtype


def through(
    layers: Sequence[Any],
    points: torch.Tensor,
    bundles: Sequence[Bundle],
    dtype: torch.dtype | None = None,
) -> tuple[torch.Tensor, list[list[torch.Tensor | None]]]:
    """Value and derivatives behind the layers, as `jets` has them; None for zero."""
    # max of a list with a zero: torch.compile knows no default
    value, top, linear = points, max([0, *[order for _, order, _, _ in bundles]]), torch.nn.functional.linear
    first = layers[0] if hasattr(layers[0], "jet") or isinstance(layers[0], torch.nn.Linear) else None
    if first is not None:
        value, layers = first(points), layers[1:]
    series = [moved(first, points, value, v, order, weights) for v, order, weights, _ in bundles]
    for xs, (_, _, _, drift) in zip(series, bundles):
        for share, vector in drift:
            (slope,) = moved(first, points, value, vector, 1, None)
            if slope is not None:
                slope = weighed(share, slope, value.ndim)
                xs[-1] = slope if xs[-1] is None else xs[-1] + slope
    width = max([0, *[layer.out_features for layer in layers if isinstance(layer, torch.nn.Linear)]])
    for k, (_, order, weight, _) in enumerate(bundles):
        slope = series[k][0]
        if dtype is not None and weight is not None and order == 2 and slope is not None and slope.ndim > 2:
            many = len(slope) * value[..., 0].numel() * width >= MANY
            series[k] = [slope.to(dtype) if many else slope, *series[k][1:]]
    bends = [k for k, f in enumerate(layers) if not isinstance(f, torch.nn.Linear) and not hasattr(f, "without_bias")]
    for k, layer in enumerate(layers):
        if isinstance(layer, torch.nn.Linear):
            value = layer(value)
            series = [[x if x is None else linear(x, layer.weight.to(x.dtype)) for x in xs] for xs in series]
        elif hasattr(layer, "without_bias"):
            value = layer(value)
            series = [[x if x is None else layer.without_bias(x) for x in xs] for xs in series]
        else:
            slopes = taylor(layer, value, top)
            value = slopes[0]
            weights = [weight for _, _, weight, _ in bundles]
            series = [bent(xs, slopes, weight, k == bends[-1]) for xs, weight in zip(series, weights)]
    return value, [xs if weights is None else xs[-1:] for xs, (_, _, weights, _) in zip(series, bundles)]


def moved(
    first: Any, points: torch.Tensor, value: torch.Tensor, vectors: torch.Tensor | int, order: int, weights: Weights
) -> list[torch.Tensor | None]:
    """Derivatives x_1 … x_m, m the order, behind a first layer that gives `value`: a linear layer, an embedding or
    None; x_m summed by weights where there are any."""
    if first is None:
        return [whole(None, points, vectors) if isinstance(vectors, int) else vectors, *[None] * (order - 1)]
    if isinstance(first, torch.nn.Linear):
        if vectors is points:  # along the point itself a linear layer gives what it gives at the point
            return [value if first.bias is None else value - first.bias, *[None] * (order - 1)]
        return [entered(first, vectors), *[None] * (order - 1)]
    found: list[torch.Tensor | None]
    if isinstance(vectors, int) and hasattr(first, "axes"):
        found = first.axes(points, vectors, order)
    else:
        steps = whole(None, points, vectors) if isinstance(vectors, int) else vectors
        steps = dealt(steps, len(points)) if steps.ndim > 1 else steps
        found = first.jet(points, steps, order)
    if weights is not None and found[-1] is not None:
        found[-1] = gathered(found[-1], weights)
    return found


def entered(first: torch.nn.Linear, vectors: torch.Tensor | int) -> torch.Tensor:
    """What a first layer makes of vectors (…, n_coords), or of all directions in so many coordinates, (K, 1, n).

    Where it has fewer neurons, an orthonormal basis V of the space of its rows W is enough. It is held fast in a
    backward pass: P Wᵀ = Wᵀ for the projection P on it, so derivatives by W are right. W Vᵀ follows from W Wᵀ alone.
    """
    if isinstance(vectors, torch.Tensor):
        return torch.nn.functional.linear(vectors, first.weight)
    weight: torch.Tensor = first.weight[:, :vectors]
    if len(weight) >= vectors:
        return weight.T[:, None]
    gram = weight @ weight.detach().T
    squares, axes = torch.linalg.eigh(gram.detach())
    least = torch.finfo(gram.dtype).eps * len(gram) * squares[-1]
    scale = torch.where(squares > least, squares, torch.inf).rsqrt()
    rows: torch.Tensor = (gram @ (axes * scale)).T
    return rows[:, None]


def bent(
    xs: Sequence[torch.Tensor | None],
    slopes: Sequence[torch.Tensor],
    weights: torch.Tensor | float | None,
    last: bool,
) -> list[torch.Tensor | None]:
    """Derivatives x_1 … x_m behind an activation with these derivatives, x_m summed by weights where there are any;
    behind the `last` activation of a sum no others are wanted."""
    # how often, by which derivative of the activation, of which orders
    terms: tuple[tuple[tuple[int, int, tuple[int, ...]], ...], ...] = (
        (),
        ((1, 2, (1, 1)),),
        ((3, 2, (1, 2)), (1, 3, (1, 1, 1))),
        ((4, 2, (1, 3)), (3, 2, (2, 2)), (6, 3, (1, 1, 2)), (1, 4, (1, 1, 1, 1))),
    )
    count, order = len(slopes[0]), len(xs)
    if slopes[0].ndim == 2:  # what an embedding makes of directions is dealt to the points, also where it has windows
        xs = [x if x is None or x.ndim < 2 or (k == order - 1 > 0) else dealt(x, count) for k, x in enumerate(xs)]
    found: list[torch.Tensor | None] = []
    for m, x in enumerate(xs):
        if last and weights is not None and m < order - 1:
            found.append(None)
            continue
        total = None if x is None else slopes[1].to(x.dtype) * x
        for times, bend, factors in terms[m]:
            entries = [xs[factor - 1] for factor in factors]
            found_all = [entry for entry in entries if entry is not None]
            if len(found_all) == len(entries):
                scale: float = times
                shares = weights if m == order - 1 else None
                if isinstance(shares, int | float):
                    scale, shares = times * shares, 1
                term = summed(found_all, shares, slopes[bend].dtype)
                # one operation where there could be four
                if total is not None:
                    total = torch.addcmul(total, slopes[bend], term, value=scale)
                else:
                    total = slopes[bend] * term if scale == 1 else scale * slopes[bend] * term
        found.append(total)
    return found


def summed(factors: Sequence[torch.Tensor], weights: torch.Tensor | float | None, dtype: torch.dtype) -> torch.Tensor:
    """The product of tensors, and, where there are weights, the sum by them over its first axis, in `dtype`."""
    first, *others = factors
    product = first.square() if others and others[0] is first else first
    for other in others[1:] if others and others[0] is first else others:
        product = product * other
    return product if weights is None else gathered(product, weights, dtype)


def gathered(rows: torch.Tensor, weights: torch.Tensor | float, dtype: torch.dtype | None = None) -> torch.Tensor:
    """The sum over the first axis of rows (K, B, …), by weights (K, B) or (K, 1), or a number for all, or numbers (B,),
    in `dtype`."""
    if isinstance(weights, torch.Tensor) and weights.ndim > 1:
        return (weights.reshape(*weights.shape, *[1] * (rows.ndim - 2)) * rows).sum(0, dtype=dtype)
    total = rows[0].to(dtype or rows.dtype) if len(rows) == 1 else rows.sum(0, dtype=dtype)
    return weighed(weights, total, rows.ndim - 1)


def weighed(share: torch.Tensor | float, rows: torch.Tensor, ndim: int) -> torch.Tensor:
    """`rows` times a number for all or numbers (B,), where they are, or stand for, (B, …) with so many axes."""
    if isinstance(share, torch.Tensor) and share.ndim:
        return share.reshape(-1, *[1] * (ndim - 1)) * rows
    return rows if isinstance(share, int) and share == 1 else share * rows


def taylor(activation: Net, x: torch.Tensor, order: int) -> list[torch.Tensor]:
    """The activation at x and its derivatives there, up to `order`, but at least two."""
    found = list(second(activation, x))
    if type(activation) is torch.nn.Tanh:
        y, slope, _ = found
        return [*found, slope * (6 * y.square() - 2), slope * y * (16 - 24 * y.square())] if order > 2 else found
    f = activation
    for k in range(order):
        f = tangent(f)
        found += [f(x)] if k > 1 else []
    return found


def tangent(f: Net) -> Net:
    """The derivative of a function that works on each number alone."""
    return lambda x: torch.func.jvp(f, (x,), (torch.ones_like(x),))[1]


def along(net: Net, points: torch.Tensor, steps: torch.Tensor, order: int) -> torch.Tensor:
    """The derivative of that order of `net` at points + t·steps (…, B, n_coords) by t, at zero: (…, B, n_unknowns).

    By backward passes: in forward mode torch 2.13 has wrong second derivatives of layers such as LayerNorm.
    """
    with torch.enable_grad():
        t = torch.zeros_like(points + steps)[..., :1].requires_grad_()
        values = net(points + t * steps)
        for _ in range(order):
            values = torch.cat([derivative(column.sum(), t) for column in values.unbind(-1)], dim=-1)
    return values


def whole(net: Net | None, points: torch.Tensor, n: int) -> torch.Tensor:
    """Orthonormal directions (K, 1, n_coords) that a network depends on: the first n axes, or a basis of the row
    space of its first layer, if that is known; of None it is not."""
    layer = net[0] if isinstance(net, torch.nn.Sequential) and len(net) else net
    return basis(layer, points, n)
