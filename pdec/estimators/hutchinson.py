"""`hutchinson`: exact derivatives along random directions (Hutchinson 1990; Hu et al. 2024; Shi et al. 2024)."""

from __future__ import annotations

import bisect
import math
from collections.abc import Sequence

from pdec.estimators.base import JOINED, QUIET, TWICE, Derivative, Setting
from pdec.estimators.forward import Bundle, Forward


class Hutchinson(Forward):
    """Δu ≈ d/K Σ_k ω_kᵀ(∇∇u)ω_k, every term exact, from one forward pass as by `taylor`.

    Law: ω uniform on the sphere, orthogonal in blocks of d, the same for `share` points in a row, drawn and sent
    through the first layer once for all of these. As many as bring the relative standard deviation below `accuracy`,
    or as `samples` rows a point allow, of which the value is one, a slope one, and the sum of second derivatives one;
    where that is d of them or more, all directions are taken, and nothing is random. Δ²u ≈ d(d + 2)/(3K) Σ_k ∂⁴u/∂ω_k⁴
    from jets of order four. A : ∇∇u takes vectors v with weights c such that E c v vᵀ = A. Derivatives along axes and
    known vectors, gradients and what is mixed are exact, as by `taylor`.

    No smoothing, so no bias, whatever the network: E ω ωᵀ = I/d (Hutchinson, Comm. Stat. Sim. 19, 1990; for networks
    Hu et al., Comput. Methods Appl. Mech. Eng. 424, 2024, and Shi et al., NeurIPS 2024). Variance: of Δu
    (2d|H|² - 2tr²H)/(d + 2) for a direction, times (1 - (K - 1)/(d - 1))/K for K. Cost: K + 2 passes of a point; u must
    be differentiable twice, once more for training.
    """

    name = "hutchinson"
    summary = "exact derivatives in one forward pass, sums of them along random orthogonal directions"
    drawn = "random numbers a point: their law, how many, and its parameters"
    twice, joined = TWICE, JOINED
    highest = 4

    def draw(self, draws: Sequence[object]) -> list[str]:
        return [
            '"""Random directions for points (B, n_coords): a tensor (K, G, n_coords) for each entry of draws."""',
            "return tuple(directions(points, generator, *numbers) for _, *numbers in draws)",
        ]

    def directions(self, bundles: Sequence[Bundle], setting: Setting) -> int:
        """As few as are quiet enough, or as many as the rows allow; 0 where all are taken."""
        sums = [bundle for bundle in bundles if bundle.summed]
        if not sums:
            return 0
        goal = QUIET if setting.accuracy is None else setting.accuracy
        # a whole frame knows second derivatives; of higher ones more frames know more
        counts = list(range(1, 1 + min(setting.dim, setting.samples)))
        if any(bundle.order > 2 for bundle in sums) and setting.dim > 1:
            counts += [setting.dim * 2**k for k in range(1, setting.samples.bit_length())]
        most = bisect.bisect_right(
            counts, setting.samples, key=lambda count: 1 + sum(bundle.rows(count) for bundle in bundles)
        )
        counts = counts[: max(1, most)]
        place = bisect.bisect_left(
            counts, True, key=lambda count: max(self.deviation(bundle, count, setting) for bundle in sums) <= goal
        )
        count = counts[min(place, len(counts) - 1)]
        exact = count >= setting.dim and all(bundle.order == 2 for bundle in sums)
        return 0 if exact or setting.dim == 1 else count

    def deviation(self, bundle: Bundle, directions: int, setting: Setting) -> float:
        """That of a wave, sin(w·x): for (w·ω)^m with K orthogonal ω, by the moments of entries of a vector on the
        sphere."""
        if not directions:
            return 0.0
        dim, order = setting.dim, bundle.order
        blocks, count = max(1, directions // dim), min(directions, dim)
        one, two = math.prod(range(1, 2 * order, 2)), math.prod(range(1, order, 2)) ** 2
        square = (one + (count - 1) * two) / (count * two)
        variance = square * math.prod((dim + k) / (dim + order + k) for k in range(0, order, 2)) - 1
        return math.sqrt(max(0.0, variance) / blocks)

    def estimator(self, directions: int) -> str:
        return "probes" if directions else "all directions"

    def reason(self, derivative: Derivative, dim: int) -> str:
        bundle = self._carried(derivative)
        if bundle is None:
            return super().reason(derivative, dim)
        if bundle.summed:
            return "a derivative that favours no axis is a mean over directions, along each of which it is exact"
        return "exact: carried forward along one direction"
