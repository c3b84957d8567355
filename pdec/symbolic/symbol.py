"""Symbols: a differential operator as a polynomial in a covector ξ, one coefficient for each order in space and time.

The linearisation of Σ aᵢⱼ ∂ᵢ∂ⱼu + b u_t at any u has the symbols {(2, 0): Σ aᵢⱼ ξᵢξⱼ, (0, 1): b}: a derivative of order
m in space and k in time becomes a product of m entries of ξ, and the powers of the imaginary unit are left to the
reader. A symbol is an expression in index notation like any other, so that of lap(u) is Σ ξᵢ² for every N; the entries
of ξ are written as those of a normal vector, which it is to the surfaces that it belongs to.
"""

from __future__ import annotations

from collections.abc import Callable

from sympy import Abs, Add, Expr, Function, Max, Min, Mul, Pow, S, log, sign

from pdec.budget import spend
from pdec.symbolic.atoms import TIME, Average, Axis, Delta, Normal, Partial, all_of
from pdec.symbolic.effort import times
from pdec.symbolic.elsewhere import At, local
from pdec.symbolic.sums import Contraction, contract
from pdec.symbolic.truth import Truth, Where


class NoSymbolError(Exception):
    """An equation that is no differential equation in the unknown; the message is the end of "not decided: …"."""


def orders(expression: Expr, name: str) -> set[tuple[int, int]]:
    """The orders (in space, in time) of the derivatives of an unknown that occur at the point itself.

    Raises TooLargeError.
    """
    return orders_anywhere(local(expression), name)


def orders_anywhere(expression: Expr, name: str) -> set[tuple[int, int]]:
    """The same with what stands at other places and under integrals."""
    spend(0.5)
    found = set()
    for partial in expression.atoms(Partial):
        if partial.name == name:
            times = partial.axes.count(TIME)
            found.add((len(partial.axes) - times, times))
    return found


def symbol_of(expression: Expr, name: str, component: Axis, order: tuple[int, int]) -> Expr:
    """The part of one order of the symbol of the linearisation of `expression` in a component of an unknown.

    Raises NoSymbolError, TooLargeError.
    """

    def seed(partial: Partial) -> Expr:
        times = partial.axes.count(TIME)
        if partial.name != name or (len(partial.axes) - times, times) != order:
            return S.Zero
        covector = (Normal(axis) for axis in partial.axes if axis != TIME)
        return Mul(Delta(partial.component, component), *covector)

    wanted = [partial for partial in expression.atoms(Partial) if seed(partial) != 0]
    if not wanted:
        return S.Zero
    # of the many terms of a system few hold the derivatives asked for
    return varied(Add(*(term for term in Add.make_args(expression) if term.has(*wanted))), seed)


def varied(expression: Expr, seed: Callable[[Partial], Expr]) -> Expr:
    """Σ ∂expression/∂P · seed(P) over the derivatives P of unknowns. Raises NoSymbolError, TooLargeError."""
    spend(1 + len(expression.args))
    if not expression.has(Partial):
        return S.Zero
    if isinstance(expression, Partial):
        return seed(expression)
    if isinstance(expression, (At, Average)):
        return S.Zero  # of lower order: what integrates is smoother than what differentiates
    if isinstance(expression, Contraction):
        body, limits = expression.opened()
        return contract(varied(body, seed), *limits)
    if isinstance(expression, Add):
        return Add(*(varied(argument, seed) for argument in expression.args))
    if isinstance(expression, Mul):
        factors = expression.args
        return Add(*(times(varied(f, seed), *factors[:k], *factors[k + 1 :]) for k, f in enumerate(factors)))
    if isinstance(expression, Pow):
        base, exponent = expression.args
        result = times(varied(base, seed), exponent, Pow(base, exponent - 1))
        return result + (times(varied(exponent, seed), expression, log(base)) if exponent.has(Partial) else S.Zero)
    if isinstance(expression, (Max, Min)):
        return _varied_extreme(expression, seed)
    if isinstance(expression, Where):
        return Where(expression.condition, varied(expression.inside, seed), varied(expression.outside, seed))
    if isinstance(expression, (sign, Truth)):
        return S.Zero
    if isinstance(expression, Abs):
        return times(varied(expression.args[0], seed), sign(expression.args[0]))
    if isinstance(expression, Function):
        spend(len(expression.atoms(Function)))  # each function inside is one more factor
        return Add(*(times(varied(a, seed), expression.fdiff(k)) for k, a in enumerate(expression.args, 1)))
    if all(seed(partial) == 0 for partial in all_of(expression, Partial)):
        return S.Zero  # inside an integral, or at another place, derivatives of lower order do not matter
    raise NoSymbolError("derivatives of highest order stand in an integral, a maximum or at another place")


def _varied_extreme(expression: Expr, seed: Callable[[Partial], Expr]) -> Expr:
    """Of the largest (or smallest) argument alone."""
    side = 1 if isinstance(expression, Max) else -1
    result = S.Zero
    for k, argument in enumerate(expression.args):
        others = expression.func(*expression.args[:k], *expression.args[k + 1 :])
        result += times(varied(argument, seed), (1 + side * sign(argument - others)) / 2)
    return result
