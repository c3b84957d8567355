"""What the paper's three estimators share: Hermite weights on values of the network at Gaussian nodes.

With u(x) = E f(x + σz), z ~ N(0, I), every derivative of u is an expectation of values of f (Stein's identity, He et
al. 2023, Theorem 1 and its recursion):

    ∂^α u(x) = σ^-|α| · E[He_α(z) f(x + σz)],

He_α the multivariate Hermite polynomial: He_i = z_i, He_ij = z_i z_j - δ_ij, … The members of the family differ in the
nodes, and in what takes the place of f(x + σz): the paper's control variate and antithetic pairs leave the expectation
as it is. They use that He_α is odd or even as |α| is, and E He_α = 0 for |α| > 0.
"""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Add, Basic, Expr, Mul, S
from sympy.core.symbol import Str

from pdec.estimators.base import Derivative, Writer
from pdec.symbolic.atoms import Axis, Delta, Noise, Partial, Tensor, rebuilt, slot, split_axis

MAX_ORDER = 4
NOISE = Str("z")
DRAWS = Str("draws")


def hermite(axes: Sequence[Axis]) -> Expr:
    """He_α(z) for the multi-index that `axes` spell: Σ over partial matchings of axes (-1)^pairs Π δ Π z.

    Axes may be indices, so this is the whole Hermite tensor: He_ij = z_i z_j - δ_ij.
    """
    if not axes:
        return S.One
    first, *rest = axes
    result = Noise(NOISE, first) * hermite(rest)
    for k, other in enumerate(rest):
        result -= Delta(first, other) * hermite(rest[:k] + rest[k + 1 :])
    return result


class SteinFamily:
    """Lowerings by Hermite weights. A member gives `name`, `summary`, `draws`, `nodes` and `channels`.

    A channel is what is weighed, (K, B): `level` for u itself, `odd` and `even` for derivatives of that order.
    """

    name: str
    summary: str
    smoothed = True
    helpers: tuple[str, ...] = ()
    names: tuple[str, ...] = ("z", "step", "values", "plus", "minus", "level", "odd", "even", "change")

    def nodes(self, channels: frozenset[str]) -> list[str]:
        """Where the network is evaluated for the channels asked for: tensors (k, B, n_coords)."""
        raise TypeError("a member of the family says where its nodes are")

    def channels(self, asked: frozenset[str]) -> tuple[list[str], dict[str, str]]:
        """Lines that make channels of the network's `values`, and the variable that holds each."""
        raise TypeError("a member of the family says what its channels are")

    def refusal(self, derivative: Derivative) -> str:
        """Derivatives above order 4 are refused: their variance grows like order! and rounding like σ^-order."""
        if derivative.order > MAX_ORDER:
            return f"Stein estimators go up to order {MAX_ORDER}, and this derivative has order {derivative.order}"
        return ""

    def describe(self, derivative: Derivative) -> str:
        if derivative.order == 0:
            return "mean over the nodes"
        return f"order {derivative.order}: Hermite weight on {'odd' if derivative.order % 2 else 'even'} differences"

    def write(self, derivatives: Sequence[Derivative], writer: Writer) -> None:
        """Noise, nodes, one network call, channels, and a weighted mean per derivative."""
        asked = frozenset(_channel(derivative) for derivative in derivatives)
        sigma, sigma_t = writer.sigmas
        writer.line(f"z = draw(points, generator, {writer.draws}) if noise is None else noise")
        if sigma == sigma_t:
            writer.line(f"step = {sigma} * z")
        else:
            writer.line(f"step = torch.cat([{sigma} * z[..., :-1], {sigma_t} * z[..., -1:]], dim=-1)")
        output = "[..., 0]" if writer.single else ""
        nodes = self.nodes(asked)
        together = nodes[0] if len(nodes) == 1 else f"torch.cat([{', '.join(nodes)}])"
        writer.line(f"values = evaluate(net, {together}){output}", "the one network call")
        lines, channels = self.channels(asked)
        for line in lines:
            writer.line(line)
        for derivative in derivatives:
            writer.assign(derivative, _estimate(derivative, channels[_channel(derivative)], writer))


def _channel(derivative: Derivative) -> str:
    if derivative.order == 0:
        return "level"
    return "odd" if derivative.order % 2 else "even"


def _estimate(derivative: Derivative, channel: str, writer: Writer) -> str:
    """The text of the weighted mean over the draws, shape (B,) or (B, sizes…)."""
    partial = derivative.partial
    indexed = bool(partial.component.free_symbols)
    values = writer.outputs(channel, partial.name, None if indexed else partial.component)
    axes = [(slot(k), size) for k, size in enumerate(derivative.sizes)]
    mean = _mean(derivative, indexed, values, axes, writer)
    return mean + _scale(derivative, writer)


def _mean(derivative: Derivative, indexed: bool, values: str, axes: list[tuple[Basic, Expr]], writer: Writer) -> str:
    if derivative.order == 0 and isinstance(derivative.expression, Partial):
        return f"{values}.mean(0)"
    held = Str(values)

    def weigh(node: Basic) -> Expr | None:
        if not isinstance(node, Partial):
            return None
        # the component is read off the node: a sum that is being rebuilt has renamed its indices
        return hermite(node.axes) * (Tensor(held, DRAWS, node.component) if indexed else S.One)

    weight = rebuilt(derivative.expression, weigh)
    if not axes:
        text = writer.show(weight) if indexed else f"{writer.factor(weight)} * {values}"
        return f"({text}).mean(0)"
    weight = weight if indexed else weight * Tensor(held, DRAWS)
    texts = [_mean_of_term(term, axes, writer) for term in Add.make_args(weight.expand(deep=False))]
    text = texts[0] + "".join(f" - {t[1:]}" if t.startswith("-") else f" + {t}" for t in texts[1:])
    return f"({text})" if len(texts) > 1 else text


def _mean_of_term(term: Expr, axes: list[tuple[Basic, Expr]], writer: Writer) -> str:
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
        return f'{sign}{scale}torch.einsum("{",".join(patterns)}->{result}", {", ".join(texts)}) / len(z)'
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


def _scale(derivative: Derivative, writer: Writer) -> str:
    """Division by σ^|α|."""
    sigma, sigma_t = writer.sigmas
    space, time = derivative.order_in_space, derivative.order_in_time
    if sigma == sigma_t:
        space, time = space + time, 0
    parts = [f"{name}**{power}" if power > 1 else name for name, power in ((sigma, space), (sigma_t, time)) if power]
    if not parts:
        return ""
    return f" / {parts[0]}" if len(parts) == 1 else f" / ({' * '.join(parts)})"
