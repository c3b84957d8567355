"""Terms of residuals that are computed as one: α·lap(u) + β·u_t + γ·dot(b, grad(u)).

Where second derivatives are carried through a network as one sum, first derivatives that are added to it at the first
layer come out with it at the last, so that an equation of diffusion costs what its Laplacian does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sympy import Add, Basic, Expr, Mul, S, preorder_traversal
from sympy.core.symbol import Str

from pdec.estimators import Derivative
from pdec.estimators.rules import Along, Line, Rule, rule
from pdec.reading import POINTS
from pdec.symbolic.atoms import Coefficient, Coordinate, Delta, Entry, Leaf, Lookup, Tensor, slot
from pdec.symbolic.names import identifier
from pdec.symbolic.sums import Contraction, Extreme

KNOWN = (Coordinate, Entry, Delta, Coefficient, Contraction, Extreme)
"""What a coefficient may hold: it is needed before the network is called."""


def joined(
    expressions: Sequence[Expr],
    derivatives: Sequence[Derivative],
    joins: Callable[[Derivative], bool],
    taken: set[str],
    show: Callable[[Expr], str],
) -> tuple[tuple[Expr, ...], tuple[Derivative, ...]]:
    """Residuals and their derivatives, each sum of second derivatives with the first ones beside it in one variable,
    where then less is left to be carried; else as they were. `joins` says what is such a sum.

    The variables that hold derivatives are Tensors in the expressions; `taken` are the names that new ones cannot have.
    """
    if not any(map(joins, derivatives)):
        return tuple(expressions), tuple(derivatives)
    alone = _alone(expressions, derivatives)
    groups: dict[tuple[int, str, Basic], list[Derivative]] = defaultdict(list)
    for derivative in derivatives:
        if derivative.name in alone:
            partial = derivative.partial
            groups[alone[derivative.name].residual, partial.name, partial.component].append(derivative)
    found, left = list(expressions), list(derivatives)
    for (place, name, _), group in groups.items():
        sums = [each for each in group if joins(each)]
        slopes = [each for each in group if _is_slope(rule(each, 2))]
        if len(sums) != 1 or not slopes:
            continue
        (main,) = sums
        terms = [(alone[each.name].coefficient, each) for each in (*slopes, main)]
        variable = identifier(f"operator_{name}", taken)
        whole = replace(main, name=variable, text=_text(terms, show), scale=terms[-1][0], drift=tuple(terms[:-1]))
        gone = {each.name for _, each in terms}
        rest = [term for term in Add.make_args(found[place]) if gone.isdisjoint(_names(term))]
        found[place] = Add(Tensor(Str(variable), POINTS), *rest)
        left = [whole if each is main else each for each in left if each not in slopes]
    if _less(_carried(left, joins), _carried(derivatives, joins)):
        return tuple(found), tuple(left)
    return tuple(expressions), tuple(derivatives)


@dataclass(frozen=True, slots=True)
class _Place:
    """The one residual that a derivative stands in, and its coefficient there."""

    residual: int
    coefficient: Expr


def _alone(expressions: Sequence[Expr], derivatives: Sequence[Derivative]) -> dict[str, _Place]:
    """The scalar derivatives of one component that stand in one residual, and there with a known coefficient, by their
    names. A sum over components, Σ b_k v_k, has coefficients inside, which are its own."""
    found: dict[str, _Place] = {}
    terms = [(k, term, _names(term)) for k, expression in enumerate(expressions) for term in Add.make_args(expression)]
    for derivative in derivatives:
        if derivative.partial.component.free_symbols:
            continue
        variable = Tensor(Str(derivative.name), POINTS)
        held = [(k, term, names) for k, term, names in terms if derivative.name in names]
        linear = [term / variable for _, term, names in held if len(names) == 1 and variable in Mul.make_args(term)]
        if len(linear) == len(held) > 0 and len({k for k, _, _ in held}) == 1 and all(map(_known, linear)):
            found[derivative.name] = _Place(held[0][0], Add(*linear))
    return found


def _names(term: Expr) -> list[str]:
    """The variables in a term, as often as it is a product of them or has powers."""
    return [leaf.name for leaf in preorder_traversal(term) if isinstance(leaf, Tensor)]


def _known(coefficient: Expr) -> bool:
    """Whether it is one number at each point, of which the network is not asked."""
    if coefficient.has(Lookup) or slot(0) in coefficient.free_symbols:
        return False
    return all(isinstance(leaf, KNOWN) for leaf in coefficient.atoms(Leaf))


def _is_slope(found: Rule) -> bool:
    return len(found.factors) == 1 and isinstance(found.factors[0], Line | Along) and found.orders == (1,)


def _less(after: tuple[int, int], before: tuple[int, int]) -> bool:
    """Whether no more sums and fewer directions are carried."""
    return after[0] <= before[0] and after[1] < before[1]


def _carried(derivatives: Sequence[Derivative], joins: Callable[[Derivative], bool]) -> tuple[int, int]:
    """How many sums are carried, and how many single directions."""
    sums, directions = set(), set()
    for derivative in derivatives:
        found = rule(derivative, 2)
        if joins(derivative):
            drift = tuple((coefficient, rule(each, 2).factors) for coefficient, each in derivative.drift)
            sums.add((found.factors, derivative.scale, drift))
        else:
            directions |= set(found.factors)
    return len(sums), len(directions)


def _text(terms: Sequence[tuple[Expr, Derivative]], show: Callable[[Expr], str]) -> str:
    """A sum of derivatives as text, what is subtracted last."""
    signed = []
    for coefficient, derivative in terms:
        negative = coefficient.could_extract_minus_sign()
        size = -coefficient if negative else coefficient
        factor = f"({show(size)})*" if size.is_Add else f"{show(size)}*" if size != S.One else ""
        signed.append((negative, factor + derivative.text))
    (negative, text), *others = sorted(signed, key=lambda each: each[0])
    text = f"-{text}" if negative else text
    return text + "".join(f" {'-' if negative else '+'} {size}" for negative, size in others)
