"""A residual in normal form → an expression in variables that hold derivatives, and these derivatives.

It is read for linear functionals of derivatives: u_t, lap(u), A : hess(u) as wholes, so that an estimator can weigh
values without ever forming a vector or matrix, and gradients where a product needs them entry by entry. What is left is
arithmetic on variables of the generated function.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NoReturn

from sympy import Basic, Expr, Function, Integer, Mul, S, default_sort_key
from sympy.core.symbol import Str

from pdec.budget import TooLargeError
from pdec.diagnostics import Diagnostic, PdeError, Span
from pdec.estimators import Derivative, Lowering
from pdec.problem import Problem, Residual
from pdec.symbolic.assemble import signature
from pdec.symbolic.atoms import DIM, TIME, Average, Leaf, Partial, Tensor, slot
from pdec.symbolic.calculus import NotDifferentiableError, substituted
from pdec.symbolic.elsewhere import At
from pdec.symbolic.names import identifier
from pdec.symbolic.normal import normal_form
from pdec.symbolic.profiles import name_of
from pdec.symbolic.show import show
from pdec.symbolic.sums import Contraction, Extreme, contract

POINTS = Str("points")


@dataclass(frozen=True, slots=True)
class Found:
    """The derivatives of one place, by what they are, and the names that are taken there."""

    taken: set[str]
    derivatives: dict[tuple[Expr, tuple[Expr, ...]], Derivative] = field(default_factory=dict)


class Reader:
    """Replaces derivatives by variables, noting each of them once: at the point, and at other places."""

    def __init__(self, problem: Problem, lowering: Lowering, taken: set[str], elsewhere: Found) -> None:
        self.problem, self.lowering = problem, lowering
        # with hard conditions u = g + ℓ·f, and what is estimated are derivatives of the network f
        self.names = {unknown.name: name_of(unknown) for unknown in problem.unknowns}
        self.ansatz = {
            a.unknown: a.base + a.factor * Partial(self.names[a.unknown], Integer(1)) for a in problem.ansatz
        }
        self.scalars = frozenset(unknown.name for unknown in problem.unknowns if unknown.scalar)
        self.scalars |= {f"net_{name}" for name in self.ansatz}
        self.sizes = {unknown.name: unknown.size for unknown in problem.unknowns}
        self.here, self.elsewhere = Found(taken), elsewhere
        self.counts: dict[Basic, Expr] = {}  # of the indices of sums that are being read

    def read(self, residual: Residual) -> Expr:
        """The residual with variables in the place of derivatives."""
        self.residual = residual
        expression = residual.expression
        try:
            if self.ansatz:
                expression, _ = normal_form(substituted(expression, self.ansatz))
            return self._replaced(expression)
        except NotDifferentiableError as error:
            self._refuse(f"the hard condition cannot be put in: {error}")
        except TooLargeError as error:
            self._refuse(str(error) or "multiplied out with the hard condition in it, this has too many terms")

    def text(self, expression: Expr) -> str:
        """An expression as it would be written in the file."""
        return show(expression, self.problem.coordinates, self.scalars, self.problem.pairs)

    def _refuse(self, message: str) -> NoReturn:
        hint = "leave `hard` away: the condition becomes a term of the loss"
        raise PdeError([Diagnostic(self.problem.source, self.residual.span, "E204", message, hint)])

    def _replaced(self, expression: Expr) -> Expr:
        if not expression.has(Partial):
            return expression
        if isinstance(expression, Partial):
            return self._variable(expression, self.here)
        if isinstance(expression, At):
            return self._at(expression.what, expression)
        if isinstance(expression, Average):
            return expression.mapped(self._replaced)
        if isinstance(expression, Contraction):
            return self._contraction(expression)
        if isinstance(expression, Extreme):
            body, limit = expression.opened()
            return Extreme(expression.args[0], self._replaced(body), *limit)
        if isinstance(expression, Leaf):
            return expression
        arguments = [self._replaced(argument) for argument in expression.args]
        if isinstance(expression, Function):  # a variable in the place of a derivative makes nothing simpler
            return expression.func(*arguments, evaluate=False)
        return expression.func(*arguments)

    def _contraction(self, contraction: Contraction) -> Expr:
        body, limits = contraction.opened()
        self.counts |= dict(limits)
        if isinstance(body, At) and not {index for index, _ in limits} & body.func(S.Zero, *body.args[1:]).free_symbols:
            # lap(u) there is one functional
            return self._at(contract(body.what, *limits), body)
        if body.has(At):
            return contract(self._replaced(body), *limits)
        partials = sorted(body.atoms(Partial), key=lambda p: (len(p.axes), default_sort_key(p)))
        bound = {index for index, _ in limits}
        (highest, power) = (partials[-1], body.as_powers_dict().get(partials[-1], 0))
        matrix = len(bound & highest.free_symbols) > 1
        if power == 1 and not (body / highest).has(highest) and (len(partials) == 1 or matrix):
            # linear in its highest derivative: the rest of the product is known, and goes into the weight
            others = Mul(*(self._replaced(factor) for factor in Mul.make_args(body) if factor != highest))
            if not others.has(Partial):
                return self._variable(contract(others * highest, *limits), self.here)
        return contract(self._replaced(body), *limits)

    def _at(self, what: Expr, place: At) -> Expr:
        """The variable for a linear functional at another place; the place itself may hold unknowns."""
        return At(self._variable(what, self.elsewhere), self._replaced(place.space), self._replaced(place.time))

    def _variable(self, expression: Expr, found: Found) -> Expr:
        """The variable for a linear functional, whose free indices become slots."""
        axes = self._free_axes(expression)
        names = {axis: slot(k) for k, axis in enumerate(axes)}
        key = expression.xreplace(names)
        sizes = tuple(self._size(expression, axis) for axis in axes)
        if (key, sizes) not in found.derivatives:
            derivative = self._derivative(key, sizes, found.taken)
            refusal = self.lowering.refusal(derivative)
            if refusal:
                hint = "try --method autograd"
                raise PdeError([Diagnostic(self.problem.source, self._place(key), "E302", refusal, hint)])
            found.derivatives[key, sizes] = derivative
        return Tensor(Str(found.derivatives[key, sizes].name), POINTS, *axes)

    def _free_axes(self, expression: Expr) -> list[Basic]:
        if isinstance(expression, Partial):
            indexed = [axis for axis in (expression.component, *expression.axes) if axis.free_symbols]
            return list(dict.fromkeys(indexed))
        return sorted(
            (s for s in expression.free_symbols if s != DIM and s not in self.problem.constants), key=default_sort_key
        )

    def _size(self, expression: Expr, axis: Basic) -> Expr:
        (partial,) = expression.atoms(Partial)
        if axis == partial.component and axis not in partial.axes:
            size = self.sizes[partial.name]
            return DIM if size == self.problem.dim else Integer(size)
        if isinstance(expression, Contraction):
            # a row of a matrix parameter, which can have more or fewer of them than there are coordinates
            rows = self.residual.size if axis == slot(0) else self.counts.get(axis)
            return rows or DIM
        return DIM

    def _derivative(self, key: Expr, sizes: tuple[Expr, ...], taken: set[str]) -> Derivative:
        (partial,) = key.atoms(Partial)
        if partial.name in self.ansatz:
            # what is differentiated is not u but the network in it
            inner = Partial(Str(f"net_{partial.name}"), *partial.args[1:])
            text = self.text(key.xreplace({partial: inner}))
            name = self._name(key.xreplace({partial: inner}), inner)
            return Derivative(identifier(name, taken), key, sizes, text, "")
        text = self.text(key)
        place = self.problem.source.at(self._place(key)) if partial.axes else ""
        return Derivative(identifier(self._name(key, partial), taken), key, sizes, text, place)

    def _place(self, key: Expr) -> Span:
        (partial,) = key.atoms(Partial)
        return self.residual.origins.get(signature(partial), self.residual.span)

    def _name(self, key: Expr, partial: Partial) -> str:
        """A name that says what the variable is: u, u_t, lap_u, grad_u."""
        base = partial.name
        if base not in self.scalars and not partial.component.free_symbols:
            number = int(partial.component)
            base = f"{('re', 'im')[number - 1]}_{base}" if base in self.problem.pairs else f"{base}{number}"
        numbered = "".join(self._axis(axis) for axis in partial.axes if not axis.free_symbols)
        base += f"_{numbered}" if numbered else ""
        summed = [axis for axis in partial.axes if axis.free_symbols]
        if isinstance(key, Partial):
            kinds = {0: "", 1: "grad_", 2: "hess_"} if len(set(summed)) == len(summed) else {}
            return kinds.get(len(summed), f"d{len(summed)}_") + base
        if isinstance(key.body, Partial) and all(summed.count(index) == 2 for index, _ in key.limits):
            return {1: "lap_", 2: "bilap_"}.get(len(key.limits), "polylap_") + base
        if isinstance(key.body, Partial) and len(summed) == 1 and partial.component == summed[0]:
            return f"div_{base}"
        return {1: "slope_", 2: "curvature_"}.get(len(summed), f"d{len(summed)}_") + base

    def _axis(self, axis: Basic) -> str:
        coordinates = self.problem.coordinates
        if axis == TIME:
            return coordinates.time or "t"
        return f"{coordinates.names[0]}{axis}" if coordinates.vector else coordinates.names[int(axis) - 1]
