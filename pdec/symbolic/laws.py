"""Laws of random parameters: `~ normal(0, 1, seed=7)`, `~ uniform(0, 1, seed=7)`."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from pdec.diagnostics import nearest
from pdec.language import tree
from pdec.symbolic.scope import Findings

LAWS = {"normal": ("mean", "std"), "uniform": ("low", "high")}


@dataclass(frozen=True, slots=True)
class Law:
    """`normal(mean, std)` or `uniform(low, high)`, and the seed of the numbers drawn from it."""

    name: str
    first: float
    second: float
    seed: int

    def draw(self) -> float:
        """One number."""
        generator = random.Random(self.seed)
        draw = generator.gauss if self.name == "normal" else generator.uniform
        return draw(self.first, self.second)


def law_of(law: tree.Call, constant: Callable[[tree.Expression], float], findings: Findings) -> Law:
    """The law that a call states; `constant` gives the numbers of its arguments. Raises PdeError."""
    stop = findings.stop
    names = LAWS.get(law.function.id)
    if names is None:
        hint = nearest(law.function.id, LAWS) or "write normal(0, 1, seed=7) or uniform(0, 1, seed=7)"
        stop(law.span, "E203", "random parameters are normal or uniform", hint)
    values = {names[0]: 0.0, names[1]: 1.0, "seed": 0.0}
    example = f"write {law.function.id}({names[0]}, {names[1]}, seed=7)"
    plain = [argument for argument in law.arguments if not isinstance(argument, tree.Keyword)]
    if len(plain) > 2:
        stop(law.span, "E203", f"`{law.function.id}` takes two numbers and a seed", example)
    for name, value in zip(names, plain):
        values[name] = constant(value)
    for argument in law.arguments:
        if isinstance(argument, tree.Keyword):
            if argument.name.id not in values:
                message = f"`{law.function.id}` has no argument `{argument.name.id}`"
                stop(argument.span, "E103", message, example)
            values[argument.name.id] = constant(argument.value)
    first, second, seed = values.values()
    if law.function.id == "normal" and second <= 0:
        stop(law.span, "E203", f"a standard deviation is positive, not {second:g}")
    if law.function.id == "uniform" and first >= second:
        stop(law.span, "E203", f"the smaller number comes first, not {first:g} before {second:g}")
    if seed != int(seed) or not 0 <= seed < 2**63:
        stop(law.span, "E203", f"a seed is a whole number, not {seed:g}")
    return Law(law.function.id, first, second, int(seed))
