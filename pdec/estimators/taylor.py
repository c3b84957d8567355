"""`taylor`: exact Laplacians in one forward pass, all else as `autograd` (Li et al. 2024; Dangel et al. 2025)."""

from __future__ import annotations

from collections.abc import Sequence

from pdec.estimators.autograd import StackedAutograd, is_traced
from pdec.estimators.base import Derivative, Forecast, Outlook, Setting, Writer
from pdec.symbolic.atoms import DIM, Partial


class Taylor(StackedAutograd):
    """Δu = Σ_k ∂²u/∂v_k² over a basis v_k of the directions that the network depends on, from one pass of the network.

    The pass carries the value, the slope s_k along every v_k and the sum c of the second derivatives: y, s_k, c become
    a(y), a'(y) s_k, a'(y) c + a''(y) Σ s_k² behind an activation a, and are multiplied by W in a linear layer. The
    basis is that of the d axes, or of the row space of the first layer where that has fewer neurons. So a Laplacian
    costs about min(d, width) passes of a point, not 2d stacked ones, and the first layer is passed once for all points.

    No smoothing, no noise, no bias; u is f. A network that is no `nn.Sequential` of `nn.Linear` and activations, and
    every other derivative, are differentiated as by `autograd`.
    """

    name = "taylor"
    summary = "exact derivatives, Laplacians in one forward pass that carries all slopes"
    helpers: tuple[str, ...] = (*StackedAutograd.helpers, "second", "basis", "forward_laplacian")
    names: tuple[str, ...] = ("values", *helpers)

    def outlook(self, derivatives: Sequence[Derivative], setting: Setting) -> Outlook:
        """A direction costs as much as a point; other derivatives as by `autograd`."""
        carried = [derivative for derivative in derivatives if _carried(derivative)]
        others = super().outlook([each for each in derivatives if each not in carried], setting)
        forecasts = iter(others.forecasts)
        found = tuple(
            Forecast("a forward pass", self.reason(each, setting.dim), 1, True, 0.0)
            if each in carried
            else next(forecasts)
            for each in derivatives
        )
        axes = setting.dim * len({each.partial.name for each in carried})
        return Outlook(found, 1, 0, others.passes, others.first, axes=axes)

    def describe(self, derivative: Derivative, dim: int) -> str:
        return "order 2: a forward pass with its slopes" if _carried(derivative) else super().describe(derivative, dim)

    def reason(self, derivative: Derivative, dim: int) -> str:
        if _carried(derivative):
            return "exact: the sum of the second derivatives is carried forward beside the slopes along all directions"
        return super().reason(derivative, dim)

    def _laplacian(self, text: str, derivative: Derivative, writer: Writer) -> str:
        if not _carried(derivative) or not writer.plain_call([derivative]):
            return super()._laplacian(text, derivative, writer)
        partial = derivative.partial
        component = None if partial.component.free_symbols else partial.component
        found = f"forward_laplacian(net, points, {writer.show(DIM)})"
        return writer.outputs(f"{found}[..., 0]" if writer.single else found, partial.name, component)


def _carried(derivative: Derivative) -> bool:
    """Whether a derivative is a Laplacian of an unknown, times what is known."""
    body, limits = derivative.opened()
    (partial,) = body.atoms(Partial)
    return len(partial.axes) == 2 and any(is_traced(index, partial, body / partial) for index, _ in limits)
