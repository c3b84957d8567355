"""Parameters that are vectors or matrices, given or drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from sympy.core.symbol import Str

from pdec.language import tree
from pdec.problem import RandomArray
from pdec.symbolic.atoms import Coordinate, Entry, slot
from pdec.symbolic.declarations import Declarations
from pdec.symbolic.laws import law_of
from pdec.symbolic.operators import Shape, describe
from pdec.symbolic.scope import Typed, ValueName

MAX_ENTRIES = 16_000_000


class Arrays(Declarations):
    """Reads parameters with a shape; `pdec.symbolic.assemble` goes on from there."""

    def _arrays(self) -> tuple[RandomArray, ...]:
        """The random arrays; names of all arrays are put into scope. A wrong one does not hide those after it."""
        return tuple(array for array in self._each(self._makers()) if array is not None)

    def _makers(self) -> Iterator[Callable[[], RandomArray | None]]:
        for statement in self.file.statements:
            if isinstance(statement, tree.RandomParam) and statement.shape is not None:
                yield partial(self._random, statement, statement.shape)
            elif isinstance(statement, tree.ArrayParam):
                yield partial(self._given, statement)

    def _random(self, node: tree.RandomParam, kind: tree.Call) -> RandomArray | None:
        if not self._declare(node.name):
            return None
        sizes = self._sizes(kind)
        shape = tuple(self.findings.size(size) for size in sizes)
        entry = partial(Entry, Str(node.name.id), *map(slot, range(len(sizes))))
        self.scope = self.scope.with_(**{node.name.id: ValueName(Typed(shape, entry))})
        if len(sizes) > 1 and sizes[0] * sizes[1] > MAX_ENTRIES:
            message = f"a random matrix of {sizes[0]} × {sizes[1]} has more than {MAX_ENTRIES:,} entries"
            hint = "a matrix with a structure takes no memory: equicorr(0.3), eye(), or let C[i, j] = a[i]*a[j]"
            self._stop(kind.span, "E003", message, hint)
        law = law_of(node.law, self._constant, self.findings)
        return RandomArray(node.name.id, sizes, law.name, law.first, law.second, law.seed)

    def _given(self, node: tree.ArrayParam) -> None:
        """`param rho: matrix(N) = equicorr(0.3)`: an expression takes no memory, however large the matrix."""
        if not self._declare(node.name):
            return
        shape: Shape = tuple(self.findings.size(size) for size in self._sizes(node.shape))
        self.findings.wanted = shape
        try:
            value, found = self.elaborator.expression(node.value, self.scope)
        finally:
            self.findings.wanted = None
            # what stands for the name while it is wrong is of the shape that was meant
            blank = Typed(shape, partial(Entry, Str(node.name.id), *map(slot, range(len(shape)))))
            self.scope = self.scope.with_(**{node.name.id: ValueName(blank)})
        if found != shape:
            message = f"`{node.name.id}` is {describe(shape)}, but this is {describe(found)}"
            hint = "give its entries, [1, 2] or [[1, 2], [3, 4]], or linspace(0, 1), eye(), equicorr(0.3)"
            self._stop(node.value.span, "E104", message, hint if not found else "")
        if value.has(Coordinate):
            hint = f"write let {node.name.id}[{', '.join('ij'[: len(shape)])}] = … for what depends on the place"
            self._stop(node.value.span, "E202", "a parameter is the same at all places and times", hint)
        self.scope = self.scope.with_(**{node.name.id: ValueName(Typed(shape, lambda: value))})

    def _sizes(self, kind: tree.Call) -> tuple[int, ...]:
        """The sizes in `vector(N)`, `matrix(N)` or `matrix(m, n)`."""
        name, arguments = kind.function.id, kind.arguments
        most = {"vector": 1, "matrix": 2}.get(name, 0)
        if not 1 <= len(arguments) <= most:
            message = f"`{name}` takes its size{' or its two sizes' * (most == 2)}"
            hint = "write vector(N), matrix(N) or matrix(m, n)"
            if not most:
                message = "a parameter is a number, a vector or a matrix"
            self._stop(kind.span, "E202", message, hint)
        sizes = tuple(self._size(argument, kind.span) for argument in arguments)
        return sizes * 2 if name == "matrix" and len(sizes) == 1 else sizes
