"""A network and a sampler of one's own with the compiled loss: a loss takes any callable, and points from anywhere.

Usage: python own_network.py [steps]; from the command line: pdec solve FILE --net own_network:make
"""

import sys

import torch
from torch import nn

import pdec

TEXT = """
problem poisson
space (x, y) in [0, 1]^2
unknown u
equation lap(u) = -2*pi^2*sin(pi*x)*sin(pi*y)
hard boundary u = 0
exact u = sin(pi*x)*sin(pi*y)
"""


class Residual(nn.Module):
    """A network whose layers add to what they are given."""

    def __init__(self, inputs: int, outputs: int, width: int = 32) -> None:
        super().__init__()
        self.first, self.last = nn.Linear(inputs, width), nn.Linear(width, outputs)
        self.layers = nn.ModuleList(nn.Linear(width, width) for _ in range(2))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.first(x)
        for layer in self.layers:
            x = x + torch.tanh(layer(x))
        return self.last(x)


def make(problem, options):
    """What `--net own_network:make` calls."""
    return Residual(problem.n_coords, problem.n_unknowns)


def grid(n: int) -> dict[str, torch.Tensor]:
    """Points of the domain: the middles of n by n cells, each moved at random within its cell."""
    cells = torch.cartesian_prod(torch.arange(n), torch.arange(n))
    return {"domain": (cells + torch.rand(n * n, 2)) / n}


def main(steps: int) -> None:
    torch.manual_seed(0)
    loss = pdec.compile(pdec.loads(TEXT), method="autograd")
    net = make(loss.problem, loss.options)
    optimiser = torch.optim.Adam(net.parameters(), lr=3e-3)
    for _ in range(steps):
        value = loss(net, grid(10))
        optimiser.zero_grad()
        value.backward()
        optimiser.step()
    points = loss.points(1000)
    truth, _ = loss.known(points)["u"]
    with torch.no_grad():
        error = (loss.solution(net, points)[:, 0] - truth).norm() / truth.norm()
    print(f"relative L2 error {error.item():.3g}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
