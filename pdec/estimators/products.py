"""The text of products of the matrix before a Hessian with directions."""

from __future__ import annotations

from sympy import S

from pdec.estimators.base import Writer
from pdec.estimators.rules import Spanned
from pdec.symbolic.atoms import DIM, slot

SPACE = (slot(0), DIM)


def product(factor: Spanned, space: str, writer: Writer) -> str:
    """The text of the products Aω (K, B, N) with the vectors ω that `space` says."""
    text = space
    if factor.right != S.One:
        text = f"{writer.factor(factor.right, (SPACE,))} * {text}"
    if factor.matrix == S.One:
        text = f"({text}).sum(-1, keepdim=True)"
    else:
        matrix = writer.show(factor.matrix, (SPACE, (slot(1), DIM)))
        text = f"(({matrix}) @ ({text}).movedim(0, -1)).movedim(-1, 0)"
    return text if factor.left == S.One else f"{writer.factor(factor.left, (SPACE,))} * {text}"
