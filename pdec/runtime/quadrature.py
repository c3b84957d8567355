"""Nodes and weights of integrals, means and expectations. Generated modules hold copies of these functions."""

from __future__ import annotations

import torch


def gauss(squared: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Nodes and weights (M,) of the Gauss rule with M nodes, M - 1 the length of `squared`.

    The squares are those of the off-diagonal of the Jacobi matrix of a symmetric law; its eigenvalues are the nodes,
    the squared first entries of its eigenvectors the weights (Golub & Welsch 1969), whose sum is one.
    """
    nodes, vectors = torch.linalg.eigh(torch.diag(squared.sqrt(), 1) + torch.diag(squared.sqrt(), -1))
    return nodes, vectors[0].square()


def gauss_legendre(count: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Nodes and weights (count,) for the mean over [0, 1]; exact for polynomials up to degree 2 count - 1."""
    k = torch.arange(1, count, dtype=torch.float64)
    nodes, weights = gauss(k.square() / (4 * k.square() - 1))
    return (nodes + 1) / 2, weights


def gauss_hermite(count: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Nodes and weights (count,) for the mean over a standard normal number, as exact as gauss_legendre."""
    return gauss(torch.arange(1, count, dtype=torch.float64))


def grid(nodes: torch.Tensor, weights: torch.Tensor, size: int) -> tuple[torch.Tensor, torch.Tensor]:
    """The rule for vectors of `size` independent entries: nodes (M^size, size) and weights (M^size,)."""
    entries = torch.cartesian_prod(*[nodes] * size).reshape(-1, size)
    return entries, torch.cartesian_prod(*[weights] * size).reshape(-1, size).prod(-1)


def box_grid(
    nodes: torch.Tensor, weights: torch.Tensor, dim: int, lower: tuple[float, ...], upper: tuple[float, ...]
) -> tuple[torch.Tensor, torch.Tensor]:
    """The rule for the mean over a box, from one for [0, 1]; one number stands for every coordinate."""
    entries, products = grid(nodes, weights, dim)
    low, high = torch.tensor(lower, dtype=nodes.dtype), torch.tensor(upper, dtype=nodes.dtype)
    return low + (high - low) * entries, products


def antithetic_normal(
    count: int, size: int, points: torch.Tensor, generator: torch.Generator | None = None
) -> torch.Tensor:
    """Standard normal vectors (count, size) in pairs z, -z, of the device and dtype of `points`."""
    half = torch.randn((count + 1) // 2, size, generator=generator, device=points.device, dtype=points.dtype)
    return torch.cat([half, -half])[:count]


def side_by_side(*blocks: torch.Tensor) -> torch.Tensor:
    """Points (…, n_coords) from blocks of their columns (…, k), which broadcast."""
    lead = blocks[0][..., :1]
    for block in blocks[1:]:
        lead = lead + block[..., :1]
    shape = lead.shape[:-1]
    return torch.cat([block.expand(*shape, block.shape[-1]) for block in blocks], dim=-1)
