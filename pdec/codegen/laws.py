"""Laws and solids → torch text: nested calls of the functions of `pdec.runtime.sampling` and `pdec.runtime.geometry`.

A law prints as an expression of `n`, the number of points, and `options`, which holds the generator, device and dtype.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pdec.domains.laws import Arguments, Beside, Check, Draw, Held, Kept, Law, Mixed, Solid

RUNTIME = (
    *("uniform_ball", "radial_ball", "uniform_sphere", "uniform_annulus", "radial_annulus", "uniform_box"),
    *("uniform_box_boundary", "normal_space", "uniform_times", "mixed", "kept", "held"),
)
"""Functions of `pdec.runtime.sampling` that generated modules call."""

GEOMETRY = (
    *("box_depth", "ball_depth", "sphere_depth", "annulus_depth", "space_depth", "joined", "common", "without"),
    *("crossed", "on_edge", "clear_of_edge", "taken_once"),
)
"""The same of `pdec.runtime.geometry`."""


@dataclass(frozen=True, slots=True)
class LawWriter:
    """Writes laws for a module: `dim` is the dimension of the problem, `dim_name` what the module calls it, `solids`
    the functions that the module has for solids, `x` the points that solids are asked about."""

    dim: int
    dim_name: str
    solids: Mapping[Solid, str]
    x: str = "x"

    def law(self, law: Law) -> str:
        """A law as an expression of `n` and `options`."""
        match law:
            case Draw(function, dim, arguments):
                # within a sampler these names mean other things
                named = dim == self.dim and self.dim_name not in ("n", "x", "t", "options")
                size = self.dim_name if named else str(dim)
                return f"{function}(n, {size}{_keywords(arguments)}, **options)"
            case Beside(laws):
                return f"torch.cat([{', '.join(map(self.law, laws))}], dim=1)"
            case Mixed(shares, laws):
                draws = ", ".join(f"lambda n: {self.law(part)}" for part in laws)
                return f"mixed(n, {shares!r}, {draws}, **options)"
            case Kept(inner, checks):
                return f"kept(n, lambda n: {self.law(inner)}, {', '.join(map(self._check, checks))})"
            case Held(inner, places):
                points = "torch.rand(n, 0, **options)" if inner is None else self.law(inner)
                return f"held({points}, {dict(places)!r})"

    def solid(self, solid: Solid, start: int = 0, size: int = 0) -> str:
        """Depth and normal in a solid at `x`, of which it takes `size` columns from `start` on (0: all)."""
        own = f"{self.x}[..., {start}:{start + size}]" if size else self.x
        if solid.members and solid in self.solids and not size:
            return f"{self.solids[solid]}({own})"
        if not solid.members:
            return f"{solid.function}({own}{_keywords(solid.arguments)})"
        parts = []
        for member in solid.members:
            if solid.function == "crossed":
                parts.append(self.solid(member, start, member.dim))
                start += member.dim
            else:
                parts.append(self.solid(member, start, size))
        return f"{solid.function}({', '.join(parts)})"

    def _check(self, check: Check) -> str:
        first = check.solids[0]
        match check.kind:
            case "inside":
                return f"lambda x: {self.solid(first)}[0] >= 0"
            case "outside":
                return f"lambda x: {self.solid(first)}[0] <= 0"
            case "within":
                return f"lambda x: clear_of_edge({self._function(first)}, x)"
            case "edge":
                return f"lambda x: on_edge({self._function(first)}, x)"
            case "once_inside":
                inside = ", ".join(f"{self.solid(solid)}[0] >= 0" for solid in check.solids)
            case _:
                inside = ", ".join(f"on_edge({self._function(solid)}, x)" for solid in check.solids)
        return f'lambda x: taken_once([{inside}], options["generator"])'

    def _function(self, solid: Solid) -> str:
        return self.solids[solid] if solid in self.solids else f"lambda x: {self.solid(solid)}"


def _keywords(arguments: Arguments) -> str:
    return "".join(f", {name}={value!r}" for name, value in arguments)
