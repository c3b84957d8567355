"""Tables in expressions: `a(x, y)`, or `a` alone where its parameters are coordinates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sympy import Expr, Integer
from sympy.core.symbol import Str

from pdec.language import tree
from pdec.symbolic import calls
from pdec.symbolic.atoms import Lookup, TableName, at
from pdec.symbolic.operators import Shape, describe
from pdec.symbolic.scope import CoordinateName, Scope, TableEntity, Typed

if TYPE_CHECKING:
    from pdec.symbolic.elaborate import Elaborator


def lookup(elaborator: Elaborator, node: tree.Name | tree.Call, entity: TableEntity, scope: Scope) -> Typed | None:
    """The value of a table: at the arguments of a call, or at the coordinates that its parameters name."""
    name = entity.table.name
    elaborator.findings.used.add(name)
    elaborator.findings.count_nodes(node.span, len(entity.table.parameters))
    takes = f"{name}({', '.join(entity.parameters)})"
    if isinstance(node, tree.Name):
        for parameter in entity.parameters:
            if not isinstance(scope.names.get(parameter), CoordinateName):
                message = f"`{name}` is a table, and `{parameter}` is no coordinate"
                return elaborator.report(node.span, "E103", message, f"write {takes} with values for its parameters")
        arguments = [elaborator.check(tree.Name(parameter, node.span), scope) for parameter in entity.parameters]
    else:
        found = calls.positional(elaborator, node, scope)
        if found is None:
            return None
        arguments = [typed for typed, _ in found]
        if len(arguments) != len(entity.parameters):
            count = len(entity.parameters)
            message = f"the table `{name}` takes {count} argument{'s' * (count > 1)}, not {len(arguments)}"
            return elaborator.report(node.span, "E103", message, f"write {takes}")
    places = [typed for typed in arguments if typed is not None]
    for parameter, typed in zip(entity.parameters, places):
        wanted: Shape = () if parameter in entity.table.parameters else ("N",)
        if typed.shape != wanted:
            message = f"`{parameter}` of the table `{name}` is {describe(wanted)}, not {describe(typed.shape)}"
            return elaborator.report(node.span, "E104", message)
    dim = elaborator.findings.dim

    def build() -> Expr:
        numbers: list[Expr] = []
        for typed in places:
            value = typed.build()
            numbers += [at(value, s0=Integer(k + 1)) for k in range(dim)] if typed.shape else [value]
        table = entity.table
        return Lookup(TableName(Str(name), Str(table.rule), Integer(0), *map(Str, table.parameters)), *numbers)

    return Typed((), build)
