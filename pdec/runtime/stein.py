"""Nodes, radii and weights of Stein estimators. Generated modules hold copies of these functions, so each needs torch
and nothing else.

`points` are (B, n_coords). Numbers drawn have B in the last axis but one, and the dtype and device of `points`.
"""

from __future__ import annotations

from collections.abc import Callable

import torch

Net = Callable[[torch.Tensor], torch.Tensor]


def split(net: Net, points: torch.Tensor) -> tuple[torch.nn.Linear | None, Net, torch.Tensor]:
    """The first layer of an nn.Sequential that begins with a Linear layer, what follows, and what it gives at `points`;
    else None, `net` and `points`.

    Steps of the points are steps of what the first layer gives, and one that many points share goes through it once.
    """
    if type(net) is torch.nn.Sequential and len(net) > 1 and type(net[0]) is torch.nn.Linear:
        return net[0], net[1:], net[0](points)
    return None, net, points


def pushed(first: torch.nn.Linear | None, steps: torch.Tensor) -> torch.Tensor:
    """How steps (…, n_coords) of a point move what the first layer gives; the steps themselves without one."""
    return steps if first is None else torch.nn.functional.linear(steps, first.weight)


def directions(
    points: torch.Tensor, generator: torch.Generator | None, count: int, dim: int, share: int = 1
) -> torch.Tensor:
    """Unit directions (count, G, n_coords), each uniform in the first `dim` coordinates and zero in the others, for
    G = B/share groups of neighbouring points.

    Those of a block of `dim` (the last block may be smaller) are orthogonal to each other: Gaussian columns, QR, signs
    of the diagonal of R, which makes the frame uniform (Mezzadri 2007).
    """
    dtype = torch.promote_types(points.dtype, torch.float32)
    groups = -(-len(points) // share)
    blocks = []
    for number, size in ((count // dim, dim), (1, count % dim)):
        if not number * size:
            continue
        z = torch.randn(number, groups, dim, size, generator=generator, device=points.device, dtype=dtype)
        if size == 1:
            blocks.append(torch.nn.functional.normalize(z, dim=-2).movedim(-1, 1).flatten(0, 1))
        elif 4 * size <= dim:
            # far from dependent: R is the root of a well-conditioned matrix, and QR costs several times as much
            root = torch.linalg.cholesky_ex(z.mT @ z)[0]
            back = torch.linalg.solve_triangular(root, torch.eye(size, device=z.device, dtype=z.dtype), upper=False)
            blocks.append((back @ z.mT).movedim(2, 1).flatten(0, 1))
        else:
            q, r = torch.linalg.qr(z)
            diagonal = r.diagonal(dim1=-2, dim2=-1)
            q = q * torch.ones_like(diagonal).copysign(diagonal)[..., None, :]
            blocks.append(q.movedim(-1, 1).flatten(0, 1))
    unit = torch.cat(blocks) if len(blocks) > 1 else blocks[0]
    rest = points.shape[1] - dim
    return (torch.nn.functional.pad(unit, (0, rest)) if rest else unit).to(points.dtype)


def simplex(omega: torch.Tensor) -> torch.Tensor:
    """Unit vectors (K + 1, …) to the corners of a regular simplex in the span of K orthogonal ones; their sum is zero.

    A mean of f over the corners is free of the slope of f, as one over K pairs ±ω is, and as good for a quadratic f.
    """
    k = len(omega)
    last = omega.sum(0, keepdim=True) / k**0.5
    return torch.cat([((k + 1) / k) ** 0.5 * omega - ((k + 1) ** 0.5 - 1) / k * last, -last])


def dealt(rows: torch.Tensor, count: int) -> torch.Tensor:
    """What there is for G groups of neighbouring points, (…, G, k), for each of `count` points: (…, count, k)."""
    groups = rows.shape[-2]
    if groups in (1, count):
        return rows
    return rows.index_select(-2, torch.arange(count, device=rows.device) * groups // count)


def normals(points: torch.Tensor, generator: torch.Generator | None, count: int, columns: int) -> torch.Tensor:
    """Normal vectors (count, B, columns)."""
    shape = (count, len(points), columns)
    return torch.randn(shape, generator=generator, device=points.device, dtype=points.dtype)


def mirrored(points: torch.Tensor, generator: torch.Generator | None, count: int, columns: int) -> torch.Tensor:
    """Normal vectors (count, B, columns) of which each second one is the one before with the opposite sign."""
    z = normals(points, generator, (count + 1) // 2, columns)
    return torch.stack([z, -z], dim=1).flatten(0, 1)[:count]


def repeated(rows: torch.Tensor, count: int) -> torch.Tensor:
    """The entries of the first axis over and over, `count` in all."""
    return rows[torch.arange(count, device=rows.device) % len(rows)]


def squares(
    points: torch.Tensor, generator: torch.Generator | None, count: int, dim: int, nodes: int, share: int = 1
) -> torch.Tensor:
    """Squared radii (nodes, count, G, 1), for G = B/share groups of neighbouring points: n of them with joint density
    ∝ Π p(q_i) Π (q_i - q_j)², p that of χ²_dim.

    These are the eigenvalues of a Wishart matrix: one is χ²_dim itself, two have a sum and a ratio with known laws,
    more are the squared singular values of a bidiagonal matrix of chi variables (Dumitriu and Edelman 2002).
    """
    dtype = torch.promote_types(points.dtype, torch.float32)
    groups = -(-len(points) // share)

    def chi_squared(freedom: int) -> torch.Tensor:
        shape = torch.full((count, groups), freedom / 2, device=points.device, dtype=dtype)
        return 2 * torch._standard_gamma(shape, generator=generator)

    if nodes == 1:
        q = chi_squared(dim)[None]
    elif nodes == 2:
        total, gap, rest = chi_squared(2 * dim + 4), chi_squared(3), chi_squared(dim)
        half = (gap / (gap + rest)).sqrt() / 2
        q = torch.stack([total * (0.5 - half), total * (0.5 + half)])
    else:
        matrix = torch.zeros(count, groups, nodes, nodes, device=points.device, dtype=dtype)
        for k in range(nodes):
            matrix[..., k, k] = chi_squared(dim + 2 * (nodes - 1 - k)).sqrt()
            if k:
                matrix[..., k, k - 1] = chi_squared(2 * (nodes - k)).sqrt()
        q = torch.linalg.eigvalsh(matrix @ matrix.mT).movedim(-1, 0)
    return q[..., None].to(points.dtype)


def radial(profile: torch.Tensor, q: torch.Tensor, dim: int, times: int) -> torch.Tensor:
    """The `times`-fold Laplacian of x ↦ E g(|x + z|²), z ~ N(0, I_dim), at zero, from values of g.

    `profile` (n, …) are those at the squared radii q (n, …), n ≤ 3. Exact where g is a polynomial of degree n - 1: it
    is interpolated by Newton's divided differences, and the Gaussian mean of the interpolant is known.
    """
    differences, table = [profile[0]], profile
    for k in range(1, len(q)):
        table = (table[1:] - table[:-1]) / (q[k:] - q[:-k])
        differences.append(table[0])
    first, second = q[0], q[min(1, len(q) - 1)]
    weights: list[torch.Tensor | int]
    if times == 0:
        weights = [1, dim - first, (dim - first) * (dim - second) + 2 * dim]
    elif times == 1:
        weights = [2 * dim, 2 * dim * (2 * dim + 4 - first - second)]
    else:
        weights = [8 * dim * (dim + 2)]
    return torch.stack([weight * difference for weight, difference in zip(weights, differences[times:])]).sum(0)


def weighted(profile: torch.Tensor, weights: tuple[float, ...]) -> torch.Tensor:
    """The weighted sum over the first axis of `profile`."""
    return torch.stack([weight * values for weight, values in zip(weights, profile)]).sum(0)


def spread(base: torch.Tensor, direction: torch.Tensor, q: torch.Tensor) -> torch.Tensor:
    """The nodes base + √q·direction and, second, base - √q·direction: (2, n, …, B, k)."""
    step = q.sqrt() * direction
    return base + dealt(torch.stack([step, -step]), base.shape[-2])


def corners(base: torch.Tensor, direction: torch.Tensor, q: torch.Tensor) -> torch.Tensor:
    """The nodes base + √q·direction: (n, …, B, k)."""
    return base + dealt(q.sqrt() * direction, base.shape[-2])


def even(values: torch.Tensor) -> torch.Tensor:
    """Half the sum of the values at pairs of nodes (2, …)."""
    return (values[0] + values[1]) / 2


def odd(values: torch.Tensor) -> torch.Tensor:
    """Half the difference of the values at pairs of nodes (2, …)."""
    return (values[0] - values[1]) / 2


def fixed(points: torch.Tensor, *squares: float) -> torch.Tensor:
    """Squared radii that are the same for all points: (n, 1, 1, 1)."""
    return torch.tensor(squares, device=points.device, dtype=points.dtype)[:, None, None, None]


def cleared(step: torch.Tensor, *columns: int) -> torch.Tensor:
    """`step` (…, n_coords) with zeros in some columns."""
    step = step.clone()
    for column in columns:
        step[..., column] = 0
    return step


def axis(points: torch.Tensor, column: int) -> torch.Tensor:
    """The unit vector (n_coords,) along a column of `points`."""
    unit = torch.zeros_like(points[0])
    unit[column] = 1
    return unit


def spaced(vector: torch.Tensor | float, points: torch.Tensor, n: int) -> torch.Tensor:
    """A vector of space (…, n), or the number in all its places, as one of all coordinates (…, n_coords)."""
    if vector is points:
        return points
    entries = torch.as_tensor(vector, device=points.device, dtype=points.dtype)
    entries = entries.expand(*entries.shape[:-1], n)
    return torch.nn.functional.pad(entries, (0, points.shape[1] - n))


def towards(vector: torch.Tensor, points: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Unit vector (…, n_coords) and length (…) of a vector of space (…, N); zero where the vector is."""
    length = torch.linalg.vector_norm(vector, dim=-1, keepdim=True)
    unit = vector / torch.where(length > 0, length, 1)
    return torch.nn.functional.pad(unit, (0, points.shape[1] - vector.shape[-1])), length[..., 0]


def outwards(
    first: torch.nn.Linear | None, points: torch.Tensor, start: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """The unit vector of each point as a vector of space, behind the first layer, and its length (B,).

    What the layer makes of the points is at hand, `start`, so nothing goes through it.
    """
    length = torch.linalg.vector_norm(points, dim=-1, keepdim=True)
    steps = start if first is None or first.bias is None else start - first.bias
    return steps / torch.where(length > 0, length, 1), length[..., 0]


def across(step: torch.Tensor, unit: torch.Tensor) -> torch.Tensor:
    """The part of `step` (…, n_coords) that is orthogonal to a unit vector."""
    return step - (step * unit).sum(-1, keepdim=True) * unit


def stacked(*nodes: torch.Tensor) -> torch.Tensor:
    """Sets of nodes (…, B, k) as one tensor (M, B, k)."""
    return torch.cat([each.flatten(0, -3) for each in nodes])


def parted(values: torch.Tensor, *nodes: torch.Tensor) -> list[torch.Tensor]:
    """The values (M, B, n_unknowns) at stacked nodes, set by set: (…, B, n_unknowns) each."""
    parts = torch.split(values, [each.shape[:-2].numel() for each in nodes])
    return [part.reshape(*each.shape[:-1], part.shape[-1]) for part, each in zip(parts, nodes)]


def polarised(omega: torch.Tensor, product: torch.Tensor, dim: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Vectors v (2K, B, N) and weights c (2K, B) with E[c ∂_v²] = Σ A_ij ∂_i ∂_j, from ω and the products Aω (K, B, N).

    dim·ω·(Aω) has that mean; with p the unit vector along Aω, 4 ∂_ω ∂_p = ∂_(ω+p)² - ∂_(ω-p)².
    """
    length = torch.linalg.vector_norm(product, dim=-1)
    unit = product / torch.where(length > 0, length, 1)[..., None]
    weight = dim / 2 * length
    return torch.cat([omega + unit, omega - unit]), torch.cat([weight, -weight])


def scaled(omega: torch.Tensor, entries: torch.Tensor, dim: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Vectors v (2K, B, N) and weights c (2K, 1) with E[c ∂_v²] = Σ a_i ∂_i², from ω (K, B, N) and entries a."""
    weight = omega.new_full((len(omega), 1), 2.0 * dim)
    vectors = torch.cat([entries.clamp_min(0).sqrt() * omega, entries.clamp_max(0).neg().sqrt() * omega])
    return vectors, torch.cat([weight, -weight])
