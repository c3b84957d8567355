"""Syntax tree of a file → Problem: declarations are gathered, expressions elaborated and brought to normal form.

The order of the statements in the file does not matter, except that a `let` or `param` uses only earlier ones.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from sympy import Add, Expr, Integer, S

from pdec.budget import MADE, TooLargeError, allowance
from pdec.diagnostics import Diagnostic, PdeError, Source, Span
from pdec.domains import Domain
from pdec.domains.sets import held_fast, interval_of
from pdec.language import tree
from pdec.language.silence import silence
from pdec.problem import Ansatz, Condition, Coordinates, KnownSolution, Problem, Residual, Unknown, point_sets
from pdec.symbolic.ansatz import AnsatzError, ansatz_of
from pdec.symbolic.arrays import Arrays
from pdec.symbolic.atoms import DIM, TIME, Expectation, Partial, all_of, at, slot
from pdec.symbolic.calculus import NotDifferentiableError, substituted
from pdec.symbolic.complexes import I, is_complex, parts
from pdec.symbolic.evaluate import NotRealError
from pdec.symbolic.files import FromFiles
from pdec.symbolic.indices import axis_of
from pdec.symbolic.inverse import true, with_true_values
from pdec.symbolic.mentions import names_in, names_in_declaration, nodes_in
from pdec.symbolic.normal import linearity_of, normal_form, order_of
from pdec.symbolic.operators import Shape, count, describe, stacked, with_normal
from pdec.symbolic.points import see_law
from pdec.symbolic.profiles import beyond, name_of, phrase
from pdec.symbolic.scope import CoordinateName, Entity, NumberName, Scope, Typed, UnknownName, ValueName, fixed
from pdec.symbolic.settings import settings_of
from pdec.symbolic.where import Places, normal_of


def assemble(
    file: tree.File, source: Source, dim: int | None = None, params: Mapping[str, float] | None = None
) -> Problem:
    """The problem that `file` states, for `dim` in place of its own dimension and `params` in place of its parameters.

    Raises PdeError with everything found wrong, OptionError for a `dim` or a parameter that the file does not have.
    """
    with allowance(MADE):
        assembler = _Assembler(file, source, dim, dict(params or {}))
        try:
            return assembler.problem()
        except TooLargeError as error:  # outside of any one expression: in looking for points of a domain
            where = next(
                (statement.span for statement in file.statements if isinstance(statement, tree.Space)), Span(0, 1)
            )
            raise PdeError([Diagnostic(source, where, "E003", str(error))]) from None


class _Assembler(FromFiles, Arrays):
    pairs: frozenset[str] = frozenset()  # labels of complex equations

    def problem(self) -> Problem:
        self._dimension()
        self._parameters()
        self._regions()
        coordinates, domain = self._coordinates()
        self.coordinates = coordinates
        arrays = self._arrays()
        unknowns = self._unknowns()
        tables = self._each(self._tables())
        self._lets()
        stated = self._all(tree.Solution)
        self.numbers = with_true_values(self.numbers, stated, self._constant, self.elaborator, self.scope)
        law = self._law_of_points(coordinates)
        self.findings.raise_errors()
        space = next(self._all(tree.Space))
        self.places = Places(self.elaborator, self.scope, self.reader, space, domain, self._geometry)
        equations = self._each(self._equations())
        conditions = self._each(self._conditions(coordinates))
        labels = self._labels(list(self._all(tree.Data)), "data")
        conditions += self._each(self._data(labels, self._residual, coordinates, domain))
        conditions += self._each(self._periodic(equations, unknowns, coordinates, domain))
        solutions = self._each(self._solutions(unknowns))
        self.findings.raise_errors()
        equations = self._each(partial(self._manufactured, equation, solutions) for equation in equations)
        equations += self._each(self._consequences(equations))
        ansatz = self._ansatz(conditions, coordinates)
        read = {name: self.reader.region(region.name) for name, region in self.reader.regions.items()}
        regions = {name: region.domain for name, region in read.items() if region.dim == self.findings.dim}
        sets = point_sets(equations, conditions)
        settings = settings_of(self._all(tree.Train), set(sets), {e.label for e in equations}, self.findings)
        name = self._one(tree.ProblemName, "problem", "problem heat", needed=False)
        self.findings.raise_errors()
        self._unused()
        self.findings.note(silence(self.source).mistakes)
        problem = Problem(
            name=name.name.id if name else self.source.name.rsplit("/", 1)[-1].removesuffix(".pde"),
            source=self.source,
            dim=self.findings.dim,
            dim_name=self.findings.dim_name,
            coordinates=coordinates,
            domain=domain,
            unknowns=unknowns,
            constants=self.findings.constants,
            arrays=arrays,
            numbers=self.numbers,
            tables=tables,
            equations=equations,
            conditions=conditions,
            ansatz=ansatz,
            dimension_in_domain=self.dimension_in_domain,
            regions=regions,
            law=law,
            overrides=self.overrides,
            solutions=solutions,
            settings=settings,
            warnings=silence(self.source).kept(self.findings.diagnostics),
        )
        self._see_law(problem)
        return problem

    def _see_law(self, problem: Problem) -> None:
        """Refuse a law of points whose drift or diffusion is not real at some of those where it starts."""
        try:
            see_law(problem)
        except NotRealError:
            stated = next(self._all(tree.Space)).law
            assert stated is not None
            message = "from some of its starting points this law leads nowhere: a root or a power is not real there"
            hint = "points would be nan; see where it starts, or write max(…, 0) under the root"
            self._stop(stated.span, "E203", message, hint)

    # --- equations, conditions, solutions

    def _labels(self, statements: list[Any], default: str) -> list[str]:
        """The label of each statement: its own, or `boundary`, or `boundary1`, `boundary2`, … if there are several."""
        own = {statement.label.id for statement in statements if statement.label is not None}
        labels = []
        for k, statement in enumerate(statements):
            if statement.label is not None:
                self._declare(statement.label)
                labels.append(statement.label.id)
            elif len(statements) == 1:
                labels.append(default)
            else:
                labels.append(next(name for n in itertools.count(k + 1) if (name := f"{default}{n}") not in own))
                own.add(labels[-1])
        return labels

    def _equations(self) -> Iterator[Callable[[], Residual]]:
        statements = list(self._all(tree.Equation))
        if not statements:
            hint = "add a line such as: equation lap(u) = 0"
            self.findings.report(self.end, "E201", "the problem has no `equation`", hint)
        labels = self._labels(statements, "equation")
        self.findings.labels = {*labels, "equation"}
        for statement, label in zip(statements, labels):
            yield partial(self._equation, statement, label)

    def _equation(self, node: tree.Equation, label: str) -> Residual:
        where = self.places.of_equation(node)
        return replace(self._residual(node, label), where=where)

    def _consequences(self, equations: tuple[Residual, ...]) -> Iterator[Callable[[], Residual]]:
        """`also` statements: equations in which the labels of others stand for left minus right side."""
        statements = list(self._all(tree.Also))
        names = {equation.label: equation for equation in equations}
        if len(equations) == 1:
            names["equation"] = equations[0]
        values: dict[str, Entity] = {}
        for name, equation in names.items():
            shape: Shape = () if equation.size is None else ("N" if equation.size == DIM else int(equation.size),)
            value = equation.expression
            if name in self.pairs or (name == "equation" and equation.label in self.pairs):
                value, shape = at(value, s0=Integer(1)) + I * at(value, s0=Integer(2)), ()
            values[name] = ValueName(fixed(value, shape))
        scope = self.scope.with_(**values)
        for statement, label in zip(statements, self._labels(statements, "also")):
            yield partial(self._consequence, statement, label, scope, names)

    def _consequence(self, node: tree.Also, label: str, scope: Scope, equations: Mapping[str, Residual]) -> Residual:
        """A consequence holds where the equations hold that it mentions."""
        mentioned = (equations[name.id].where for name in names_in(node.left, node.right) if name.id in equations)
        regions = {where.name: where for where in mentioned if where is not None}
        if len(regions) > 1:
            self._stop(node.span, "E206", f"this follows from equations that hold {' and '.join(regions)}")
        return replace(self._residual(node, label, scope), where=next(iter(regions.values()), None))

    def _residual(
        self,
        node: tree.Equation | tree.Also | tree.Condition,
        label: str,
        scope: Scope | None = None,
        given: Typed | None = None,
    ) -> Residual:
        """The residual of an equation or a condition; `given` is its right side where no expression says it."""
        self.findings.derivatives.clear()
        scope = scope or self.scope
        left = self.elaborator.check(node.left, scope)
        right = self.elaborator.check(node.right, scope) if node.right else given or Typed((), lambda: S.Zero)
        if left is None or right is None:
            raise PdeError(self.findings.diagnostics)
        literal_zero = isinstance(node.right, tree.Number) and float(node.right.text) == 0
        if left.shape != right.shape and not (node.right is None or literal_zero):
            message = f"the left side is {describe(left.shape)}, the right side {describe(right.shape)}"
            self._stop(node.span, "E104", message, "both sides of = must have the same shape")
        if len(left.shape) > 1:
            self._stop(node.span, "E104", f"an equation is scalar or vector, not {describe(left.shape)}")
        code = "E204" if isinstance(node, tree.Condition) else "E206"
        self.findings.raise_errors()
        try:
            difference = left.build()
            if given is not None or (node.right is not None and not literal_zero):
                difference -= right.build()
            if self.findings.normal is not None:
                difference = with_normal(difference, self.findings.normal)
            found = self._parts(node, difference, left.shape or right.shape) if is_complex(difference) else [difference]
            pair = len(found) == 2
            if pair:
                self.pairs |= {label}
            difference = stacked(found) if pair else Add(*found)
            expression, terms = normal_form(difference)
        except TooLargeError as error:
            message = str(error) or "multiplied out, this equation has too many terms"
            self._stop(node.span, "E003", message)
        self.elaborator.sound(expression, node.span)
        if not expression.has(Partial):
            what = "holds for every unknown" if expression == 0 else "does not contain an unknown"
            self._stop(node.span, code, f"this equation {what}")
        return Residual(
            label=label,
            expression=expression,
            size=Integer(2) if pair else count(left.shape[0]) if left.shape else None,
            terms=terms,
            order=order_of(expression),
            linearity=linearity_of(expression),
            span=node.span,
            origins=self._origins(),
            follows=isinstance(node, tree.Also),
        )

    def _parts(self, node: tree.Statement, difference: Expr, shape: Shape) -> list[Expr]:
        """The real and the imaginary part of a complex equation; one that vanishes is left away."""
        if shape:
            hint = "write one equation for each entry: grad(h) = 0 is h_x = 0 and h_y = 0"
            self._stop(node.span, "E104", "an equation between complex vectors cannot be stated", hint)
        found = [normal for part in parts(difference) if (normal := normal_form(part)[0]) != 0]
        unknowns = (e for e in self.scope.names.values() if isinstance(e, UnknownName) and e.complex)
        names = {str(unknown.name.name) for unknown in unknowns}
        if len(found) == 2 and not any(partial.name in names for part in found for partial in part.atoms(Partial)):
            message = "an equation for real unknowns has an imaginary part"
            self._stop(node.span, "E206", message, "declare an unknown as complex, `unknown h: complex`, or take re(…)")
        return found

    def _origins(self) -> dict[Any, Span]:
        """Where each derivative was written: the innermost operator, as its span is the shortest."""
        found: dict[Any, Span] = {}
        for span, typed in self.findings.derivatives:
            try:
                partials = all_of(typed.build(), Partial)
            except (PdeError, TooLargeError):
                continue
            for derivative in partials:
                key = signature(derivative)
                if key not in found or span.end - span.start < found[key].end - found[key].start:
                    found[key] = span
        return found

    def _conditions(self, coordinates: Coordinates) -> Iterator[Callable[[], Condition]]:
        statements = list(self._all(tree.Condition))
        labels: dict[int, str] = {}
        for kind in ("initial", "terminal", "boundary"):
            alike = [statement for statement in statements if statement.kind == kind]
            labels |= {id(statement): label for statement, label in zip(alike, self._labels(alike, kind))}
        for statement in statements:
            yield partial(self._condition, statement, labels[id(statement)], coordinates)

    def _condition(self, node: tree.Condition, label: str, coordinates: Coordinates) -> Condition:
        if node.kind in ("initial", "terminal") and coordinates.time is None:
            article = "an" if node.kind == "initial" else "a"
            message = f"{article} {node.kind} condition needs a time"
            self._stop(node.span, "E204", message, "declare `time t in [0, 1]`")
        where, places = self.places.of_condition(node)
        self.findings.normal = normal_of(where) if node.kind == "boundary" else None
        residual = self._residual(node, label)
        self.findings.normal = None
        if node.hard and label in self.pairs:
            message = "a hard condition gives a real unknown its value, and this one is complex"
            hint = "leave `hard` away, or state the real and the imaginary part as two real unknowns"
            self._stop(node.span, "E204", message, hint)
        return Condition(label, node.kind, residual, places, node.hard, where=where)

    def _periodic(
        self, equations: tuple[Residual, ...], unknowns: tuple[Unknown, ...], coordinates: Coordinates, domain: Domain
    ) -> Iterator[Callable[[], Condition]]:
        """`periodic x`: every unknown is the same at both ends, and its derivatives below the highest along x too."""
        for statement in self._all(tree.Periodic):
            for coordinate in statement.coordinates:
                for unknown in unknowns:
                    if not _depends_on(coordinate, unknown, self.scope):
                        continue
                    for slope in range(max(1, _order_along(coordinate, unknown, equations, self.scope))):
                        yield partial(self._period, coordinate, unknown, slope, coordinates, domain)

    def _period(
        self, node: tree.Name | tree.Subscript, unknown: Unknown, slope: int, coordinates: Coordinates, domain: Domain
    ) -> Condition:
        axes = axis_of(self.elaborator, node, self.scope)
        self.findings.raise_errors()
        assert axes is not None
        ends = None if axes[0] == TIME else interval_of(domain, int(axes[0]) - 1)
        if ends is None:
            self._stop(node.span, "E204", "a coordinate is periodic between the two ends of an interval", "use a box")
        axis, (lower, upper) = int(axes[0]), ends
        where = held_fast(domain, self.findings.dim, ((axis - 1, lower),))
        expression = Partial(name_of(unknown), Integer(1) if unknown.scalar else slot(0), *axes * slope)
        try:
            _, terms = normal_form(expression)
        except TooLargeError as error:
            self._stop(node.span, "E003", str(error))
        name = f"{coordinates.names[0]}{axis}" if coordinates.vector else coordinates.names[axis - 1]
        label = f"periodic_{name}_{unknown.name}" + ("_" + name * slope if slope else "")
        size = None if unknown.scalar else Integer(2) if unknown.complex else count(self.findings.size(unknown.size))
        residual = Residual(label, expression, size, terms, slope, "linear", node.span, {})
        return Condition(label, "periodic", residual, ((axis, lower),), period=(axis, upper - lower), where=where)

    def _manufactured(self, equation: Residual, solutions: tuple[KnownSolution, ...]) -> Residual:
        """The equation with the source term that makes the manufactured solution solve it."""
        values = {solution.unknown: solution.expression for solution in solutions}
        if all(solution.kind != "manufacture" for solution in solutions):
            return equation
        missing = {partial.name for partial in equation.expression.atoms(Partial)} - set(values)
        if missing:
            message = f"`manufacture` needs a solution for every unknown of the equation; {', '.join(missing)} has none"
            self._stop(equation.span, "E205", message)
        try:
            source = substituted(equation.expression, values)
            source = true(source, self.numbers, equation.span, self.findings, "the source term")
            expression, terms = normal_form(equation.expression - source)
        except NotDifferentiableError as error:
            self._stop(equation.span, "E106", f"the source term cannot be worked out: {error}")
        except TooLargeError as error:
            self._stop(equation.span, "E003", str(error) or "multiplied out, the source term has too many terms")
        self.elaborator.sound(source, equation.span)
        return replace(equation, expression=expression, terms=terms)

    def _ansatz(self, conditions: tuple[Condition, ...], coordinates: Coordinates) -> tuple[Ansatz, ...]:
        try:
            found = ansatz_of(conditions, coordinates)
            self._of_own_coordinates(found)
            return found
        except AnsatzError as error:
            self._stop(error.span, "E204", error.message, error.hint)
        except TooLargeError as error:
            hard = next(condition for condition in conditions if condition.hard)
            message = str(error) or "multiplied out, what meets the hard conditions has too many terms"
            self._stop(hard.residual.span, "E003", message)

    def _of_own_coordinates(self, found: tuple[Ansatz, ...]) -> None:
        """See that hard conditions make no unknown depend on a coordinate that it does not depend on."""
        for ansatz in found:
            entity = self.scope.names[ansatz.unknown]
            assert isinstance(entity, UnknownName)
            other = beyond(ansatz.base, entity.along, self.coordinates)
            if other := other or beyond(ansatz.factor, entity.along, self.coordinates):
                own = f"`{ansatz.unknown}` depends on {phrase(entity.arguments)} alone"
                message = f"{own}, and by this it would depend on {other}"
                self._stop(ansatz.span, "E204", message, "leave `hard` away: the condition becomes a term of the loss")

    def _solutions(self, unknowns: tuple[Unknown, ...]) -> Iterator[Callable[[], KnownSolution]]:
        seen: set[str] = set()
        for statement in self._all(tree.Solution):
            name = statement.unknown.id
            entity = self.scope.names.get(name)
            if name in {number.name for number in self.numbers}:
                continue
            if not isinstance(entity, UnknownName):
                hint = f"the unknowns are {', '.join(unknown.name for unknown in unknowns)}"
                if isinstance(entity, NumberName):
                    hint = f"a number to be found is declared by `unknown param {name} = …`"
                self.findings.report(statement.unknown.span, "E205", f"`{name}` is not an unknown", hint)
            elif name in seen:
                self.findings.report(statement.span, "E205", f"a solution for `{name}` is given twice")
            else:
                yield partial(self._solution, statement, entity.shape)
            seen.add(name)

    def _solution(self, node: tree.Solution, wanted: Shape) -> KnownSolution:
        name = node.unknown.id
        expression, shape = self.elaborator.expression(node.value, self.scope)
        if shape != wanted:
            message = f"`{name}` is {describe(wanted)}, but this is {describe(shape)}"
            self._stop(node.value.span, "E205", message)
        pair = parts(expression)
        entity = self.scope.names[name]
        if isinstance(entity, UnknownName) and entity.complex:
            expression, shape = stacked(list(pair)), (2,)
        elif pair[1] != 0:
            hint = f"declare it as complex, `unknown {name}: complex`, or take re(…)"
            self._stop(node.value.span, "E205", f"`{name}` is real, but this is complex", hint)
        if expression.has(Partial):
            hint = "write it in the coordinates and parameters alone"
            named = (part.span for part in nodes_in(node.value) if isinstance(part, tree.Name) and part.id == name)
            self._stop(next(named, node.value.span), "E205", "a solution is given without unknowns", hint)
        expression = true(expression, self.numbers, node.span, self.findings)
        if isinstance(entity, UnknownName) and (other := beyond(expression, entity.along, self.coordinates)):
            message = f"`{name}` depends on {phrase(entity.arguments)} alone, and this on {other}"
            self._stop(
                node.value.span, "E205", message, f"declare `unknown {name}` without arguments, or see the solution"
            )
        size = count(shape[0]) if shape else None
        sampled = expression.has(Expectation)
        if sampled and node.kind == "exact":
            message = "a solution with an expectation is sampled, so it is not exact"
            self._stop(node.span, "E205", message, f"write reference {name} = …")
        return KnownSolution(name, node.kind, expression, size, sampled, node.span)

    def _unused(self) -> None:
        """Warn of parameters and definitions that nothing uses: more often than not a slip of the pen."""
        used = self.findings.used | {
            name.id for statement in self.file.statements for name in names_in_declaration(statement)
        }
        for statement in self.file.statements:
            if (
                isinstance(
                    statement,
                    (
                        tree.Param,
                        tree.UnknownParam,
                        tree.RandomParam,
                        tree.ArrayParam,
                        tree.Region,
                        tree.Table,
                        tree.Let,
                    ),
                )
                and statement.name.id not in used
            ):
                self.findings.report(statement.name.span, "W401", f"`{statement.name.id}` is never used")


def _depends_on(node: tree.Name | tree.Subscript, unknown: Unknown, scope: Scope) -> bool:
    """Whether an unknown depends on a coordinate as it is written after `periodic`."""
    name = node.base if isinstance(node, tree.Subscript) else node
    entity = scope.names.get(name.id)
    space = unknown.along.space
    if space is None or not isinstance(entity, CoordinateName) or entity.axis < 0:
        return True
    if isinstance(node, tree.Subscript) and isinstance(node.indices[0], tree.Number):
        return node.indices[0].text in map(str, space)
    return entity.axis in space or (entity.axis == 0 and bool(space))


def _order_along(
    node: tree.Name | tree.Subscript, unknown: Unknown, equations: tuple[Residual, ...], scope: Scope
) -> int:
    """The highest order to which an unknown is differentiated along a coordinate; a summed index may be any."""
    entity = scope.names.get(node.id) if isinstance(node, tree.Name) else None
    own = Integer(entity.axis) if isinstance(entity, CoordinateName) and entity.axis > 0 else None
    orders = [0]
    for equation in equations:
        for derivative in equation.expression.atoms(Partial):
            if derivative.name == unknown.name:
                # of `x[2]` the number is not looked at: every numbered axis counts, which asks for too much at worst
                along = [a for a in derivative.axes if a != TIME and (a.free_symbols or own is None or a == own)]
                orders.append(len(along))
    return max(orders)


def signature(partial: Partial) -> tuple[str, tuple[Any, ...], int]:
    """What derivatives written alike have in common: unknown, numbered axes, how many axes are summed or free."""
    numbered = tuple(axis for axis in partial.axes if not axis.free_symbols)
    return partial.name, numbered, len(partial.axes) - len(numbered)
