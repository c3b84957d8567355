"""An independent meaning for expressions: everything written out for a small number of coordinates x1, …, xn and t.

`meaning` reads the syntax tree of an expression in plain calculus: vectors are lists, `lap` is a sum of n second
derivatives of a concrete function. `written_out` does the same for an expression in index notation. The two share
nothing but SymPy's `diff`, so that equal numbers mean that the rules over an abstract dimension are right.
"""

from __future__ import annotations

import itertools
import math
import random

import sympy
from sympy import Add, Expr, Integer, Mul, Rational, Symbol

from pdec.diagnostics import Source
from pdec.language import tree
from pdec.language.parser import parse_expression
from pdec.symbolic.atoms import DIM, TIME, Coordinate, Delta, Partial, slot
from pdec.symbolic.sums import Contraction
from pdec.symbolic.truth import AllOf, AnyOf, Less, Not, Where

T = Symbol("t", real=True)
X = [Symbol(f"x{k}", real=True) for k in range(1, 8)]

HEADER = (
    "dim N = {n}\nparam mu = 0.7\nspace x in [0, 1]^N\ntime t in [0, 1]\nunknown u(x, t), v(x, t): vector(N), w(x, t)\n"
)
NUMBERS = {"mu": Rational(7, 10), "pi": sympy.pi}


def fields(n: int) -> dict[str, list[Expr]]:
    """Concrete smooth functions in the place of the unknowns, all different, none symmetric in the coordinates."""
    slope = sum(Rational(k + 2, 10) * (-1) ** k * X[k] for k in range(n))
    bend = sum(Rational(1, k + 2) * X[k] * X[(k + 1) % n] for k in range(n))
    u = sympy.exp(slope) * sympy.cos(bend + T) + 2
    w = sympy.sin(slope + T / 2) + bend / 3 + Rational(3, 2)
    v = [sympy.sin(Rational(k + 1, 3) * X[(k + 1) % n] + T) * sympy.exp(X[k] / 4) + bend for k in range(n)]
    return {"u": [u], "w": [w], "v": v}


def axis_symbol(axis, indices: dict) -> Symbol:
    """The coordinate along an axis of index notation."""
    return T if axis == TIME else X[int(axis.xreplace(indices)) - 1]


def written_out(expression: Expr, n: int, known: dict[str, list[Expr]], indices: dict | None = None) -> Expr:
    """An expression in index notation in explicit coordinates; `indices` gives numbers for its free indices."""
    indices = indices or {}

    def inner(part: Expr) -> Expr:
        return written_out(part, n, known, indices)

    if isinstance(expression, Partial):
        component = known[expression.name][int(expression.component.xreplace(indices)) - 1]
        for axis in expression.axes:
            component = sympy.diff(component, axis_symbol(axis, indices))
        return component
    if isinstance(expression, Coordinate):
        return axis_symbol(expression.axis, indices)
    if isinstance(expression, Delta):
        left, right = (axis.xreplace(indices) for axis in expression.args)
        return Integer(left == right)
    if isinstance(expression, Contraction):
        ranges = [range(1, int(count.xreplace({DIM: Integer(n)})) + 1) for _, count in expression.limits]
        names = [index for index, _ in expression.limits]
        return Add(
            *(
                written_out(expression.body, n, known, indices | dict(zip(names, map(Integer, values))))
                for values in itertools.product(*ranges)
            )
        )
    if isinstance(expression, Where):
        choice = (inner(expression.inside), truth(expression.condition, inner)), (inner(expression.outside), True)
        return sympy.Piecewise(*choice)
    if isinstance(expression, Symbol):
        return Integer(n) if expression == DIM else indices.get(expression, NUMBERS.get(expression.name, expression))
    return expression.func(*map(inner, expression.args)) if expression.args else expression


def truth(condition: Expr, inner):
    """A condition as SymPy's own."""
    if isinstance(condition, (AllOf, AnyOf, Not)):
        parts = [truth(part, inner) for part in condition.args]
        return {AllOf: sympy.And, AnyOf: sympy.Or, Not: sympy.Not}[condition.func](*parts)
    left, right = map(inner, condition.args)
    return left < right if isinstance(condition, Less) else sympy.Eq(left, right)


# --- the syntax tree in plain calculus. A value is an Expr, a list of them, or a list of lists.


def entrywise(function, *values):
    """`function` on every entry of values of one shape."""
    return [entrywise(function, *parts) for parts in zip(*values)] if isinstance(values[0], list) else function(*values)


def total(value) -> Expr:
    """The sum of all entries."""
    return Add(*map(total, value)) if isinstance(value, list) else value


def lap(value, n: int):
    return entrywise(lambda entry: Add(*(sympy.diff(entry, x, 2) for x in X[:n])), value)


def grad(value, n: int):
    return entrywise(lambda entry: [sympy.diff(entry, x) for x in X[:n]], value)


def div(value, n: int):
    if isinstance(value[0], list):
        return [div(row, n) for row in value]
    return Add(*(sympy.diff(entry, x) for entry, x in zip(value, X)))


def dot(left, right):
    if isinstance(left[0], list):
        return [dot(row, right) for row in left]
    if isinstance(right[0], list):
        return [dot(left, list(column)) for column in zip(*right)]
    return Add(*map(Mul, left, right))


def curl(v, n: int):
    def d(j, i):
        return sympy.diff(v[j - 1], X[i - 1])

    return d(2, 1) - d(1, 2) if n == 2 else [d(3, 2) - d(2, 3), d(1, 3) - d(3, 1), d(2, 1) - d(1, 2)]


def cross(a, b):
    return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]


CALLS = {
    "lap": lambda n, a: lap(a, n),
    "bilap": lambda n, a: lap(lap(a, n), n),
    "grad": lambda n, a: grad(a, n),
    "div": lambda n, a: div(a, n),
    "hess": lambda n, a: grad(grad(a, n), n),
    "curl": lambda n, a: curl(a, n),
    "advect": lambda n, a, b: entrywise(lambda entry: dot(a, grad(entry, n)), b),
    "dot": lambda n, a, b: dot(a, b),
    "contract": lambda n, a, b: total(entrywise(Mul, a, b)),
    "tr": lambda n, a: Add(*(a[k][k] for k in range(len(a)))),
    "transpose": lambda n, a: [list(row) for row in zip(*a)],
    "outer": lambda n, a, b: [[p * q for q in b] for p in a],
    "abs": lambda n, a: sympy.Abs(a),
    "max": lambda n, a, b: sympy.Max(a, b),
    "min": lambda n, a, b: sympy.Min(a, b),
    "sech": lambda n, a: 1 / sympy.cosh(a),
}


def meaning(node: tree.Expression, n: int, known: dict[str, list[Expr]], names: dict | None = None):
    """The value of a syntax tree in explicit coordinates; `names` gives numbers for summation indices."""
    names = names or {}

    def value(part):
        return meaning(part, n, known, names)

    match node:
        case tree.Number(text):
            return Rational(text)
        case tree.Name("x"):
            return X[:n]
        case tree.Name("t"):
            return T
        case tree.Name("N"):
            return Integer(n)
        case tree.Name(id) if id in known:
            return known[id] if id == "v" else known[id][0]
        case tree.Name(id) if "_" in id:
            base, suffix = id.split("_")
            result = value(tree.Name(base, node.span))
            for letter in suffix.replace("x", " x").replace("t", " t").split():
                result = entrywise(lambda entry: sympy.diff(entry, Symbol(letter, real=True)), result)  # noqa: B023
            return result
        case tree.Name(id):
            return Integer(names[id]) if id in names else NUMBERS[id]
        case tree.Negate(operand):
            return entrywise(lambda entry: -entry, value(operand))
        case tree.Bars(operand):
            inner = value(operand)
            return sympy.sqrt(total(entrywise(lambda e: e**2, inner))) if isinstance(inner, list) else sympy.Abs(inner)
        case tree.Subscript(base, indices):
            result = value(base)
            for index in indices:
                result = result[int(value(index)) - 1]
            return result
        case tree.Bracket(entries):
            return [value(entry) for entry in entries]
        case tree.Binary(operator, left, right):
            return binary(operator, value(left), value(right))
        case tree.Comparison(operators, operands):
            sides = list(map(value, operands))
            links = zip(operators, sides, sides[1:])
            return sympy.And(*(sympy.Rel(a, b, operator) for operator, a, b in links))
        case tree.Not(operand):
            return sympy.Not(value(operand))
        case tree.Call(tree.Name("where"), (condition, inside, *rest)):
            others = rest[0] if len(rest) == 1 else tree.Call(tree.Name("where", node.span), tuple(rest), node.span)
            choose = lambda a, b: sympy.Piecewise((a, value(condition)), (b, True))  # noqa: E731
            return entrywise(choose, value(inside), value(others))
        case tree.Call(tree.Name("sum"), (first, body)):
            if isinstance(first, tree.Binding):
                low, high, index = int(value(first.lower)), int(value(first.upper)), first.index.id
            else:
                low, high, index = 1, n, first.id
            parts = [meaning(body, n, known, names | {index: k}) for k in range(low, high + 1)]
            return entrywise(Add, *parts)
        case tree.Call(tree.Name("d"), (target, *by)):
            result = value(target)
            for argument in by:
                times = int(argument.text) - 1 if isinstance(argument, tree.Number) else 1
                axis = axis if isinstance(argument, tree.Number) else value(argument)  # noqa: F821
                result = entrywise(lambda entry: sympy.diff(entry, axis, times), result)  # noqa: B023
            return result
        case tree.Call(tree.Name(id), arguments):
            function = CALLS.get(id) or (lambda n, *parts: getattr(sympy, id)(*parts))
            return function(n, *map(value, arguments))
    raise AssertionError(node)


def binary(operator: str, left, right):
    match operator:
        case "and":
            return sympy.And(left, right)
        case "or":
            return sympy.Or(left, right)
        case "+":
            return entrywise(Add, left, right)
        case "-":
            return entrywise(lambda a, b: a - b, left, right)
        case "/":
            return entrywise(lambda entry: entry / right, left)
        case "^":
            return left**right
        case ":":
            return total(entrywise(Mul, left, right))
        case "×":
            return cross(left, right)
        case "·" if isinstance(left, list) and isinstance(right, list):
            return dot(left, right)
    scalar, other = (right, left) if isinstance(left, list) else (left, right)
    return entrywise(lambda entry: scalar * entry, other)


# --- numbers


def points(n: int, count: int = 2) -> list[dict[Symbol, float]]:
    """Points in general position, the same at every call."""
    draw = random.Random(n)
    return [{symbol: draw.uniform(0.2, 1.1) for symbol in (*X[:n], T)} for _ in range(count)]


def number(expression: Expr, point: dict[Symbol, float]) -> float:
    symbols = list(point)
    return float(sympy.lambdify(symbols, expression, "math", cse=True)(*point.values()))


def assert_same(found: list[Expr], wanted: list[Expr], n: int) -> None:
    """Equal numbers at points in general position."""
    assert len(found) == len(wanted)
    for one, other in zip(found, wanted):
        for point in points(n):
            a, b = number(one, point), number(other, point)
            assert math.isclose(a, b, rel_tol=1e-8, abs_tol=1e-8), (a, b)


def assert_means(expression: Expr, text: str, n: int, size: int | None = None) -> None:
    """`expression`, in index notation, is what `text` says in n dimensions; `size` where it is a vector."""
    known = fields(n)
    wanted = meaning(parse_expression(Source("wanted", text)), n, known)
    entries = range(1, size + 1) if size else [0]
    found = [written_out(expression, n, known, {slot(0): Integer(k)} if k else {}) for k in entries]
    assert_same(found, wanted if size else [wanted], n)
