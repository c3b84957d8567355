"""Unknowns of fewer coordinates that nothing is known of: a source q(x) needs more than makes u alone well posed.

What finds such an unknown is data, an equation more, a condition that holds it together with another unknown, or a
condition on that one which would be too many if the first were known.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pdec.diagnostics import Diagnostic
from pdec.domains import Ball, Box
from pdec.problem import Problem, Residual
from pdec.symbolic.atoms import Partial
from pdec.symbolic.classify import Kind
from pdec.symbolic.wellposed import KNOWN_KINDS, missing_and_superfluous

DECIDED = ("elliptic", "parabolic", "hyperbolic")


def found_by_nothing(problem: Problem, kinds: Sequence[Kind]) -> Iterator[Diagnostic]:
    """W410, where it is certain: beside one scalar unknown, whose conditions can be counted."""
    few = [unknown for unknown in problem.unknowns if not unknown.along.whole]
    many = [unknown for unknown in problem.unknowns if unknown.along.whole]
    stated = [equation for equation in problem.equations if not equation.follows]
    conditions = [condition.residual for condition in problem.conditions]
    if (
        not few
        or len(many) != 1
        or not many[0].scalar
        or len(stated) != 1
        or not isinstance(problem.domain, Box | Ball)
    ):
        return
    (kind,) = [kind for equation, kind in zip(problem.equations, kinds) if equation is stated[0]]
    known = any(condition.kind not in KNOWN_KINDS for condition in problem.conditions)
    if known or kind.name not in DECIDED or kind.unknown != many[0].name or kind.space != 2:
        return
    if any(len(_names(residual)) > 1 for residual in conditions):
        return
    alone = replace(problem, unknowns=tuple(many), numbers=(), solutions=())
    if all(warning.code != "W406" for warning in missing_and_superfluous(alone, kinds)):
        name = few[0].name
        message = f"nothing says what `{name}` is: for every `{name}` there is a solution `{many[0].name}`"
        hint = f"add data, a condition more on `{many[0].name}`, or an equation for `{name}`"
        yield Diagnostic(problem.source, few[0].span, "W410", message, hint)


def _names(residual: Residual) -> set[str]:
    return {partial.name for partial in residual.expression.atoms(Partial)}
