"""`taylor`: exact derivatives in one forward pass (Li et al. 2024; Dangel et al. 2025)."""

from __future__ import annotations

from pdec.estimators.base import Derivative
from pdec.estimators.forward import Forward


class Taylor(Forward):
    """Δu = Σ_k ∂²u/∂v_k² over a basis v_k of the directions that the network depends on, from one pass of the network.

    The pass carries the value, the slope s_k along every v_k and the sum c of the second derivatives: y, s_k, c become
    a(y), a'(y) s_k, a'(y) c + a''(y) Σ s_k² behind an activation a, and are multiplied by W in a linear layer. The
    basis is that of the d axes, or of the row space of the first layer where that has fewer neurons. So a Laplacian
    costs about min(d, width) passes of a point, not 2d stacked ones, and the first layer is passed once for all points.
    A matrix times the Hessian takes all axes, scaled to it; derivatives along an axis or a known vector are carried
    along that alone, up to order four. First derivatives with known coefficients b are added to a sum of second ones at
    the first layer, c = W b there, and need no pass of their own: that of a Laplacian gives u_t - Δu.

    No smoothing, no noise, no bias; u is f. What is left, gradients and mixed derivatives, is differentiated backward.
    A network that is no `nn.Sequential` of `nn.Linear` and activations is differentiated backward along each direction.
    """

    name = "taylor"
    summary = "exact derivatives in one forward pass that carries slopes along all directions"

    def reason(self, derivative: Derivative, dim: int) -> str:
        bundle = self._carried(derivative)
        if bundle is None:
            return super().reason(derivative, dim)
        if bundle.summed:
            return "exact: the sum of the second derivatives is carried forward beside the slopes along all directions"
        return "exact: carried forward along one direction"
