"""The syntax tree: frozen nodes, each with the span of text it came from (spans do not take part in comparison).

Operators are ordinary calls (`lap(u)`); the Unicode spellings parse to the same nodes as the ASCII ones, so that
parsing what the formatter prints gives the same tree.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from pdec.diagnostics import Span

# --- expressions


@dataclass(frozen=True, slots=True)
class Number:
    """A literal as it was written: `1`, `0.05`, `1e-3`."""

    text: str
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Name:
    """`u`, `x`, `u_xx`, `mu`; subscripts stay part of the name until elaboration."""

    id: str
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Negate:
    operand: Expression
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Binary:
    """`operator` is one of `+ - * / ^ · × :` or `and`, `or`; `·` is the dot product, `×` the cross product, `:` the
    contraction."""

    operator: str
    left: Expression
    right: Expression
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Comparison:
    """`a < b`, or a chain `a < b <= c`: `operators` (each one of `< <= > >= == !=`) stand between the operands."""

    operators: tuple[str, ...]
    operands: tuple[Expression, ...]
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Not:
    """`not x < 1`"""

    operand: Expression
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Bars:
    """`|v|`: absolute value of a scalar, Euclidean norm of a vector."""

    operand: Expression
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Binding:
    """`i in 1..N-1`: the first argument of a call such as `sum(i in 1..N-1, …)`.

    Without an upper end, `y in domain`, `lower` is the set that the variable runs over.
    """

    index: Name
    lower: Expression
    upper: Expression | None
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Keyword:
    """`radius=1` among the arguments of a call."""

    name: Name
    value: Expression
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Call:
    function: Name
    arguments: tuple[Expression | Binding | Keyword, ...]
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Subscript:
    """`x[i]`, `C[i, j]`."""

    base: Name
    indices: tuple[Expression, ...]
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Bracket:
    """`[a, b]`: an interval where a domain is expected, a vector of given entries elsewhere."""

    entries: tuple[Expression, ...]
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Expectation:
    """`E[w ~ normal(N)] body`: the mean of `body` over the random vector w."""

    variable: Name
    law: Call
    body: Expression
    span: Span = field(compare=False, repr=False)


Expression: TypeAlias = (
    Number
    | Name
    | Negate
    | Binary
    | Comparison
    | Not
    | Bars
    | Binding
    | Keyword
    | Call
    | Subscript
    | Bracket
    | Expectation
)

# --- statements


@dataclass(frozen=True, slots=True)
class ProblemName:
    """`problem heat`"""

    name: Name
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Dim:
    """`dim N = 100`"""

    name: Name
    value: Expression
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Param:
    """`param mu = 1, T = 1` gives one Param per name."""

    name: Name
    value: Expression
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class RandomParam:
    """`param c: vector(N) ~ normal(0, 1, seed=7)`: drawn once for a seed; without a shape, one number."""

    name: Name
    shape: Call | None
    law: Call
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ArrayParam:
    """`param rho: matrix(N) = equicorr(0.3)`: a vector or matrix that is given."""

    name: Name
    shape: Call
    value: Expression
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Space:
    """`space x in ball(N)`, `space (x, y) in [0, 1]^2`, `space x in R^N ~ normal(0, 1)`.

    `grouped` tells `(x)` or `(x, y)` (named scalar coordinates) from `x` (one name for the whole vector).
    """

    names: tuple[Name, ...]
    grouped: bool
    domain: Expression
    law: Call | None
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Region:
    """`region hole = ball(2, radius=0.2)`: a name for a domain."""

    name: Name
    domain: Expression
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Time:
    """`time t in [0, T]`; `domain` is the expression after `in`."""

    name: Name
    domain: Expression
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Unknown:
    """`unknown u(x, t)`, `unknown v(x, t): vector(2)`, `unknown h: complex`.

    `arguments` and `shape` may be missing (empty, None).
    """

    name: Name
    arguments: tuple[Name, ...]
    shape: Call | None
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class UnknownParam:
    """`unknown param k = 0.5 in [0, 10]`: a number that training finds, from where it starts, and its bounds."""

    name: Name
    value: Expression
    bounds: Expression | None
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Let:
    """`let k = 1 + |x|^2`, `let g(x) = …` (parameters), `let C[i, j] = …` (indices)."""

    name: Name
    parameters: tuple[Name, ...]
    indices: tuple[Name, ...]
    value: Expression
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Equation:
    """`equation u_t = lap(u)`, `equation momentum: …`. Without `=`, the right side is None: zero is meant."""

    label: Name | None
    left: Expression
    right: Expression | None
    within: Within | None
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Also:
    """`also grad(equation) = 0`: what follows from equations, whose labels stand for left minus right side."""

    label: Name | None
    left: Expression
    right: Expression | None
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Condition:
    """`initial u = …`, `terminal u = …`, `boundary wall: u = … on x = 0`; `kind` is the keyword.

    `hard` (written before the keyword): the network is built so that the condition holds, whatever its weights.
    """

    kind: str
    label: Name | None
    left: Expression
    right: Expression | None
    within: Within | None
    places: tuple[Place | Name, ...]
    hard: bool
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class FileName:
    """`"measured.csv" column q`, `"a.csv" nearest`: a file, the column to take, and how a table is read between points;
    the last two may be missing (None)."""

    path: str
    column: Name | None
    rule: Name | None
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Data:
    """`data u = "measured.csv"`, `data flux: k*u_x = "m.csv" column q`."""

    label: Name | None
    left: Expression
    file: FileName
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Table:
    """`table a(x, y) = "coef.csv" nearest`"""

    name: Name
    parameters: tuple[Name, ...]
    file: FileName
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Place:
    """`x = 0` after `on`: a coordinate (a Name or a Subscript) and where it stands. A Name is a part or a region."""

    coordinate: Name | Subscript
    value: Expression
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Within:
    """`in core` or `outside core`: the region where an equation or a condition holds."""

    region: Name
    outside: bool
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Periodic:
    """`periodic x`, `periodic x[1], x[2]`: what happens at one end of a coordinate happens at the other."""

    coordinates: tuple[Name | Subscript, ...]
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Solution:
    """`exact u = …`, `reference u = …` or `manufacture u = …`; `kind` is the keyword."""

    kind: str
    unknown: Name
    value: Expression
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class SettingItem:
    """`1000`, `linear`, `boundary 1000`: an optional label and an optional value; at least one is there.

    A single word (`linear`) is a value. `value` is a Number, a Negate of one, or a Name.
    """

    label: Name | None
    value: Number | Negate | Name
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Setting:
    """`weight initial 1000, boundary 500` inside `train { … }`."""

    key: Name
    items: tuple[SettingItem, ...]
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Train:
    settings: tuple[Setting, ...]
    span: Span = field(compare=False, repr=False)


Statement: TypeAlias = (
    ProblemName
    | Dim
    | Param
    | RandomParam
    | ArrayParam
    | Space
    | Region
    | Time
    | Unknown
    | UnknownParam
    | Let
    | Equation
    | Also
    | Condition
    | Data
    | Table
    | Periodic
    | Solution
    | Train
)


@dataclass(frozen=True, slots=True)
class File:
    statements: tuple[Statement, ...]
