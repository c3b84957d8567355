"""The laws of directions and radii, and the algebra of differences."""

import math

import pytest
import torch

from pdec.runtime.stein import (
    across,
    axis,
    cleared,
    directions,
    even,
    fixed,
    mirrored,
    normals,
    odd,
    outwards,
    parted,
    polarised,
    radial,
    repeated,
    scaled,
    spread,
    squares,
    stacked,
    towards,
    weighted,
)


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


POINTS = torch.zeros(2000, 4, dtype=torch.float64)


@pytest.mark.parametrize(("count", "dim"), [(1, 4), (3, 4), (4, 4), (6, 4), (9, 3), (5, 1), (4, 2)])
def test_directions_are_orthonormal_by_blocks(count, dim):
    omega = directions(POINTS[:20], generator(), count, dim)
    assert omega.shape == (count, 20, 4)
    assert (omega[..., dim:] == 0).all()
    for start in range(0, count, dim):
        block = omega[start : start + dim].movedim(0, 1)
        torch.testing.assert_close(block @ block.mT, torch.eye(block.shape[1], dtype=omega.dtype).expand(20, -1, -1))


@pytest.mark.parametrize("dim", [1, 2, 4])
def test_each_direction_is_uniform(dim):
    """Moments up to order four of every direction, the last of a frame as well."""
    omega = directions(POINTS, generator(), 2 * dim, dim)[..., :dim]
    error = 5 / math.sqrt(len(POINTS))
    for each in omega:
        assert (each.mean(0).abs() < error).all()
        second = (each[:, :, None] * each[:, None, :]).mean(0)
        assert ((second - torch.eye(dim, dtype=each.dtype) / dim).abs() < error).all()
        assert ((each**4).mean(0) - 3 / (dim * (dim + 2))).abs().max() < error


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_few_directions_of_very_many(dtype):
    """Orthonormal without a QR decomposition, and each of them uniform."""
    points = torch.zeros(4000, 21, dtype=dtype)
    omega = directions(points, generator(), 3, 20)
    assert omega.dtype == dtype
    assert (omega[..., 20:] == 0).all()
    frames = omega.movedim(0, 1)
    torch.testing.assert_close(frames @ frames.mT, torch.eye(3, dtype=dtype).expand(4000, -1, -1), atol=1e-5, rtol=0)
    for each in omega[..., :20]:
        second = (each[:, :, None] * each[:, None, :]).mean(0)
        assert ((second - torch.eye(20, dtype=dtype) / 20).abs() < 5 / math.sqrt(4000) / 20 * 1.5).all()


def test_blocks_are_independent():
    omega = directions(POINTS, generator(), 4, 2)[..., :2]
    products = (omega[0] * omega[2]).sum(-1)
    assert products.mean().abs() < 5 / math.sqrt(2 * len(POINTS))
    assert products.square().mean() == pytest.approx(0.5, abs=0.05)


def test_each_second_vector_is_the_mirror_image_of_the_one_before():
    z = mirrored(POINTS, generator(), 5, 3)
    assert z.shape == (5, 2000, 3)
    assert torch.equal(z[1], -z[0])
    assert torch.equal(z[3], -z[2])
    assert z[[0, 2, 4]].std() == pytest.approx(1, abs=0.02)
    assert (z[0] * z[2]).mean().abs() < 0.06
    assert mirrored(POINTS, generator(), 1, 3).shape == (1, 2000, 3)
    assert repeated(torch.tensor([[1], [2]]), 5).flatten().tolist() == [1, 2, 1, 2, 1]


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16])
def test_numbers_have_the_dtype_and_device_of_points(dtype):
    for points in (torch.zeros(3, 4, dtype=dtype), torch.zeros(3, 4, dtype=dtype, device="meta")):
        drawn = [directions(points, None, 5, 4), normals(points, None, 2, 4)]
        drawn += [squares(points, None, 2, 3, nodes) for nodes in (1, 2, 3)]
        assert [tuple(each.shape) for each in drawn[2:]] == [(nodes, 2, 3, 1) for nodes in (1, 2, 3)]
        assert {(each.dtype, each.device.type) for each in drawn} == {(dtype, points.device.type)}


@pytest.mark.parametrize("nodes", [1, 2, 3])
@pytest.mark.parametrize("dim", [1, 3, 40])
def test_interpolation_at_random_radii_is_unbiased(dim, nodes):
    """E g(q), and derivatives of the smoothed g, for a g that is no polynomial: Laguerre weights give the truth."""
    many = torch.zeros(400_000, 1, dtype=torch.float64)
    chi = squares(many, generator(1), 1, dim, 1)[0]
    weights = [torch.ones_like(chi), chi - dim, chi**2 - 2 * (dim + 2) * chi + dim * (dim + 2)]
    q = squares(many, generator(2), 1, dim, nodes)
    assert (q > 0).all()

    def g(q):
        return (q > 0.8 * dim) + (2 * q / dim).cos()

    for times in range(nodes):
        direct = weights[times] * g(chi)
        found = radial(g(q), q, dim, times)
        error = math.sqrt((direct.var() + found.var()) / len(many))
        assert (found.mean() - direct.mean()).abs() < 4.5 * error
        assert error < 0.02 * dim**times


@pytest.mark.parametrize("nodes", [2, 3])
def test_interpolation_varies_by_what_polynomials_leave(nodes):
    """Ermakov and Zolotukhin: the variance is that of the residual of the projection, here to degree nodes - 1."""
    dim, many = 3, torch.zeros(400_000, 1, dtype=torch.float64)
    root, three, five = (2**k * math.gamma(dim / 2 + k) / math.gamma(dim / 2) for k in (0.5, 1.5, 2.5))
    norms = [1, 2 * dim, 8 * dim * (dim + 2)]  # of the Laguerre weights in the test above
    means = [root, three - dim * root, five - 2 * (dim + 2) * three + dim * (dim + 2) * root]
    left = dim - sum(mean**2 / norm for mean, norm in zip(means[:nodes], norms))
    q = squares(many, generator(2), 1, dim, nodes)
    for times in range(nodes):
        assert radial(q.sqrt(), q, dim, times).var() == pytest.approx(left * norms[times], rel=0.05)


def test_polynomials_come_out_exactly():
    """The smoothed |x|^(2k) and its Laplacians at zero in five dimensions, whatever the radii."""
    q = torch.tensor([2.0, 3.5, 11.0], dtype=torch.float64)[:, None]
    expected = {(0, 0): 1, (1, 0): 5, (2, 0): 35, (1, 1): 10, (2, 1): 140, (2, 2): 280}
    for times in range(3):
        for power in range(3):
            assert float(radial(q**power, q, 5, times)) == pytest.approx(expected.get((power, times), 0), abs=1e-9)
    assert float(radial(q[:2], q[:2], 5, 0)) == pytest.approx(5)
    assert float(radial(3 * q[:2], q[:2], 5, 1)) == pytest.approx(30)


def test_nodes_lie_on_both_sides():
    points = torch.rand(3, 4, generator=generator(), dtype=torch.float64)
    q = fixed(points, 4.0, 9.0)
    assert q.shape == (2, 1, 1, 1)
    nodes = spread(points, 0.1 * axis(points, 2), q)
    assert nodes.shape == (2, 2, 1, 3, 4)
    torch.testing.assert_close(nodes[0, 1, 0] - points, torch.tensor([0, 0, 0.3, 0], dtype=points.dtype).expand(3, 4))
    torch.testing.assert_close(nodes[0] + nodes[1], 2 * points.expand(2, 1, 3, 4))
    twice = spread(nodes, 0.1 * axis(points, 0), q[:, None, None])
    assert twice.shape == (2, 2, 2, 2, 1, 3, 4)
    torch.testing.assert_close(twice[1, 0, 0, 1, 0] - points, points.new_tensor([-0.2, 0, 0.3, 0]).expand(3, 4))


def test_sums_and_differences():
    values = torch.tensor([[5.0, 7.0], [1.0, 2.0]])
    assert even(values).tolist() == [3.0, 4.5]
    assert odd(values).tolist() == [2.0, 2.5]
    assert float(weighted(values[0], (2.0, -1.0))) == 3.0


def test_steps_across_directions():
    step = torch.rand(5, 3, 4, generator=generator(), dtype=torch.float64)
    assert (cleared(step, 1, 3)[..., [1, 3]] == 0).all()
    assert torch.equal(cleared(step, 1)[..., [0, 2, 3]], step[..., [0, 2, 3]])
    vector = torch.tensor([[3.0, 0.0, 4.0], [0.0, 0.0, 0.0], [0.0, 2.0, 0.0]], dtype=torch.float64)
    unit, length = towards(vector, step[0])
    assert length.tolist() == [5, 0, 2]
    assert unit[0].tolist() == [0.6, 0, 0.8, 0]
    assert (unit[1] == 0).all()
    left = across(step, unit)
    torch.testing.assert_close((left * unit).sum(-1), torch.zeros(5, 3, dtype=torch.float64))
    assert torch.equal(left[:, 1], step[:, 1])
    assert torch.equal(left[:, 2, [0, 2, 3]], step[:, 2, [0, 2, 3]])


def test_random_directions_span_a_matrix():
    """Over a whole frame Σ c v vᵀ is the matrix, without error."""
    points = torch.zeros(6, 3, dtype=torch.float64)
    omega = directions(points, generator(), 3, 3)
    matrix = torch.rand(6, 3, 3, generator=generator(1), dtype=torch.float64) - 0.5
    v, weight = polarised(omega, torch.einsum("bij,kbj->kbi", matrix, omega), 3)
    found = torch.einsum("kb,kbi,kbj->bij", weight, v, v) / len(v)
    torch.testing.assert_close(found, (matrix + matrix.mT) / 2)
    entries = matrix[:, 0]
    v, weight = scaled(omega, entries, 3)
    found = torch.einsum("kb,kbi,kbj->bij", weight.expand(-1, 6), v, v) / len(v)
    torch.testing.assert_close(found, torch.diag_embed(entries))


def test_stacked_and_parted():
    first, second = torch.rand(2, 3, 4, 5), torch.rand(1, 4, 5)
    together = stacked(first, second)
    assert together.shape == (7, 4, 5)
    again = parted(together[..., :2], first, second)
    assert torch.equal(again[0], first[..., :2])
    assert torch.equal(again[1], second[..., :2])


def test_outwards_is_what_the_first_layer_makes_of_unit_vectors():
    first = torch.nn.Linear(5, 3).double()
    points = torch.cat([torch.rand(4, 5, dtype=torch.float64), torch.zeros(1, 5, dtype=torch.float64)])
    found, length = outwards(first, points, first(points))
    unit, expected = towards(points, points)
    torch.testing.assert_close(found, unit @ first.weight.T)
    torch.testing.assert_close(length, expected)
    torch.testing.assert_close(outwards(None, points, points), (unit, expected))
