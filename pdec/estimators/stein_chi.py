"""`stein-chi`: divided differences at random radii, exactly unbiased for every network."""

from pdec.estimators.directional import DirectionalFamily
from pdec.estimators.radii import drawn


class SteinChi(DirectionalFamily):
    """Δu ≈ 2d/σ² · mean over directions of (P(q₂) - P(q₁))/(q₂ - q₁), P(q) = (f(x + σ√q ω) + f(x - σ√q ω))/2.

    Law: ω uniform on the sphere, orthogonal in blocks of d, or, for u, ∇u and Δu from fewer than d directions, the K +
    1 corners of a regular simplex in the span of K, with P(q) = f(x + σ√q ω): every corner is uniform, and their sum,
    so the slope of f in their mean, is zero. Neighbouring points may share them. (q₁, q₂) with density ∝ p(q₁) p(q₂)
    (q₁ - q₂)², p that of χ²_d. Further derivatives, with n = 1 + ⌊m/2⌋ such radii for order m, from the polynomial I
    through P at them: Δ²u ≈ 8d(d+2)/σ⁴ · P[q₁, q₂, q₃] (a second divided difference), u ≈ E I(q), q ~ χ²_d; with Q(q) =
    √q (f(x + σ√q ω) - f(x - σ√q ω))/2 in the place of P, ∇u ≈ ω/σ · E I(q). Pure and mixed derivatives along axes or a
    known vector are the same with d = 1 and a Gaussian step in all other coordinates; A : ∇∇u takes directions v with E
    c v vᵀ = A. Derivatives of order 3 and more that have no such form are weighed by Hermite polynomials (He et al.
    2023).

    Bias: none, whenever E f² is finite: a step function has derivatives, too (Ermakov and Zolotukhin 1960; by them the
    variance over radii is what polynomials of degree n - 1 in q leave of P). Variance, as σ → 0: of Δu that of
    Hutchinson's estimator, (2d|H|² - 2tr²H)/(d + 2) for a direction, times 1 - K/d for K ≤ d of them; of ∇u (d -
    1)|∇u|²; along a known direction O(σ²). Rounding ε of f adds √d ε/σ² to Δu, as it does to the paper's. The simplex
    adds noise of order σ, by the third derivatives of f. Cost: n evaluations a corner, 2n a pair of nodes, with n = 1
    for odd orders alone; derivatives that share directions share them all.
    """

    name = "stein-chi"
    summary = "divided differences along random orthogonal directions, exactly unbiased"
    law = staticmethod(drawn)
