"""The text of a weighted mean over draws: what every estimator by random weights ends in."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sympy import Add, Basic, Expr, Mul, S
from sympy.core.symbol import Str

from pdec.estimators.base import Derivative, Writer
from pdec.symbolic.atoms import Noise, Partial, Tensor, slot, split_axis
from pdec.symbolic.sums import rebuilt

DRAWS = Str("draws")

Weigh = Callable[[Partial], Expr]
"""The weight that stands for a derivative: a polynomial in the entries of random vectors."""


def weighted_mean(derivative: Derivative, weigh: Weigh, channel: str, count: str, writer: Writer) -> str:
    """The mean over the draws of the derivative's expression, each Partial in it replaced by weight · `channel`.

    `channel` is a tensor (K, B), or (K, B, n_unknowns) where the network has several outputs, and `count` the text of
    K. The result has shape (B,), or (B, sizes…).
    """
    partial = derivative.partial
    indexed = bool(partial.component.free_symbols)
    values = writer.outputs(channel, partial.name, None if indexed else partial.component)
    axes = [(slot(k), size) for k, size in enumerate(derivative.sizes)]
    held = Str(values)

    def replace(node: Basic) -> Expr | None:
        if not isinstance(node, Partial):
            return None
        # the component is read off the node: a sum that is being rebuilt has renamed its indices
        return weigh(node) * (Tensor(held, DRAWS, node.component) if indexed else S.One)

    weight = rebuilt(derivative.expression, replace)
    if weight == (Tensor(held, DRAWS, slot(0)) if indexed else S.One) and len(axes) == indexed:
        return f"{values}.mean(0)"
    if not axes:
        text = writer.show(weight) if indexed else f"{writer.factor(weight)} * {values}"
        return f"({text}).mean(0)"
    weight = weight if indexed else weight * Tensor(held, DRAWS)
    texts = [_mean_of_term(term, axes, count, writer) for term in Add.make_args(weight.expand(deep=False))]
    text = texts[0] + "".join(f" - {t[1:]}" if t.startswith("-") else f" + {t}" for t in texts[1:])
    return f"({text})" if len(texts) > 1 else text


def _mean_of_term(term: Expr, axes: list[tuple[Basic, Expr]], count: str, writer: Writer) -> str:
    """The mean over the draws of one product: by einsum where that avoids a (K, B, …) tensor larger than the noise."""
    coefficient, product = term.as_coeff_Mul()
    sign = "-" if coefficient < 0 else ""
    size = abs(coefficient)
    scale = f"{writer.factor(size)} * " if size != 1 else ""
    operands = _operands(product, axes)
    if operands is not None:
        letters = {symbol: "ijkl"[k] for k, (symbol, _) in enumerate(axes)}
        shown = [(writer.show(leaf, ((i, _count(axes, i)),) if i is not None else ()), i) for leaf, i in operands]
        alone = " * ".join(text for text, index in shown if index is None)
        texts = [text for text, index in shown if index is not None]
        patterns = ["kb" + letters[index] for _, index in shown if index is not None]
        if alone and len(texts) > 1:
            # what has no index goes into the first factor that has, so that the rest is one matrix product per point
            alone = f"({alone})" if " * " in alone else alone
            texts[0] = f"{alone}[..., None] * {texts[0]}"
        elif alone:
            texts, patterns = [alone, *texts], ["kb", *patterns]
        result = "b" + "".join(letters[symbol] for symbol, _ in axes)
        return f'{sign}{scale}torch.einsum("{",".join(patterns)}->{result}", {", ".join(texts)}) / {count}'
    (held,) = (tensor for tensor in product.atoms(Tensor) if tensor.kind == str(DRAWS.name))
    rest = product / held
    if not held.axes and not rest.atoms(Noise):
        none = ", ".join("None" for _ in axes)
        return f"{sign}{scale}{writer.factor(rest, axes)} * {held.name}.mean(0)[..., {none}]"
    return f"{sign}{scale}({writer.show(product, axes)}).mean(0)"


def _count(axes: Sequence[tuple[Basic, Expr]], symbol: Basic) -> Expr:
    """The count of an index."""
    return dict(axes)[symbol]


def _operands(product: Expr, axes: Sequence[tuple[Basic, Expr]]) -> list[tuple[Expr, Basic | None]] | None:
    """The factors with the index each has, values first; None unless each index is on exactly one entry of noise
    or values and nothing else takes part."""
    found: list[tuple[Expr, Basic | None]] = []
    for factor in Mul.make_args(product):
        if isinstance(factor, Tensor) and factor.kind == "draws":
            found.insert(0, (factor, factor.axes[0] if factor.axes else None))
        elif isinstance(factor, Noise):
            symbol, offset = split_axis(factor.axis)
            if offset and symbol is not None:
                return None
            found.append((factor, symbol))
        else:
            return None
    indexed = [symbol for _, symbol in found if symbol is not None]
    if sorted(map(str, indexed)) != sorted(str(symbol) for symbol, _ in axes):
        return None
    return found


def scale(derivative: Derivative, writer: Writer) -> str:
    """Division by σ^|α|."""
    sigma, sigma_t = writer.sigmas
    space, time = derivative.order_in_space, derivative.order_in_time
    if sigma == sigma_t:
        space, time = space + time, 0
    parts = [f"{name}**{power}" if power > 1 else name for name, power in ((sigma, space), (sigma_t, time)) if power]
    if not parts:
        return ""
    return f" / {parts[0]}" if len(parts) == 1 else f" / ({' * '.join(parts)})"
