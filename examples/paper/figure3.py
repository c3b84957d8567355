"""Figure 3: the error of each estimator of ∇u and Δu by the number of samples K; a random network, σ = 0.1.

The exact derivatives are the mean of those of the network at many Gaussian points, by back-propagation for the gradient
and by a Taylor expansion in random directions for the Laplacian: u is the smoothed network.
"""

import torch
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from rich.progress import track
from tables import ERROR, arguments, leave

import pdec
from pdec.options import Options
from pdec.training.network import mlp

METHODS = ("stein-vanilla", "stein-cv", "stein-antithetic", "stein-chi", "stein-radial")
SETTINGS = {  # dimension, points, largest K, draws of the oracle
    "paper": (1000, 1000, 32768, 100_000),
    "small": (1000, 16, 2048, 2000),
    "tiny": (20, 2, 16, 50),
}


def oracle(net: torch.nn.Module, x: torch.Tensor, draws: int) -> tuple[torch.Tensor, torch.Tensor]:
    """∇u (B, d) and Δu (B,): means of ∇f(x + δ) and, by Stein's identity for the gradient, of δ·∇f(x + δ)/σ² over pairs
    ±δ, which has no second derivatives and little variance."""
    generator, sigma = torch.Generator().manual_seed(7), 0.1
    gradient, laplacian = torch.zeros_like(x), torch.zeros(len(x), dtype=x.dtype)
    for _ in range(draws // 2):
        delta = sigma * torch.randn(x.shape, generator=generator, dtype=x.dtype)
        slopes = []
        for sign in (1, -1):
            points = (x + sign * delta).requires_grad_()
            slopes.append(torch.autograd.grad(net(points).sum(), points)[0])
        gradient += (slopes[0] + slopes[1]) / 2
        laplacian += (delta * (slopes[0] - slopes[1])).sum(1) / (2 * sigma**2)
    return gradient / (draws // 2), laplacian / (draws // 2)


def main() -> None:
    given = arguments(__doc__ or "")
    dim, points, largest, draws = SETTINGS[given.scale]
    net = mlp(dim, 1, 256, 4, Options().activation, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    net.requires_grad_(False)
    x = torch.rand(points, dim, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    truth = dict(zip(("grad(u)", "lap(u)"), oracle(net, x, draws)))
    counts = [2**k for k in range(3, 16) if 2**k <= largest]
    figure, rows = Figure(figsize=(11, 4.2), layout="constrained", dpi=120), []
    for axes, (text, exact) in zip(figure.subplots(1, 2), truth.items()):
        for method in track(METHODS, text, console=ERROR):
            found = []
            for count in counts:
                generator = torch.Generator().manual_seed(2)
                options = {"method": method, "sigma": 0.1, "samples": count, "generator": generator}
                parts = [pdec.estimate(text, net, part, **options) for part in x.split(1)]
                found.append((torch.cat(parts).reshape(exact.shape) - exact).abs().mean().item())
            axes.loglog(counts, found, marker=".", label=method)
            rows.append([text, method, *(f"{value:.2g}" for value in found)])
        axes.set(title=f"mean error of {text}", xlabel="samples K")
        axes.legend()
    leave(given.out / f"figure3-{given.scale}.md", ["derivative", "method", *(f"K = {n}" for n in counts)], rows)
    FigureCanvasAgg(figure).print_png(given.out / f"figure3-{given.scale}.png")


if __name__ == "__main__":
    main()
