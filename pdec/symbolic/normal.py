"""Normal form: residual = Σ coefficient · product of derivative atoms, and what can be read off it.

Coefficients are free of unknowns. Factors are derivatives, contractions that hold derivatives, and functions of them
(`sin(u)`), whose arguments are in normal form themselves. Like terms are collected; the order of everything is SymPy's
sort order, so that the same input gives the same output under any hash seed, and normalising twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from sympy import Add, Expr, Function, Integer, Max, Min, Mul, Pow, S, default_sort_key, expand

from pdec.budget import spend
from pdec.problem import Term
from pdec.symbolic.atoms import Average, Leaf, Partial
from pdec.symbolic.effort import built
from pdec.symbolic.elsewhere import At, distributed
from pdec.symbolic.expansion import expanded_size, work_of
from pdec.symbolic.sums import Contraction, Extreme, contract, summands
from pdec.symbolic.truth import Where

NOT_POLYNOMIAL = 1_000
"""The degree of what is none."""
LONGEST = 100
"""Units of the allowance that looking for what cancels in a coefficient may take."""


@lru_cache(1000)
def normal_form(expression: Expr) -> tuple[Expr, tuple[Term, ...]]:
    """`expression` in normal form, and its terms. Raises TooLargeError."""
    collected: dict[tuple[tuple[Expr, Expr], ...], list[Expr]] = {}
    for summand in summands(_normal_inside(expression), lambda base: base.has(Partial)):
        spend(1 + len(summand.args))
        term = _term(summand)
        collected.setdefault(term.factors, []).append(term.coefficient)
    terms = []
    for factors, coefficients in collected.items():
        coefficient = _combined(coefficients)
        if coefficient != 0:
            terms.append(Term(coefficient, factors))
    terms.sort(key=_term_key)
    return Add(*(_product(term) for term in terms)), tuple(terms)


def _normal_inside(expression: Expr) -> Expr:
    """Arguments of functions, powers and contractions brought to normal form, from the inside out."""
    if isinstance(expression, Extreme):
        body, limit = expression.opened()
        return Extreme(expression.args[0], normal_form(body)[0], *limit)
    if isinstance(expression, Average) and expression.has(Partial):
        return distributed(expression.mapped(lambda part: normal_form(part)[0]))
    if not expression.has(Partial) or (isinstance(expression, Leaf) and not isinstance(expression, Contraction)):
        return expression
    if isinstance(expression, Contraction):
        body, limits = expression.opened()
        return contract(_normal_inside(body), *limits)
    if isinstance(expression, (Add, Mul)):
        return expression.func(*(_normal_inside(argument) for argument in expression.args))
    return built(expression.func, *(normal_form(argument)[0] for argument in expression.args))


def _term(summand: Expr) -> Term:
    coefficient: Expr = S.One
    powers: dict[Expr, Expr] = {}
    for factor in Mul.make_args(summand):
        if factor.has(Partial):
            base, exponent = factor.as_base_exp()
            powers[base] = powers.get(base, S.Zero) + exponent
        else:
            coefficient *= factor
    factors = sorted(powers.items(), key=lambda item: (_order(item[0]), default_sort_key(item[0])))
    return Term(coefficient, tuple((base, exponent) for base, exponent in factors if exponent != 0))


def _product(term: Term) -> Expr:
    return Mul(term.coefficient, *(Pow(base, exponent) for base, exponent in term.factors))


def _combined(coefficients: list[Expr]) -> Expr:
    """The sum of coefficients of one product; expanded where that is shorter, so that what cancels does cancel."""
    total = Add(*coefficients)
    if len(coefficients) == 1 or total.is_Atom or total.count_ops() > 200 or expanded_size(total) > 200:
        return total
    work = work_of(total)
    if work > LONGEST:
        return total
    spend(work)
    expanded = expand(total, power_base=False, power_exp=False, log=False)
    if expanded == total:
        return total
    before, after = total.count_ops(), expanded.count_ops()
    if before == after:
        return min(total, expanded, key=default_sort_key)
    return total if before < after else expanded


def _term_key(term: Term) -> tuple[object, ...]:
    """Time derivatives first, then by falling order, the source last: as one would write it."""
    highest = max((_order(base) for base, _ in term.factors), default=-1)
    factors = [(default_sort_key(base), default_sort_key(exponent)) for base, exponent in term.factors]
    return (-highest, factors, default_sort_key(term.coefficient))


@lru_cache(10_000)
def _order(expression: Expr) -> int:
    """The highest order of differentiation in `expression`."""
    return max((len(partial.axes) for partial in expression.atoms(Partial)), default=0)


def order_of(expression: Expr) -> int:
    """The order of a differential equation in normal form."""
    return _order(expression)


def linearity_of(expression: Expr) -> str:
    """`linear`, `semilinear`, `quasilinear` or `fully nonlinear`, in the derivatives of highest order."""
    order = _order(expression)

    def every(partial: Partial) -> bool:
        return True

    def highest(partial: Partial) -> bool:
        return len(partial.axes) == order

    terms = Add.make_args(expression)
    if all(_degree(term, every) <= 1 for term in terms):
        return "linear"
    if any(_degree(term, highest) > 1 for term in terms):
        return "fully nonlinear"
    leading = [term for term in terms if _degree(term, highest) == 1]
    return "semilinear" if all(_degree(term, every) <= 1 for term in leading) else "quasilinear"


def degrees_of(expression: Expr) -> list[int]:
    """The degree of every term in unknowns and their derivatives; NOT_POLYNOMIAL or more for one that is no product."""
    return [_degree(term, lambda partial: True) for term in Add.make_args(expression)]


def _degree(expression: Expr, counts: Callable[[Partial], bool]) -> int:
    """Polynomial degree in the derivatives for which `counts` holds; a large number where it is no polynomial."""
    if not any(counts(partial) for partial in expression.atoms(Partial)):
        return 0
    if isinstance(expression, Partial):
        return 1
    if isinstance(expression, At):
        return 1 if not any(part.has(Partial) for part in (expression.space, expression.time)) else NOT_POLYNOMIAL
    if isinstance(expression, Average) and any(part.has(Partial) for part in expression.args[1:]):
        return NOT_POLYNOMIAL
    if isinstance(expression, (Contraction, Average)):
        return _degree(expression.body, counts)
    if isinstance(expression, Add):
        return max(_degree(argument, counts) for argument in expression.args)
    if isinstance(expression, Mul):
        return sum(_degree(argument, counts) for argument in expression.args)
    if isinstance(expression, Pow) and isinstance(expression.exp, Integer) and expression.exp > 0:
        return int(expression.exp) * _degree(expression.base, counts)
    if isinstance(expression, Where) and not any(map(counts, expression.condition.atoms(Partial))):
        return max(_degree(expression.inside, counts), _degree(expression.outside, counts))
    assert isinstance(expression, (Pow, Function, Max, Min, Extreme))
    return NOT_POLYNOMIAL
