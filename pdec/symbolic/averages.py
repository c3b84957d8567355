"""Integrals, means over the domain, and expectations: `integral(s in 0..x, …)`, `mean(p)`, `E[z ~ normal(N)] …`."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from sympy import Expr, S
from sympy.core.symbol import Str

from pdec.diagnostics import Span
from pdec.language import tree
from pdec.symbolic.atoms import Expectation, Noise, slot
from pdec.symbolic.elsewhere import MAX_NESTED, Integral, Mean, letter_for, mean_of, nesting, renamed
from pdec.symbolic.indices import end_of_range
from pdec.symbolic.measure import measure
from pdec.symbolic.operators import Shape, count, describe
from pdec.symbolic.scope import CoordinateName, Scope, Typed, ValueName

if TYPE_CHECKING:
    from pdec.symbolic.elaborate import Elaborator

ONE = "one expectation over a longer vector is both: E[w ~ normal(2)] with w[1] and w[2]"
NEW = "choose another letter, and take the unknown there: integral(s in 0..1, u(s)) where u depends on x alone"


def integral(elaborator: Elaborator, node: tree.Call, scope: Scope) -> Typed | None:
    """`integral(s in a..b, f)`, `integral(y in domain, f)`, and `integral(f)` over the domain."""
    first, body = _arguments(node)
    if body is None:
        hint = "write integral(s in 0..x, u(s)), or integral(u^2) over the whole domain"
        return elaborator.report(node.span, "E103", "`integral` takes a variable with its limits and a function", hint)
    if isinstance(first, tree.Binding) and first.upper is not None:
        return _over_interval(elaborator, node, first, body, scope)
    if first is not None and not isinstance(first, tree.Binding):
        name = first.id if isinstance(first, tree.Name) else "s"
        message = "an integral needs the limits of its variable"
        return elaborator.report(first.span, "E109", message, f"write integral({name} in 0..1, …)")
    average = _over_domain(elaborator, node, first, body, scope)
    if average is None:
        return None
    domain = elaborator.findings.domain
    assert domain is not None
    volume = measure(domain, elaborator.findings.dim, symbolic=elaborator.findings.dim_name is not None)
    if volume is None:
        message = f"the volume of the domain ({domain.describe()}) is not known, or fits into no floating-point number"
        return elaborator.report(node.span, "E109", message, "`mean(…)` is the integral over the volume")
    return Typed((), lambda: volume * average.build())


def mean(elaborator: Elaborator, node: tree.Call, scope: Scope) -> Typed | None:
    """`mean(f)`, the average over the space domain at the same time; `mean(y in domain, f)` names the variable."""
    first, body = _arguments(node)
    if body is None:
        hint = "write mean(u), or mean(y in domain, u(y)) with a variable of its own"
        return elaborator.report(node.span, "E103", "`mean` takes a function of the coordinates", hint)
    if first is not None and (not isinstance(first, tree.Binding) or first.upper is not None):
        hint = "write mean(u) or mean(y in domain, …); over an interval, integral(s in a..b, …)/(b - a)"
        return elaborator.report(first.span, "E109", "`mean` is over the whole domain of space", hint)
    return _over_domain(elaborator, node, first, body, scope)


def _arguments(node: tree.Call) -> tuple[tree.Binding | tree.Expression | None, tree.Expression | None]:
    """The first argument of two, and the last; the last is None where there are not one or two plain ones."""
    *first, last = node.arguments or (None,)
    if len(first) > 1 or any(isinstance(argument, tree.Keyword) for argument in node.arguments):
        return None, None
    return (first[0] if first else None), (None if isinstance(last, tree.Binding) else last)


def _over_interval(
    elaborator: Elaborator, node: tree.Call, binding: tree.Binding, body: tree.Expression, scope: Scope
) -> Typed | None:
    assert binding.upper is not None
    ends = [elaborator.check(limit, scope) for limit in (binding.lower, binding.upper)]
    for limit, typed in zip((binding.lower, binding.upper), ends):
        if typed is not None and typed.shape:
            message = f"the limits of an integral are scalars, not {describe(typed.shape)}"
            hint = "an integral over the whole domain is integral(y in domain, …)"
            return elaborator.report(limit.span, "E104", message, hint)
    lower, upper = ends
    if lower is None or upper is None:
        return None

    def make(inner: Expr, name: Str) -> Expr:
        return Integral(inner, name, lower.build(), upper.build())

    return _average(elaborator, "an integral", node.span, binding.index, (), body, scope, make)


def _over_domain(
    elaborator: Elaborator, node: tree.Call, binding: tree.Binding | None, body: tree.Expression, scope: Scope
) -> Typed | None:
    domain = elaborator.findings.domain
    what = "a mean" if node.function.id == "mean" else "an integral"
    if binding is not None and not (isinstance(binding.lower, tree.Name) and binding.lower.id == "domain"):
        message = "a variable runs over the limits of an interval or over the domain"
        hint = f"write {binding.index.id} in 0..1, or {binding.index.id} in domain"
        return elaborator.report(binding.lower.span, "E109", message, hint)
    if domain is None or math.isinf(domain.log_volume(elaborator.findings.dim)):
        message = "the whole space has no finite volume to take a mean over"
        hint = "E[z ~ normal(N)] f(z) is a mean over normal numbers; integral(s in a..b, …) is one over an interval"
        return elaborator.report(node.span, "E109", message, hint)
    single = elaborator.findings.dim == 1 and 0 not in elaborator.findings.coordinates.values()
    if binding is not None:
        shape: Shape = () if single else ("N",)
        return _average(elaborator, what, node.span, binding.index, shape, body, scope, Mean)
    inner = elaborator.check(body, scope)
    if inner is None or not _is_scalar(elaborator, what, body, inner):
        return None
    return Typed((), lambda: _bounded(elaborator, node.span, mean_of(inner.build(), "y", single)))


def _average(
    elaborator: Elaborator,
    what: str,
    span: Span,
    variable: tree.Name,
    shape: Shape,
    body: tree.Expression,
    scope: Scope,
    make: Callable[[Expr, Str], Expr],
) -> Typed | None:
    """What `make` makes of the body and the name of a variable, a scalar or a vector."""
    if variable.id in scope.names:
        message = f"`{variable.id}` is already the name of something else"
        return elaborator.report(variable.span, "E102", message, NEW)
    # a name of its own until the body is known, so that nothing that comes from outside is taken for the variable
    own = f"{variable.id} {elaborator.findings.nodes}"
    value = Typed(shape, lambda: Noise(Str(own), slot(0) if shape else S.One))
    inner = elaborator.check(body, scope.with_(**{variable.id: ValueName(value)}))
    if inner is None or not _is_scalar(elaborator, what, body, inner):
        return None

    def build() -> Expr:
        found = inner.build()
        letter = letter_for(variable.id, found)
        return _bounded(elaborator, span, make(renamed(found, own, letter), Str(letter)))

    return Typed((), build)


def _is_scalar(elaborator: Elaborator, what: str, node: tree.Expression, typed: Typed) -> bool:
    if typed.shape:
        hint = "take it of each entry, such as v[1], or of |v|^2"
        elaborator.report(node.span, "E104", f"{what} is of a scalar, not {describe(typed.shape)}", hint)
    return not typed.shape


def _bounded(elaborator: Elaborator, span: Span, value: Expr) -> Expr:
    if nesting(value) > MAX_NESTED:
        message = f"integrals, means and expectations are nested more than {MAX_NESTED} deep"
        elaborator.stop(span, "E003", message, "the nodes of all of them multiply: integrate over the domain at once")
    return value


def expectation(elaborator: Elaborator, node: tree.Expectation, scope: Scope) -> Typed | None:
    """`E[w ~ normal(N)] body`."""
    law, variable = node.law, node.variable.id
    if law.function.id != "normal" or len(law.arguments) > 1:
        hint = f"write {variable} ~ normal(N) for N independent standard normal numbers, {variable} ~ normal() for one"
        return elaborator.report(law.span, "E203", "expectations are over standard normal vectors", hint)
    if variable in scope.names:
        message = f"`{variable}` is already the name of something else"
        return elaborator.report(node.variable.span, "E102", message, "choose another letter for the random vector")
    size, total = elaborator.findings.size(1), S.One
    if law.arguments:
        bound = end_of_range(elaborator, law.arguments[0], scope)
        if bound is None:
            return None
        number, total = bound
        if number < 1:
            message = f"the size of a random vector is a whole number from 1 on, not {number}"
            return elaborator.report(law.arguments[0].span, "E203", message)
        size = elaborator.findings.size(number)
        total = count(size) if size == "N" else total
    plain = size == "N" and elaborator.findings.dim == 1 and CoordinateName(0) not in scope.names.values()
    # a number, as the one coordinate is one: in E[z ~ normal(1)] u(x + z)
    shape: Shape = (size,) if law.arguments and not plain else ()

    def make(inner: Expr, name: Str) -> Expr:
        if inner.has(Expectation):
            elaborator.stop(node.span, "E203", "an expectation cannot stand inside another one", ONE)
        return Expectation(inner, name, total)

    return _average(elaborator, "an expectation", node.span, node.variable, shape, node.body, scope, make)
