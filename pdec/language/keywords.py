"""The words of the language: one table, from which the parser's messages and the editors' highlighting are made.

A keyword is a terminal of `grammar/pde.lark` of the same name in capitals (tests/language/test_keywords.py compares
the two). Names of operators and constants are not here but in `pdec/symbolic/operators.py`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Word:
    """A word with a meaning of its own.

    `kind` says where it stands: `declaration`, `equation`, `condition`, `solution` and `settings` begin a statement;
    `modifier` stands before a condition and begins its statement; a `connective` stands inside a statement. Those are
    reserved, they cannot be names. A `soft` word means something in one place and can be a name elsewhere; it is no
    terminal of the grammar.
    """

    word: str
    kind: str
    help: str


WORDS = (
    Word("problem", "declaration", "a name, for messages and folders"),
    Word("dim", "declaration", "the dimension of space, a symbol that `--dim` overrides"),
    Word("param", "declaration", "numbers with a name, that `--param` overrides, or drawn once from a law"),
    Word("space", "declaration", "the space coordinates and their domain"),
    Word("region", "declaration", "a name for a domain, to be used in others, after `on`, `in` and `outside`"),
    Word("time", "declaration", "the time coordinate and its interval"),
    Word("unknown", "declaration", "the functions that are looked for"),
    Word("let", "declaration", "an abbreviation: a value, a function, or a vector or matrix by its entries"),
    Word("table", "declaration", "a function that a file gives by its values at points"),
    Word("equation", "equation", "a differential equation, with a label if there are several"),
    Word("also", "equation", "what follows from equations, which are named by their labels: also grad(equation) = 0"),
    Word("initial", "condition", "a condition at the first time"),
    Word("terminal", "condition", "a condition at the last time"),
    Word("boundary", "condition", "a condition at the boundary, or at a part of it after `on`"),
    Word("periodic", "condition", "what happens at one end of a coordinate happens at the other"),
    Word("data", "condition", "an expression has the values that a file gives at its points"),
    Word("hard", "modifier", "before a condition: the network is built to meet it"),
    Word("exact", "solution", "the solution, which is checked and to which results are compared"),
    Word("reference", "solution", "a solution with expectations, which are sampled"),
    Word("manufacture", "solution", "the solution to have: its source term is worked out"),
    Word("train", "settings", "defaults for the options of `pdec solve`"),
    Word("in", "connective", "between a coordinate or an index and where it runs"),
    Word("on", "connective", "before the place where a condition holds"),
    Word("and", "connective", "between conditions of `where` that must both hold"),
    Word("or", "connective", "between conditions of `where` one of which must hold"),
    Word("not", "connective", "before a condition of `where` that must not hold"),
    Word("outside", "connective", "before the region where an equation does not hold"),
    Word("column", "soft", "after the name of a file: the column to take"),
    Word("linear", "soft", "after the file of a table: multilinear between the points of its grid"),
    Word("nearest", "soft", "after the file of a table: the value at the nearest point"),
    Word("vector", "soft", "the shape of an unknown or a parameter: vector(N)"),
    Word("complex", "soft", "the kind of an unknown with a real and an imaginary part"),
    Word("matrix", "soft", "the shape of a parameter: matrix(N), matrix(m, n)"),
    Word("ball", "soft", "a domain: ball(N, radius=1, center=0)"),
    Word("sphere", "soft", "a surface: sphere(N, radius=1, center=0)"),
    Word("annulus", "soft", "a domain: annulus(N, inner=1, outer=2, center=0)"),
    Word("union", "soft", "a domain: union(A, B), the points of any"),
    Word("intersection", "soft", "a domain: intersection(A, B), the points that all have in common"),
    Word("inner", "soft", "after `on`: the inner sphere of an annulus"),
    Word("outer", "soft", "after `on`: the outer sphere of an annulus"),
    Word("R", "soft", "the real numbers: R, R^N"),
    Word("normal", "soft", "a law: normal(mean, standard deviation)"),
    Word("radial", "soft", "a law of points in a ball: the radius is uniform"),
    Word("sde", "soft", "a law of points: those of a diffusion, sde(drift, diffusion, start=0, steps=20)"),
    Word("uniform", "soft", "a law of points in a bounded domain"),
)

BEGINNING = frozenset({"declaration", "equation", "condition", "solution", "settings", "modifier"})
"""The kinds that begin a statement."""


def words(*kinds: str) -> tuple[str, ...]:
    """The words of the given kinds, in the order of the table."""
    return tuple(row.word for row in WORDS if row.kind in kinds)


RESERVED = frozenset(words(*BEGINNING, "connective"))
"""What cannot be a name."""
