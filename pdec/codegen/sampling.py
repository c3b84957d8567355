"""The part of a generated module that draws collocation points: a function for each point set, and `sample`."""

from __future__ import annotations

from collections.abc import Iterator

from pdec.codegen.laws import LawWriter
from pdec.codegen.writer import INDENT, broken, docstring, printable, quoted
from pdec.domains.base import uniform
from pdec.domains.laws import Held, Law
from pdec.plan import Names, Section
from pdec.problem import Problem
from pdec.symbolic.atoms import DIM


class SamplingWriter:
    """Writes the solids that points are tested against, a sampler for each point set, and `sample`."""

    def __init__(self, problem: Problem, names: Names, sections: tuple[Section, ...]) -> None:
        self.problem, self.names, self.sections = problem, names, sections
        self.laws = LawWriter(problem.dim, names.symbols[DIM], names.solids)

    def solids(self, body: str) -> Iterator[str]:
        """The functions of the solids that the rest of the module calls."""
        texts = "".join([body, *(self.laws.law(law) for law in self._laws())])
        bare = LawWriter(self.problem.dim, self.names.symbols[DIM], {})
        for solid, name in self.names.solids.items():
            if f"{name}(" in texts or f"{name}, x)" in texts:
                what = f"How deep points x (…, dim) lie inside, and the outward normal: {self.names.texts[solid]}."
                lines = broken(f"{INDENT}return {bare.solid(solid)}")
                yield "\n".join([f"def {name}(x):", *docstring(printable(what)), *lines])

    def samplers(self) -> Iterator[str]:
        """A function for each point set."""
        yield self._sampler("domain", "domain", None)
        for section in self.sections:
            if section.point_set != "domain":
                yield self._sampler(section.point_set, section.kind, section)

    def inside(self) -> str:
        """The function that draws points for means over the domain."""
        law = uniform(self.problem.domain).interior(self.problem.dim)
        what = docstring(f"Points (n, dim) uniform in the domain: {self.problem.domain.describe()}.")
        return "\n".join(["def inside(n, **options):", *what, *broken(f"{INDENT}return {self.laws.law(law)}")])

    def sample(self) -> str:
        """`SAMPLERS` and the function that draws a batch."""
        entries = ", ".join(f"{quoted(name)}: {function}" for name, function in self.names.samplers.items())
        return "\n".join(
            [
                *broken(f"SAMPLERS = {{{entries}}}"),
                "",
                "",
                "def sample(generator=None, device=None, dtype=None, points=POINTS):",
                f'{INDENT}"""New collocation points: point set -> (B, n_coords)."""',
                f'{INDENT}options = {{"generator": generator, "device": device, "dtype": dtype}}',
                f"{INDENT}return {{name: SAMPLERS[name](n, **options) for name, n in points.items()}}",
            ]
        )

    def _laws(self) -> list[Law]:
        where = [section.where for section in self.sections]
        return [self.problem.domain.interior(self.problem.dim), *(w.law for w in where if w is not None)]

    def _sampler(self, name: str, kind: str, section: Section | None) -> str:
        if section is not None and section.condition is not None and section.condition.data is not None:
            what = f"Rows (n, n_coords + {section.condition.data.size}) of {section.condition.data.sheet.file}."
            lines = [f"def {self.names.samplers[name]}(n, **options):", *docstring(printable(what))]
            return "\n".join([*lines, f"{INDENT}return draw_rows(n, {self.names.rows[name]}, **options)"])
        where = section.where if section is not None else None
        law = where.law if where is not None else self._laws()[0]
        text = where.text if where is not None else self.problem.domain.describe()
        interval = self.problem.coordinates.interval
        lines = [f"def {self.names.samplers[name]}(n, **options):", *docstring(f"Points (n, n_coords): {text}.")]
        if self.problem.law is not None and (where is None or isinstance(law, Held)):
            return "\n".join([*lines, *self._along(kind, dict(law.places) if isinstance(law, Held) else {})])
        if interval is None:
            return "\n".join([*lines, *broken(f"{INDENT}return {self.laws.law(law)}")])
        lines += broken(f"{INDENT}x = {self.laws.law(law)}")
        if kind in ("initial", "terminal"):
            lines.append(f"{INDENT}t = torch.full_like(x[:, :1], {interval[0 if kind == 'initial' else 1]!r})")
        else:
            lines.append(f"{INDENT}t = uniform_times(n, {interval[0]!r}, {interval[1]!r}, **options)")
        return "\n".join([*lines, f"{INDENT}return torch.cat([x, t], dim=1)"])

    def _along(self, kind: str, held: dict[int, float]) -> Iterator[str]:
        """Points by the diffusion of the problem: times first."""
        interval = self.problem.coordinates.interval
        if interval is not None and kind not in ("initial", "terminal"):
            yield f"{INDENT}t = uniform_times(n, {interval[0]!r}, {interval[1]!r}, **options)"
        else:
            time = 0.0 if interval is None else interval[0 if kind == "initial" else 1]
            yield f'{INDENT}t = torch.full((n, 1), {time!r}, device=options["device"], dtype=options["dtype"])'
        yield f"{INDENT}x = follow(t, **options)"
        for column, value in held.items():
            yield f"{INDENT}x[:, {column}] = {value!r}"
        yield f"{INDENT}return x" if interval is None else f"{INDENT}return torch.cat([x, t], dim=1)"
