"""Unknowns of fewer coordinates in a generated module: the network's output with the other coordinates held fast.

What such an unknown is at a point is then the same wherever along those coordinates the point lies, whatever the
network, so that derivatives along them vanish and nothing has to be asked of it in the loss.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from pdec.codegen.writer import INDENT, docstring
from pdec.plan import Names
from pdec.problem import Along, Problem
from pdec.symbolic.atoms import DIM


def functions(problem: Problem, names: Names, body: str) -> list[str]:
    """A function for each set of coordinates that unknowns depend on, and `fields`, for those that `body` calls."""
    blocks = [_fields(problem, names)] if "fields(net, " in body else []
    text = "".join([body, *blocks])
    return [*(_held(problem, names, a) for a, name in names.only.items() if f"{name}(" in text), *blocks]


def _held(problem: Problem, names: Names, along: Along) -> str:
    """Points with fixed numbers in the place of the coordinates that an unknown does not depend on."""
    dim, lines = names.symbols[DIM], []
    if along.space is not None and not problem.coordinates.vector:
        missing = (k for k in range(problem.dim) if k + 1 not in along.space)
        lines = [f"held[..., {k}] = {_middle(problem, k)!r}" for k in missing]
    elif along.space is not None:
        lower, upper = problem.domain.bounds(problem.dim)
        middles = [_middle(problem, k) for k in range(max(len(lower), len(upper)))]
        held = f"points.new_tensor({middles!r})" if len(set(middles)) > 1 else repr(middles[0])
        lines = [f"held[..., :{dim}] = {held}"]
        lines += [f"held[..., {k - 1}] = points[..., {k - 1}]" for k in along.space]
    if not along.time:
        assert problem.coordinates.interval is not None
        lines.append(f"held[..., {dim}] = {problem.coordinates.interval[0]!r}")
    what = f"Points (…, n_coords) where what depends on {', '.join(along.names(problem.coordinates))} alone is taken."
    return "\n".join(
        [
            f"def {names.only[along]}(points):",
            *docstring(what),
            f"{INDENT}held = points.clone()",
            *(INDENT + line for line in lines),
            f"{INDENT}return held",
        ]
    )


def _middle(problem: Problem, axis: int) -> float:
    """A number for a coordinate: in the middle of the domain, 0 where that has no ends."""
    low, high = (ends[axis] if len(ends) > 1 else ends[0] for ends in problem.domain.bounds(problem.dim))
    return (low + high) / 2 if math.isfinite(low + high) else 0.0


def _fields(problem: Problem, names: Names) -> str:
    """The network call for unknowns of different coordinates."""
    used = {unknown.along: None for unknown in problem.unknowns}
    parts = {along: f"values[{k}]" for k, along in enumerate(used)}
    places = ", ".join("points" if along.whole else f"{names.only[along]}(points)" for along in used)
    columns = _columns([(u.first, u.size, parts[u.along]) for u in problem.unknowns])
    return "\n".join(
        [
            "def fields(net, points):",
            *docstring(
                f"The unknowns, (…, {problem.n_unknowns}) at points (…, n_coords): one network call, in which each is "
                "taken where it depends on its own coordinates alone."
            ),
            f"{INDENT}values = evaluate(net, torch.cat([{places}])).chunk({len(used)})",
            f"{INDENT}return torch.cat([{columns}], dim=-1)",
        ]
    )


def _columns(blocks: Sequence[tuple[int, int, str]]) -> str:
    """Columns of the network's outputs; neighbours of one part are taken together."""
    joined: list[tuple[int, int, str]] = []
    for first, size, part in blocks:
        if joined and joined[-1][2] == part:
            joined[-1] = joined[-1][0], joined[-1][1] + size, part
        else:
            joined.append((first, size, part))
    return ", ".join(f"{part}[..., {first}:{first + size}]" for first, size, part in joined)
