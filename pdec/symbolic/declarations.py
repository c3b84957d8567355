"""What a file declares before it states equations: dimension, parameters, coordinates, unknowns, definitions."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from typing import NoReturn, TypeGuard, TypeVar

from sympy import Expr, Rational, S, Symbol
from sympy.core.symbol import Str

from pdec import options
from pdec.diagnostics import PdeError, Source, Span, nearest
from pdec.domains import Domain, EmptyError
from pdec.domains.sets import inside
from pdec.language import tree
from pdec.problem import ALL, Along, Coordinates, Diffusion, Unknown, UnknownNumber
from pdec.symbolic.atoms import DIM, Coefficient, Leaf, Normal, all_of, slot
from pdec.symbolic.calls import OWN_RULES
from pdec.symbolic.complexes import is_complex
from pdec.symbolic.diffusion import diffusion_of
from pdec.symbolic.domain import DomainError, DomainReader, interval
from pdec.symbolic.elaborate import Elaborator
from pdec.symbolic.finite import is_real
from pdec.symbolic.laws import law_of
from pdec.symbolic.mentions import names_in
from pdec.symbolic.operators import CONSTANTS, OPERATORS, Shape
from pdec.symbolic.profiles import name_of
from pdec.symbolic.scope import CoordinateName, Findings, LetName, NumberName, Scope, UnknownName, ValueName, fixed

RESERVED = {*OWN_RULES, "domain", *OPERATORS, *CONSTANTS}

_Statement = TypeVar("_Statement", bound=tree.Statement)
_Made = TypeVar("_Made")


class Declarations:
    """Reads the declarations of a file into a scope; `pdec.symbolic.assemble` goes on from there."""

    def __init__(self, file: tree.File, source: Source, dim: int | None, params: dict[str, float]) -> None:
        self.file, self.source, self.params = file, source, params
        self.end = Span(len(source.text.rstrip()), len(source.text.rstrip()) + 1)
        self.findings = Findings(source, 1)
        self.elaborator = Elaborator(self.findings)
        self.findings.complex = any(_is_complex(statement) for statement in file.statements)
        self.declared: dict[str, Span] = {}
        self.scope = Scope()
        self.dim_override, self.overrides = dim, dict(params)
        self.dimensional: set[Symbol] = set()  # parameters that are defined by the dimension
        self.dimension_in_domain = False
        self.numbers: tuple[UnknownNumber, ...] = ()

    # --- helpers

    def _all(self, kind: type[_Statement]) -> Iterator[_Statement]:
        return (statement for statement in self.file.statements if isinstance(statement, kind))

    def _one(self, kind: type[_Statement], name: str, example: str, *, needed: bool) -> _Statement | None:
        found = list(self._all(kind))
        for extra in found[1:]:
            self.findings.report(extra.span, "E102", f"`{name}` is declared twice")
        if not found and needed:
            self.findings.report(self.end, "E201", f"the problem has no `{name}`", f"add a line such as: {example}")
        return found[0] if found else None

    def _each(self, makers: Iterable[Callable[[], _Made]]) -> tuple[_Made, ...]:
        """What the makers make. A statement that is wrong does not keep the others from being looked at."""
        made = []
        for make in makers:
            try:
                made.append(make())
            except PdeError as error:
                if any(diagnostic.code == "E003" for diagnostic in error.diagnostics):
                    raise  # too much work already
                self.findings.note(error.diagnostics)
        return tuple(made)

    def _stop(self, span: Span, code: str, message: str, hint: str = "") -> NoReturn:
        self.findings.stop(span, code, message, hint)

    def _declare(self, name: tree.Name) -> bool:
        """Note a name as taken; a diagnostic where it cannot be."""
        if name.id in RESERVED:
            self.findings.report(name.span, "E102", f"`{name.id}` is a name of the language", "choose another name")
        elif name.id in self.declared:
            line = self.source.position(self.declared[name.id].start)[0]
            self.findings.report(name.span, "E102", f"`{name.id}` is already declared in line {line}")
        else:
            self.declared[name.id] = name.span
            return True
        return False

    def _constant(self, node: tree.Expression) -> float:
        """The number that a constant expression stands for."""
        value, shape = self.elaborator.expression(node, self.scope)
        known = self.findings.constants
        exact = {s: Rational(Fraction(str(known[s]))) for s in value.free_symbols if s in known}
        number = S.NaN if shape else value.xreplace(exact)
        # SymPy would try again and again to evaluate functions in one another of what has no value
        number = S.NaN if number.has(Leaf) or number.free_symbols else number.evalf(30)
        if not is_real(number):
            sought = ", ".join(f"`{leaf.name}`" for leaf in all_of(value, Coefficient))
            hint = f"{sought} is found by training: it can stand in equations, conditions and `let`" if sought else ""
            self._stop(node.span, "E004", "this must be a finite real number, known before anything is computed", hint)
        return float(number)

    def _geometry(self, node: tree.Expression) -> float:
        """A number that says where the domain or a place is; whether it depends on the dimension is remembered."""
        number = self._constant(node)
        if self._mentions_dimension(node):
            self.dimension_in_domain = True
        return number

    def _mentions_dimension(self, node: tree.Expression) -> bool:
        value, _ = self.elaborator.expression(node, self.scope)
        return bool({DIM, *self.dimensional} & value.free_symbols)

    # --- declarations

    def _dimension(self) -> None:
        statement = self._one(tree.Dim, "dim", "dim N = 100", needed=False)
        self.findings.dim_name = statement.name.id if statement else None
        if statement is None:
            if self.dim_override is not None and not list(self._all(tree.Space)):
                self.findings.dim = self.dim_override
            return
        self._declare(statement.name)
        dim = self.dim_override if self.dim_override is not None else self._constant(statement.value)
        if dim != int(dim) or not 1 <= dim <= 10_000_000:
            self._stop(statement.value.span, "E004", f"a dimension is a whole number from 1 to 10 000 000, not {dim:g}")
        self.findings.dim = int(dim)
        self.scope = self.scope.with_(**{statement.name.id: NumberName(DIM)})
        self.findings.constants[DIM] = int(dim)

    def _parameters(self) -> None:
        for statement in self.file.statements:
            if isinstance(statement, tree.UnknownParam):
                self._unknown_number(statement)
            if not _is_number(statement) or not self._declare(statement.name):
                continue
            name = statement.name.id
            if self.findings.complex and isinstance(statement, tree.Param) and name not in self.params:
                given, _ = self.elaborator.expression(statement.value, self.scope)
                if is_complex(given):
                    self.scope = self.scope.with_(**{name: ValueName(fixed(given))})
                    continue
            if name in self.params:
                value = float(self.params.pop(name))
            elif isinstance(statement, tree.Param):
                value = self._constant(statement.value)
            else:
                value = law_of(statement.law, self._constant, self.findings).draw()
            if not math.isfinite(value):
                raise options.OptionError(f"parameter `{name}` must be a finite number, not {value}")
            symbol = Symbol(name, real=True)
            if isinstance(statement, tree.Param) and self._mentions_dimension(statement.value):
                self.dimensional.add(symbol)
            self.findings.constants[symbol] = value
            self.scope = self.scope.with_(**{name: NumberName(symbol)})
        for name in self.params:
            known = [s.name.id for s in self.file.statements if _is_number(s) or isinstance(s, tree.UnknownParam)]
            raise options.OptionError(
                f"the problem has no parameter `{name}`" + (f"; it has {', '.join(known)}" if known else "")
            )

    def _unknown_number(self, node: tree.UnknownParam) -> None:
        """`unknown param k = 0.5 in [0, 10]`: `--param k=1` is another place to start."""
        if not self._declare(node.name):
            return
        name = node.name.id
        start = float(self.params.pop(name)) if name in self.params else self._constant(node.value)
        if not math.isfinite(start):
            raise options.OptionError(f"parameter `{name}` must be a finite number, not {start}")
        try:
            bounds = interval(node.bounds, self._constant) if node.bounds else None
        except DomainError as error:
            self._stop(error.span, "E202", error.message, error.hint)
        if bounds and not bounds[0] <= start <= bounds[1]:
            message = f"`{name}` starts at {start:g}, outside its bounds [{bounds[0]:g}, {bounds[1]:g}]"
            self._stop(node.value.span, "E202", message)
        self.numbers += (UnknownNumber(name, start, bounds, None, None, node.span),)
        self.scope = self.scope.with_(**{name: NumberName(Coefficient(Str(name)))})

    def _coordinates(self) -> tuple[Coordinates, Domain]:
        example = "space x in [0, 1]^N"
        for statement in self._all(tree.Time):  # an ordinary equation
            t = statement.name.id
            example = f"space {t} in [0, 1], in place of `time`; `initial u = 1` is then `boundary u = 1 on {t} = 0`"
        space = self._one(tree.Space, "space", example, needed=True)
        time = self._one(tree.Time, "time", "time t in [0, 1]", needed=False)
        if space is None:
            raise PdeError(self.findings.diagnostics)
        try:
            found = self.reader.space(space.domain, space.law)
            self._found_inside(space, found.domain, found.dim)
            period = interval(time.domain, self._constant) if time else None
            ends = self._ends(time) if time else None
        except DomainError as error:
            self._stop(error.span, "E203", error.message, error.hint)
        vector = not space.grouped and not found.scalar
        self._fix_dimension(space, found.dim, vector)
        for k, name in enumerate(space.names):
            if self._declare(name):
                self.scope = self.scope.with_(**{name.id: CoordinateName(0 if vector else k + 1)})
        if time is not None and self._declare(time.name):
            self.scope = self.scope.with_(**{time.name.id: CoordinateName(-1)})
        names = tuple(name.id for name in space.names)
        self.findings.domain, self.findings.interval = found.domain, period
        self.findings.coordinates = {
            name: entity.axis for name, entity in self.scope.names.items() if isinstance(entity, CoordinateName)
        }
        return Coordinates(names, vector, time.name.id if time else None, period, ends), found.domain

    def _ends(self, time: tree.Time) -> tuple[Expr, Expr]:
        """The first and the last time as they are written."""
        assert isinstance(time.domain, tree.Bracket)
        first, last = (self.elaborator.expression(entry, self.scope)[0] for entry in time.domain.entries)
        return first, last

    def _regions(self) -> None:
        """Declare the names of regions; each is read when something asks for it, and at last for its mistakes."""
        regions = {statement.name.id: statement for statement in self._all(tree.Region)}
        for statement in self._all(tree.Region):
            self._declare(statement.name)
        vectors = {statement.name.id for statement in self._all(tree.RandomParam) if statement.shape is not None}
        vectors |= {statement.name.id for statement in self._all(tree.ArrayParam)}
        vectors |= {statement.name.id for statement in self._all(tree.Let)}
        self.reader = DomainReader(self._geometry, self._constant, regions, frozenset(vectors))

    def _law_of_points(self, coordinates: Coordinates) -> Diffusion | None:
        """The law of points that is no matter of the domain alone."""
        law = next(self._all(tree.Space)).law
        if law is None or not self.reader.later(law):
            return None
        try:
            return diffusion_of(law, coordinates, self.elaborator, self.scope)
        except DomainError as error:
            self._stop(error.span, "E203", error.message, error.hint)

    def _found_inside(self, space: tree.Space, domain: Domain, dim: int) -> None:
        """See that points of the domain can be drawn, and that every region can be read."""
        try:
            inside(domain, dim)
        except EmptyError as error:
            raise DomainError(space.domain.span, str(error), "see where the parts of the domain are") from None
        for region in self._all(tree.Region):
            self.reader.region(region.name)

    def _fix_dimension(self, space: tree.Space, dim: int, vector: bool) -> None:
        if not vector and len(space.names) != dim:
            message = f"{len(space.names)} coordinates are named, but the domain has dimension {dim:g}"
            hint = f"name {dim:g} coordinates, or write `space {space.names[0].id} in …` for a vector"
            self._stop(space.names[0].span.to(space.names[-1].span), "E203", message, hint)
        if self.findings.dim_name is not None and dim != self.findings.dim:
            name = self.findings.dim_name
            message = f"the dimension is `{name}` = {self.findings.dim}, but the domain has dimension {dim:g}"
            self._stop(space.domain.span, "E203", message, f"write {name} where the domain has a number")
        if self.dim_override is not None and self.findings.dim_name is None and dim != self.dim_override:
            raise options.OptionError(
                f"the dimension of this problem is fixed at {dim:g}; "
                "to let it vary, declare `dim N = …` and use N in the domain"
            )
        self.findings.dim = int(dim)
        self.findings.constants[DIM] = int(dim)

    def _unknowns(self) -> tuple[Unknown, ...]:
        coordinates = [name for name, entity in self.scope.names.items() if isinstance(entity, CoordinateName)]
        found: list[Unknown] = []
        for statement in self._all(tree.Unknown):
            if "_" in statement.name.id:
                message = "a name of an unknown has no underscore: `u_x` is a derivative of `u`"
                self.findings.report(statement.name.span, "E102", message)
            along = self._along(statement, coordinates)
            pair = _is_complex(statement)
            shape = () if pair else self._shape_of_unknown(statement)
            if not self._declare(statement.name):
                continue
            size = 1 + pair if not shape else (self.findings.dim if shape[0] == "N" else int(shape[0]))
            first = sum(unknown.size for unknown in found)
            scalar = not shape and not pair
            unknown = Unknown(statement.name.id, size, first, scalar, statement.name.span, pair, along)
            found.append(unknown)
            arguments = tuple(argument.id for argument in statement.arguments) or tuple(coordinates)
            entity = UnknownName(name_of(unknown), shape, arguments, pair, along)
            self.scope = self.scope.with_(**{statement.name.id: entity})
        if not any(self._all(tree.Unknown)):
            self.findings.report(self.end, "E201", "the problem has no `unknown`", "add a line such as: unknown u(x)")
        return tuple(found)

    def _along(self, statement: tree.Unknown, coordinates: list[str]) -> Along:
        """What an unknown depends on, by its arguments: all coordinates, where there are none."""
        axes: list[int] = []
        for argument in statement.arguments:
            axis = self._axis_of(argument)
            if axis is None:
                hint = f"the coordinates are {', '.join(coordinates)}"
                self.findings.report(argument.span, "E101", f"`{argument.id}` is not a coordinate", hint)
                return ALL
            if axis in axes or (axis >= 0 and 0 in axes) or (axis == 0 and any(other > 0 for other in axes)):
                message = f"`{argument.id}` stands twice among the coordinates of `{statement.name.id}`"
                self.findings.report(argument.span, "E102", message)
                return ALL
            axes.append(axis)
        space = tuple(sorted(axis for axis in axes if axis > 0))
        timed = -1 in axes or not axes or -1 not in self.findings.coordinates.values()
        every = not axes or 0 in axes or len(space) == self.findings.dim
        return Along(None if every else space, timed)

    def _axis_of(self, argument: tree.Name) -> int | None:
        """The number of a coordinate by its name: -1 of time, 0 of the vector of all, of `x2` that of the entry."""
        if argument.id in self.findings.coordinates:
            return self.findings.coordinates[argument.id]
        name = argument.id.rstrip("0123456789")
        number = argument.id.removeprefix(name)
        entry = self.findings.coordinates.get(name) == 0 and number and 1 <= int(number) <= self.findings.dim
        return int(number) if entry else None

    def _shape_of_unknown(self, statement: tree.Unknown) -> Shape:
        shape = statement.shape
        if shape is None:
            return ()
        if shape.function.id != "vector" or len(shape.arguments) != 1:
            message = "an unknown is a scalar, a vector or complex"
            hint = nearest(shape.function.id, ["vector", "complex"]) or "write unknown v: vector(N), h: complex"
            if shape.function.id == "complex":
                message, hint = "`complex` has no size", "write unknown f: complex, g: complex for a complex vector"
            self.findings.report(shape.span, "E202", message, hint)
            return ()
        return (self.findings.size(self._size(shape.arguments[0], shape.span)),)

    def _size(self, node: tree.Expression | tree.Binding | tree.Keyword, span: Span) -> int:
        """The size that `vector(N)` states."""
        size = self._constant(node)
        if size != int(size) or not 1 <= size <= 10_000_000:
            self._stop(span, "E202", f"the size of a vector is a whole number from 1 on, not {size:g}")
        return int(size)

    def _lets(self) -> None:
        later = {statement.name.id for statement in self._all(tree.Let)}
        for statement in self._all(tree.Let):
            if not self._declare(statement.name):
                continue
            for name in names_in(statement.value):
                inner = {parameter.id for parameter in (*statement.parameters, *statement.indices)}
                if name.id in later and name.id not in self.scope.names and name.id not in inner:
                    what = "itself" if name.id == statement.name.id else f"`{name.id}`, which is defined later"
                    hint = "a definition uses only what stands above it"
                    self.findings.report(name.span, "E107", f"`{statement.name.id}` is defined by {what}", hint)
            self._check_let(statement)
            self.scope = self.scope.with_(**{statement.name.id: LetName(statement, self.scope)})
            if not statement.parameters and not any(d.code == "E107" for d in self.findings.diagnostics):
                # mistakes count even where nothing uses the definition, but looking at it is no use of its names
                used = set(self.findings.used)
                self.findings.normal = Normal(slot(0))  # it may be for boundary conditions
                self.elaborator.check(statement.name, self.scope)
                self.findings.used, self.findings.normal = used, None

    def _check_let(self, statement: tree.Let) -> None:
        seen: set[str] = set()
        for name in (*statement.parameters, *statement.indices):
            if name.id in seen:
                self.findings.report(name.span, "E102", f"`{name.id}` stands twice in `{statement.name.id}`")
            elif statement.indices and name.id in self.scope.names:
                message = f"the index `{name.id}` is already the name of something else"
                self.findings.report(name.span, "E102", message, "choose another letter")
            seen.add(name.id)


def _is_complex(statement: tree.Statement) -> bool:
    """Whether a statement declares a complex unknown."""
    shape = statement.shape if isinstance(statement, tree.Unknown) else None
    return shape is not None and shape.function.id == "complex" and not shape.arguments


def _is_number(statement: tree.Statement) -> TypeGuard[tree.Param | tree.RandomParam]:
    """Whether a statement declares a parameter that is one number, given or drawn."""
    return isinstance(statement, tree.Param) or (isinstance(statement, tree.RandomParam) and statement.shape is None)
