"""Syntax tree of a file → Problem: declarations are gathered, expressions elaborated and brought to normal form.

The order of the statements in the file does not matter, except that a `let` or `param` uses only earlier ones.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any, NoReturn, TypeVar

from sympy import Rational, S, Symbol
from sympy.core.symbol import Str

from pdec import options
from pdec.diagnostics import Diagnostic, PdeError, Source, Span
from pdec.domains import Domain
from pdec.language import tree
from pdec.problem import Condition, Coordinates, KnownSolution, Problem, Residual, Unknown
from pdec.symbolic.atoms import DIM, Expectation, Partial, TooLargeError, all_of
from pdec.symbolic.domain import DomainError, interval, region
from pdec.symbolic.elaborate import Elaborator
from pdec.symbolic.normal import linearity_of, normal_form, order_of
from pdec.symbolic.operators import CONSTANTS, OPERATORS, Shape, Size, count, describe
from pdec.symbolic.scope import CoordinateName, Findings, LetName, NumberName, Scope, Typed, UnknownName

RESERVED = {"sum", "d", "curl", "E", "domain", *OPERATORS, *CONSTANTS}

_Statement = TypeVar("_Statement", bound=tree.Statement)


def assemble(
    file: tree.File, source: Source, dim: int | None = None, params: Mapping[str, float] | None = None
) -> Problem:
    """The problem that `file` states, for `dim` in place of its own dimension and `params` in place of its parameters.

    Raises PdeError with everything found wrong, OptionError for a `dim` or a parameter that the file does not have.
    """
    return _Assembler(file, source, dim, dict(params or {})).problem()


class _Assembler:
    def __init__(self, file: tree.File, source: Source, dim: int | None, params: dict[str, float]) -> None:
        self.file, self.source, self.params = file, source, params
        self.end = Span(len(source.text.rstrip()), len(source.text.rstrip()) + 1)
        self.findings = Findings(source, 1)
        self.elaborator = Elaborator(self.findings)
        self.declared: dict[str, Span] = {}
        self.constants: dict[Symbol, float] = {}
        self.scope = Scope()
        self.dim_override = dim

    def problem(self) -> Problem:
        self._dimension()
        self._parameters()
        coordinates, domain = self._coordinates()
        unknowns = self._unknowns()
        self._lets()
        self.findings.raise_errors()
        equations = tuple(self._residual(node, label) for node, label in self._labelled(tree.Equation, "equation"))
        conditions = tuple(self._conditions(coordinates, domain))
        solutions = tuple(self._solutions(unknowns))
        settings = self._settings(equations, conditions)
        self._unused()
        self.findings.raise_errors()
        names = list(self._all(tree.ProblemName))
        return Problem(
            name=names[0].name.id if names else self.source.name.rsplit("/", 1)[-1].removesuffix(".pde"),
            source=self.source,
            dim=self.findings.dim,
            dim_name=self.dim_name,
            coordinates=coordinates,
            domain=domain,
            unknowns=unknowns,
            constants=self.constants,
            equations=equations,
            conditions=conditions,
            solutions=solutions,
            settings=settings,
            warnings=tuple(self.findings.diagnostics),
        )

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

    def _stop(self, span: Span, code: str, message: str, hint: str = "") -> NoReturn:
        raise PdeError([*self.findings.diagnostics, Diagnostic(self.source, span, code, message, hint)])

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
        known = {symbol: Rational(Fraction(str(number))) for symbol, number in self.constants.items()}
        number = value.xreplace(known).evalf(30) if not shape else S.NaN
        if not number.is_real or not math.isfinite(float(number)):
            self._stop(node.span, "E004", "this must be a finite real number, known before anything is computed")
        return float(number)

    # --- declarations

    def _dimension(self) -> None:
        statement = self._one(tree.Dim, "dim", "dim N = 100", needed=False)
        self.dim_name = statement.name.id if statement else None
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
        self.constants[DIM] = int(dim)

    def _parameters(self) -> None:
        for statement in self._all(tree.Param):
            if not self._declare(statement.name):
                continue
            name = statement.name.id
            value = float(self.params.pop(name)) if name in self.params else self._constant(statement.value)
            if not math.isfinite(value):
                raise options.OptionError(f"parameter `{name}` must be a finite number, not {value}")
            symbol = Symbol(name, real=True)
            self.constants[symbol] = value
            self.scope = self.scope.with_(**{name: NumberName(symbol)})
        for name in self.params:
            known = [statement.name.id for statement in self._all(tree.Param)]
            raise options.OptionError(
                f"the problem has no parameter `{name}`" + (f"; it has {', '.join(known)}" if known else "")
            )

    def _coordinates(self) -> tuple[Coordinates, Domain]:
        space = self._one(tree.Space, "space", "space x in [0, 1]^N", needed=True)
        time = self._one(tree.Time, "time", "time t in [0, 1]", needed=False)
        if space is None:
            raise PdeError(self.findings.diagnostics)
        try:
            found = region(space.domain, space.law, self._constant)
            period = interval(time.domain, self._constant) if time else None
        except DomainError as error:
            self._stop(error.span, "E203", error.message, error.hint)
        vector = not space.grouped and not found.scalar
        self._fix_dimension(space, found.dim if isinstance(found.dim, int) else self._constant(found.dim), vector)
        for k, name in enumerate(space.names):
            if self._declare(name):
                self.scope = self.scope.with_(**{name.id: CoordinateName(0 if vector else k + 1)})
        if time is not None and self._declare(time.name):
            self.scope = self.scope.with_(**{time.name.id: CoordinateName(-1)})
        names = tuple(name.id for name in space.names)
        return Coordinates(names, vector, time.name.id if time else None, period), found.domain

    def _fix_dimension(self, space: tree.Space, dim: float, vector: bool) -> None:
        if dim != int(dim) or not 1 <= dim <= 10_000_000:
            self._stop(space.domain.span, "E203", f"a dimension is a whole number from 1 on, not {dim:g}")
        if not vector and len(space.names) != dim:
            message = f"{len(space.names)} coordinates are named, but the domain has dimension {dim:g}"
            self._stop(space.names[0].span.to(space.names[-1].span), "E203", message)
        if self.dim_name is not None and dim != self.findings.dim:
            message = f"the dimension is `{self.dim_name}` = {self.findings.dim}, but the domain has dimension {dim:g}"
            self._stop(space.domain.span, "E203", message, f"write the domain with {self.dim_name}")
        if self.dim_override is not None and self.dim_name is None and dim != self.dim_override:
            raise options.OptionError(
                f"the dimension of this problem is fixed at {dim:g}; "
                "to let it vary, declare `dim N = …` and use N in the domain"
            )
        self.findings.dim = int(dim)
        self.constants[DIM] = int(dim)

    def _unknowns(self) -> tuple[Unknown, ...]:
        coordinates = [name for name, entity in self.scope.names.items() if isinstance(entity, CoordinateName)]
        found: list[Unknown] = []
        for statement in self._all(tree.Unknown):
            if "_" in statement.name.id:
                message = "a name of an unknown has no underscore: `u_x` is a derivative of `u`"
                self.findings.report(statement.name.span, "E102", message)
            for argument in statement.arguments:
                if argument.id not in coordinates:
                    message = f"`{argument.id}` is not a coordinate"
                    self.findings.report(argument.span, "E101", message, f"these are {', '.join(coordinates)}")
            shape = self._shape_of_unknown(statement)
            if not self._declare(statement.name):
                continue
            size = 1 if not shape else (self.findings.dim if shape[0] == "N" else int(shape[0]))
            first = sum(unknown.size for unknown in found)
            found.append(Unknown(statement.name.id, size, first, not shape))
            self.scope = self.scope.with_(**{statement.name.id: UnknownName(Str(statement.name.id), shape)})
        if not found:
            self.findings.report(self.end, "E201", "the problem has no `unknown`", "add a line such as: unknown u(x)")
        return tuple(found)

    def _shape_of_unknown(self, statement: tree.Unknown) -> Shape:
        shape = statement.shape
        if shape is None:
            return ()
        if shape.function.id != "vector" or len(shape.arguments) != 1:
            message = "an unknown is a scalar or a vector"
            self.findings.report(shape.span, "E202", message, "write unknown v(x): vector(N)")
            return ()
        size = self._constant(shape.arguments[0])
        if size != int(size) or not 1 <= size <= 10_000_000:
            self._stop(shape.span, "E202", f"the size of a vector is a whole number from 1 on, not {size:g}")
        result: Size = self.findings.size(int(size))
        return (result,)

    def _lets(self) -> None:
        later = {statement.name.id for statement in self._all(tree.Let)}
        for statement in self._all(tree.Let):
            if not self._declare(statement.name):
                continue
            for name in _names_in(statement.value):
                inner = {parameter.id for parameter in (*statement.parameters, *statement.indices)}
                if name.id in later and name.id not in self.scope.names and name.id not in inner:
                    what = "itself" if name.id == statement.name.id else f"`{name.id}`, which is defined later"
                    self.findings.report(name.span, "E107", f"`{statement.name.id}` is defined by {what}")
            self.scope = self.scope.with_(**{statement.name.id: LetName(statement, self.scope)})

    # --- equations, conditions, solutions

    def _labelled(self, kind: type[_Statement], default: str) -> Iterator[tuple[_Statement, str]]:
        """Statements of a kind with their labels: `equation`, or `equation1`, `equation2`, … if there are several."""
        statements = list(self._all(kind))
        if not statements:
            hint = "add a line such as: equation lap(u) = 0"
            self.findings.report(self.end, "E201", f"the problem has no `{default}`", hint)
        for k, statement in enumerate(statements):
            yield statement, self._label(statement, default, k, len(statements))

    def _label(self, statement: Any, default: str, number: int, total: int) -> str:
        label = statement.label
        if label is None:
            return default if total == 1 else f"{default}{number + 1}"
        self._declare(label)
        self.findings.used.add(label.id)
        return str(label.id)

    def _residual(self, node: tree.Equation | tree.Condition, label: str) -> Residual:
        self.findings.derivatives.clear()
        left = self.elaborator.check(node.left, self.scope)
        right = self.elaborator.check(node.right, self.scope) if node.right else Typed((), lambda: S.Zero)
        self.findings.raise_errors()
        assert left is not None
        assert right is not None
        literal_zero = isinstance(node.right, tree.Number) and float(node.right.text) == 0
        if left.shape != right.shape and not (node.right is None or literal_zero):
            message = f"the left side is {describe(left.shape)}, the right side {describe(right.shape)}"
            self._stop(node.span, "E104", message, "both sides of = must have the same shape")
        if len(left.shape) > 1:
            self._stop(node.span, "E104", f"an equation is scalar or vector, not {describe(left.shape)}")
        code = "E206" if isinstance(node, tree.Equation) else "E204"
        try:
            difference = self.elaborator.build(left, node.left.span)
            if node.right is not None and not literal_zero:
                difference -= self.elaborator.build(right, node.right.span)
            expression, terms = normal_form(difference)
        except TooLargeError:
            self._stop(node.span, "E003", "multiplied out, this equation has too many terms")
        if not expression.has(Partial):
            what = "holds for every unknown" if expression == 0 else "does not contain an unknown"
            self._stop(node.span, code, f"this equation {what}")
        if expression.has(Expectation):
            self._stop(node.span, code, "an expectation can stand in an exact or reference solution only")
        return Residual(
            label=label,
            expression=expression,
            size=count(left.shape[0]) if left.shape else None,
            terms=terms,
            order=order_of(expression),
            linearity=linearity_of(expression),
            span=node.span,
            origins=self._origins(),
        )

    def _origins(self) -> dict[Any, Span]:
        """Where each derivative was written: the innermost operator, as its span is the shortest."""
        found: dict[Any, Span] = {}
        for span, typed in self.findings.derivatives:
            try:
                partials = all_of(typed.build(), Partial)
            except PdeError:
                continue
            for partial in partials:
                key = signature(partial)
                if key not in found or span.end - span.start < found[key].end - found[key].start:
                    found[key] = span
        return found

    def _conditions(self, coordinates: Coordinates, domain: Domain) -> Iterator[Condition]:
        statements = list(self._all(tree.Condition))
        for statement in statements:
            if statement.kind in ("initial", "terminal") and coordinates.time is None:
                message = f"an {statement.kind} condition needs a time"
                self._stop(statement.span, "E204", message, "declare `time t in [0, 1]`")
            if statement.kind == "boundary" and domain.boundary() is None:
                message = f"there is no boundary: the domain is the {domain.describe()}"
                self._stop(statement.span, "E204", message)
            alike = [other for other in statements if other.kind == statement.kind]
            label = self._label(statement, statement.kind, alike.index(statement), len(alike))
            yield Condition(label, statement.kind, self._residual(statement, label))

    def _solutions(self, unknowns: tuple[Unknown, ...]) -> Iterator[KnownSolution]:
        seen: set[str] = set()
        for statement in self._all(tree.Solution):
            name = statement.unknown.id
            entity = self.scope.names.get(name)
            if not isinstance(entity, UnknownName):
                hint = f"the unknowns are {', '.join(unknown.name for unknown in unknowns)}"
                self._stop(statement.unknown.span, "E205", f"`{name}` is not an unknown", hint)
            if name in seen:
                self._stop(statement.span, "E205", f"a solution for `{name}` is given twice")
            seen.add(name)
            expression, shape = self.elaborator.expression(statement.value, self.scope)
            if shape != entity.shape:
                message = f"`{name}` is {describe(entity.shape)}, but this is {describe(shape)}"
                self._stop(statement.value.span, "E205", message)
            if expression.has(Partial):
                self._stop(statement.value.span, "E205", "a solution is given without unknowns")
            size = count(shape[0]) if shape else None
            sampled = expression.has(Expectation)
            if sampled and statement.kind == "exact":
                message = "a solution with an expectation is sampled, so it is not exact"
                self._stop(statement.span, "E205", message, f"write reference {name} = …")
            yield KnownSolution(name, statement.kind, expression, size, sampled, statement.span)

    # --- settings, warnings

    def _settings(self, equations: tuple[Residual, ...], conditions: tuple[Condition, ...]) -> dict[str, Any]:
        sets = {"domain", *(c.name for c in conditions), *(c.kind for c in conditions)}
        values: dict[str, Any] = {}
        for train in self._all(tree.Train):
            for setting in train.settings:
                key = setting.key.id
                try:
                    if key not in options.FIELDS:
                        options.checked(key, None)
                    if options.FIELDS[key].metadata["per_set"]:
                        known = sets | ({e.label for e in equations} if key == "weight" else set())
                        values[key] = options.checked(key, self._per_set(setting, known))
                        continue
                    if len(setting.items) != 1 or setting.items[0].label is not None:
                        raise options.OptionError(f"`{key}` takes one value")
                    values[key] = options.checked(key, _literal(setting.items[0].value))
                except options.OptionError as error:
                    self.findings.report(setting.span, "E301", str(error))
        return values

    def _per_set(self, setting: tree.Setting, known: set[str]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for item in setting.items:
            name = item.label.id if item.label else ""
            if name and name not in known:
                raise options.OptionError(f"there is no condition `{name}`; there are {', '.join(sorted(known))}")
            if name in found:
                raise options.OptionError(f"`{setting.key.id}` is given twice" + (f" for `{name}`" if name else ""))
            found[name] = _literal(item.value)
        return found

    def _unused(self) -> None:
        """Warn of parameters and definitions that nothing uses: more often than not a slip of the pen."""
        used = self.findings.used | {
            name.id for statement in self.file.statements for name in _names_in_statement(statement)
        }
        for statement in self.file.statements:
            if isinstance(statement, (tree.Param, tree.Let)) and statement.name.id not in used:
                self.findings.report(statement.name.span, "W401", f"`{statement.name.id}` is never used")


def signature(partial: Partial) -> tuple[str, tuple[Any, ...], int]:
    """What derivatives written alike have in common: unknown, numbered axes, how many axes are summed or free."""
    numbered = tuple(axis for axis in partial.axes if not axis.free_symbols)
    return partial.name, numbered, len(partial.axes) - len(numbered)


def _literal(node: tree.Number | tree.Negate | tree.Name) -> float | int | str:
    if isinstance(node, tree.Name):
        return node.id
    if isinstance(node, tree.Negate):
        value = _literal(node.operand)  # type: ignore[arg-type]
        return -value  # type: ignore[operator]
    return int(node.text) if node.text.isdigit() else float(node.text)


def _names_in(node: Any) -> Iterator[tree.Name]:
    """Every name in an expression, called or not."""
    match node:
        case tree.Name():
            yield node
        case tree.Negate() | tree.Bars():
            yield from _names_in(node.operand)
        case tree.Binary():
            yield from _names_in(node.left)
            yield from _names_in(node.right)
        case tree.Call():
            yield node.function
            for argument in node.arguments:
                yield from _names_in(argument)
        case tree.Subscript():
            yield node.base
            for index in node.indices:
                yield from _names_in(index)
        case tree.Bracket():
            for entry in node.entries:
                yield from _names_in(entry)
        case tree.Keyword():
            yield from _names_in(node.value)
        case tree.Binding():
            yield from _names_in(node.lower)
            yield from _names_in(node.upper)
        case tree.Expectation():
            yield from _names_in(node.law)
            yield from _names_in(node.body)


def _names_in_statement(statement: tree.Statement) -> Iterator[tree.Name]:
    """Names used by declarations, which are not elaborated as expressions of the problem."""
    match statement:
        case tree.Space() | tree.Time():
            yield from _names_in(statement.domain)
            yield from _names_in(getattr(statement, "law", None))
        case tree.Param() | tree.Dim():
            yield from _names_in(statement.value)
        case tree.Unknown():
            yield from _names_in(statement.shape)
