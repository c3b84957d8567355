"""SOAP (Vyas et al. 2024) whose eigenbases do not hang on rounding errors, in double precision.

The matrices that SOAP diagonalises have few dominant directions; at first the others, often most of them, are a null
space. A basis of that is whatever rounding makes it, Adam's steps depend on the basis, and so runs that differ in the
last bit (by the order of a sum, as with another number of processes) part at once. Here such directions keep a basis
that depends continuously on the gradients. In single precision the library's own is taken: rounding is everywhere.
"""

from __future__ import annotations

from typing import Any

import torch
from pytorch_optimizer.optimizer.soap import SOAP
from torch import Tensor

NULL = 1e-8
"""Eigenvalues below this share of the sum of all count as zero: the square root of the precision."""


class SteadySOAP(SOAP):
    """The optimiser. What its methods are called and given is the library's."""

    @staticmethod
    def get_orthogonal_matrix(mat: Any) -> list[Any]:
        """The first eigenbases, of a list of symmetric matrices."""
        if not _double(mat):
            return SOAP.get_orthogonal_matrix(mat)
        return [_eigenbasis(each) if len(each) else each for each in mat]

    def get_orthogonal_matrix_qr(
        self, state: dict[str, Any], max_precondition_dim: int = 10000, merge_dims: bool = False
    ) -> list[Any]:
        """The next eigenbases, by a step of the power method; Adam's second moments are put into their order."""
        if not _double(state["GG"]) or merge_dims:
            return list(super().get_orthogonal_matrix_qr(state, max_precondition_dim, merge_dims))
        found = []
        for axis, (matrix, basis) in enumerate(zip(state["GG"], state["Q"])):
            if not len(matrix):
                found.append(matrix)
                continue
            images = matrix @ basis + NULL * matrix.trace() * basis  # the shift keeps what the matrix takes to zero
            order = (basis * images).sum(0).argsort(descending=True, stable=True)
            state["exp_avg_sq"] = state["exp_avg_sq"].index_select(axis, order)
            found.append(torch.linalg.qr(images[:, order])[0])
        return found


def _eigenbasis(matrix: Tensor) -> Tensor:
    """Eigenvectors by falling eigenvalue; those of the null space are the columns that complete the others by
    Householder reflections."""
    values, vectors = torch.linalg.eigh(matrix)
    dominant = vectors[:, values > NULL * matrix.trace()].flip(1)
    basis: Tensor = torch.linalg.qr(dominant, mode="complete")[0]
    return basis


def _double(matrices: list[Any]) -> bool:
    return any(isinstance(each, Tensor) and each.dtype == torch.float64 for each in matrices)
