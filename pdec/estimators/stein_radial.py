"""`stein-radial`: differences at a fixed radius, one pair of nodes a direction."""

from pdec.estimators.directional import DirectionalFamily
from pdec.estimators.radii import single


class SteinRadial(DirectionalFamily):
    """Δu ≈ d/R² · mean over directions of f(x + Rω) + f(x - Rω) - 2f(x), R = σ√(2(d + 2)).

    Law: ω uniform on the sphere, orthogonal in blocks of d, or, for u, ∇u and Δu from fewer than d directions, the K +
    1 corners of a regular simplex in the span of K (see `stein-chi`), each with f(x + Rω) in the place of half the sum;
    radii are fixed. R is the one radius at which the mean over ω is exact for polynomials of degree 5: in q = |δ|²/σ²
    the Laplacian of the smoothed q² must come out right. In the same way ∇u takes R = σ√(d + 2) (degree 4), Δ²u R² =
    σ²(d + 4), twice that and the centre (degree 7), ∇Δu two Gauss nodes (degree 6), and derivatives along axes or a
    known vector the same with d = 1 and a Gaussian step in all other coordinates.

    Bias: to first order σ⁴ (d - 4)/(24(d + 4)) Δ³u of Δu, -σ⁴/(4(d + 4)) ∇Δ²u of ∇u, O(σ⁴) of all. Variance: of Δu that
    of Hutchinson's estimator, (2d|H|² - 2tr²H)/(d + 2) for a direction, times 1 - K/d for K ≤ d of them. Rounding ε of
    f adds ε/σ² to Δu, √d less than with random radii. Cost: one evaluation a corner, 2 a pair, and one at the centre.
    """

    name = "stein-radial"
    summary = "differences at one fixed radius along random orthogonal directions, bias of order sigma^4"
    law = staticmethod(single)
    one_time = True
