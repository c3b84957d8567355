"""The law of points along a diffusion as functions of a generated module: `follow`, and what it calls."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sympy import Expr

from pdec.codegen.writer import INDENT, FunctionWriter, broken, docstring
from pdec.problem import Diffusion, Problem
from pdec.symbolic.atoms import DIM, Coordinate, Leaf, slot

NEW = "generator=generator, device=device, dtype=dtype"
AXES = ((slot(0), DIM), (slot(1), DIM))


class DiffusionWriter:
    """Writes `follow(times)`, which gives X at each of them; `writer` makes a writer for one function more."""

    def __init__(self, problem: Problem, law: Diffusion, dim: str, writer: Callable[[], FunctionWriter]) -> None:
        self.problem, self.law, self.dim, self.writer = problem, law, dim, writer
        self.first = problem.coordinates.interval[0] if problem.coordinates.interval else 0.0

    def functions(self) -> Iterator[str]:
        """`follow`, after the functions that it calls: those of coefficients that are more than a number."""
        parts = {"start": self.law.start, "spread": self.law.spread}
        if self.law.kind != "start":
            parts |= {"drift": self.law.drift, "diffusion": self.law.diffusion}
        for name, value in parts.items():
            if _varies(value):
                yield self._coefficient(name, value, self.law.rank if name == "diffusion" else 1)
        yield "\n".join(self._follow())

    def _coefficient(self, name: str, value: Expr, rank: int) -> str:
        writer = self.writer()
        if rank == 2 or slot(0) in value.free_symbols:
            text = writer.show(value, AXES[: max(rank, 1)])
        else:
            text = f"{writer.factor(value)}[..., None]"
        shape = "(…, N, N)" if rank == 2 else "(…, N)"
        writer.line(f"return {text}")
        head = [
            f"def {name}_of(points):",
            *docstring(f"The {name} of the law of points, {shape}, at points (…, n_coords)."),
        ]
        return "\n".join([*head, *writer.prelude(), *writer.lines])

    def _follow(self) -> Iterator[str]:
        yield "def follow(times, generator=None, device=None, dtype=None):"
        yield from docstring(f"Points (n, {self.dim}) at times (n, 1): {self.law.describe().removeprefix('points ')}.")
        columns = self.dim if self.problem.coordinates.interval is None else f"{self.dim} + 1"
        lines = [f"size = (len(times), {self.dim})"]
        if any(_varies(value) for value in (self.law.start, self.law.spread)):
            lines.append(f"points = torch.zeros(len(times), {columns}, device=device, dtype=dtype)")
        start, spread = self._text("start", self.law.start), self._text("spread", self.law.spread)
        if self.law.spread == 0:
            same = _varies(self.law.start)
            lines.append(
                f"points = {start}" if same else f"points = torch.full(size, {start}, device=device, dtype=dtype)"
            )
        else:
            lines.append(f"points = {start} + {spread} * torch.randn(size, {NEW})")
        for line in [*lines, *getattr(self, f"_{self.law.kind}")()]:
            yield from broken(f"{INDENT}{line}")

    def _start(self) -> Iterator[str]:
        yield "return points.expand(size)" if _varies(self.law.start) else "return points"

    def _constant(self) -> Iterator[str]:
        yield f"noise = {self._elapsed()}.sqrt() * torch.randn(size, {NEW})"
        drift = "" if self.law.drift == 0 else f" + {self._text('drift', self.law.drift)} * {self._elapsed()}"
        yield f"return points{drift} + {self._spread_by('noise')}"

    def _geometric(self) -> Iterator[str]:
        yield f"noise = {self._elapsed()}.sqrt() * torch.randn(size, {NEW})"
        square = self._text("square", self.law.diffusion**2)
        if _varies(self.law.diffusion):
            square = self._text("diffusion", self.law.diffusion) + ".square()" + ".sum(-1)" * (self.law.rank == 2)
        drift = "" if self.law.drift == 0 else f"{self._text('drift', self.law.drift)} "
        yield f"growth = ({drift}- {square} / 2) * {self._elapsed()}"
        yield f"return points * torch.exp(growth + {self._spread_by('noise')})"

    def _euler(self) -> Iterator[str]:
        yield f"step = {self._elapsed()} / {self.law.steps}"
        yield f"for k in range({self.law.steps}):"
        yield f"{INDENT}noise = step.sqrt() * torch.randn(size, {NEW})"
        yield f"{INDENT}state, points = points, torch.cat([points.expand(size), {self.first!r} + k * step], dim=1)"
        drift = "" if self.law.drift == 0 else f" + {self._text('drift', self.law.drift)} * step"
        yield f"{INDENT}points = state{drift} + {self._spread_by('noise')}"
        yield "return points"

    def _elapsed(self) -> str:
        return "times" if self.first == 0 else f"(times - {self.first!r})"

    def _text(self, name: str, value: Expr) -> str:
        """A coefficient in `follow`: a number, or the call of its function."""
        if value.is_Integer:
            return repr(float(value))
        return f"{name}_of(points)" if _varies(value) else self.writer().factor(value)

    def _spread_by(self, noise: str) -> str:
        """The diffusion times normal vectors."""
        text = self._text("diffusion", self.law.diffusion)
        return f"({text} @ {noise}[..., None])[..., 0]" if self.law.rank == 2 else f"{text} * {noise}"


def _varies(value: Expr) -> bool:
    """Whether a coefficient is more than a number: it depends on entries, coordinates or random parameters."""
    return bool(value.atoms(Leaf, Coordinate) or value.free_symbols & {slot(0), slot(1)})
