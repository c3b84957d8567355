"""The laws that points are drawn from, by their moments. Seeds are fixed and every bound is four standard errors."""

import inspect
import itertools

import pytest
import torch

from pdec.runtime import sampling

N = 20_000
DIMENSIONS = (1, 2, 100)


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def assert_mean(values, expected, std):
    """`values` average to `expected`, where each has standard deviation `std`."""
    assert abs(values.double().mean().item() - expected) < 4 * std / values.numel() ** 0.5


def assert_uniform(values):
    """`values` (n,) are uniform in [0, 1]: the Kolmogorov-Smirnov distance is below its 1e-4 quantile."""
    n = len(values)
    ranks = torch.arange(1, n + 1, dtype=torch.float64) / n
    assert (values.double().sort().values - ranks).abs().max() < 2.23 / n**0.5


@pytest.mark.parametrize("dim", DIMENSIONS)
def test_ball_is_uniform_in_volume(dim):
    x = sampling.uniform_ball(N, dim, radius=2.0, center=3.0, generator=generator(), dtype=torch.float64) - 3
    distance = x.norm(dim=1) / 2
    assert_uniform(distance**dim)
    assert_mean(x[:, 0], 0, 2 / (dim + 2) ** 0.5)
    assert_mean(x[:, 0] * x[:, -1], 4 / 3 if dim == 1 else 0, 1.2)


@pytest.mark.parametrize("dim", DIMENSIONS)
def test_the_radial_law_has_a_uniform_radius(dim):
    x = sampling.radial_ball(N, dim, radius=2.0, center=3.0, generator=generator(), dtype=torch.float64) - 3
    assert_uniform(x.norm(dim=1) / 2)
    assert_mean(x[:, 0], 0, 2 / (3 * dim) ** 0.5)


@pytest.mark.parametrize("dim", [*DIMENSIONS, 10_000])
def test_annulus_is_uniform_in_volume(dim):
    count = N if dim < 1000 else 500
    ends = {"inner": 0.999 * 2, "outer": 2.0, "center": 3.0}
    x = sampling.uniform_annulus(count, dim, **ends, generator=generator(), dtype=torch.float64) - 3
    hollow = 0.999**dim
    assert_uniform(((x.norm(dim=1) / 2) ** dim - hollow) / (1 - hollow))
    assert_mean(x[:, 0], 0, 2 / dim**0.5)
    x = sampling.radial_annulus(count, dim, **ends, generator=generator(), dtype=torch.float64) - 3
    assert_uniform((x.norm(dim=1) - 1.998) / 0.002)


def test_a_center_may_be_a_point():
    where = {"radius": 0.1, "center": (1.0, 2.0), "generator": generator()}
    for draw in (sampling.uniform_ball, sampling.radial_ball, sampling.uniform_sphere):
        assert (draw(5, 2, **where) - torch.tensor([1.0, 2.0])).norm(dim=1).max() <= 0.1001


def test_mixed_laws_come_by_their_shares():
    draws = [lambda n, k=k: torch.full((n, 2), float(k)) for k in range(3)]
    x = sampling.mixed(N, (0.5, 0.3, 0.2), *draws, generator=generator())
    for k, share in enumerate((0.5, 0.3, 0.2)):
        assert_mean((x[:, 0] == k).double(), share, (share * (1 - share)) ** 0.5)


def test_kept_points_pass_all_checks_and_are_as_many_as_asked():
    source = generator()
    x = sampling.kept(
        1000,
        lambda n: torch.rand(n, 1, generator=source),
        lambda x: x[:, 0] > 0.5,
        lambda x: x[:, 0] < 0.51,
    )
    assert x.shape == (1000, 1)
    assert x.min() > 0.5
    assert x.max() < 0.51


def test_held_columns_stand_where_they_should():
    x = sampling.held(torch.tensor([[1.0, 2.0]]), {0: 7.0, 2: 8.0})
    assert x.tolist() == [[7.0, 1.0, 8.0, 2.0]]
    assert sampling.held(torch.rand(3, 0), {0: 7.0}).tolist() == [[7.0]] * 3


@pytest.mark.parametrize("dim", DIMENSIONS)
def test_sphere_is_uniform(dim):
    x = sampling.uniform_sphere(N, dim, radius=2.0, center=-1.0, generator=generator(1), dtype=torch.float64) + 1
    assert torch.allclose(x.norm(dim=1), torch.tensor(2.0, dtype=x.dtype), rtol=1e-14)
    assert_mean(x[:, 0], 0, 2 / dim**0.5)
    assert_mean(x[:, -1] ** 2, 4 / dim, 4 * (2 / dim**2) ** 0.5)
    if dim == 2:
        assert_uniform(torch.atan2(x[:, 1], x[:, 0]) / (2 * torch.pi) + 0.5)


def test_points_never_leave_the_ball_by_more_than_rounding():
    for dim, dtype in itertools.product((1, 3, 1000), (torch.float32, torch.float64)):
        x = sampling.uniform_ball(2000, dim, radius=1.0, center=0.0, generator=generator(2), dtype=dtype)
        assert x.double().norm(dim=1).max() <= 1 + 2 * torch.finfo(dtype).eps


@pytest.mark.parametrize("draw", [sampling.uniform_ball, sampling.uniform_sphere])
def test_a_normal_draw_of_zero_has_a_direction(draw, monkeypatch):
    monkeypatch.setattr(torch, "randn", lambda *size, **_: torch.zeros(*size))
    points = draw(4, 1, radius=1.0, center=0.0, generator=generator())
    assert points.isfinite().all()
    if draw is sampling.uniform_sphere:
        assert (points == 1).all()


@pytest.mark.parametrize("dim", DIMENSIONS)
def test_box_is_uniform(dim):
    x = sampling.uniform_box(N, dim, lower=(-1.0,), upper=(3.0,), generator=generator(3), dtype=torch.float64)
    assert x.min() >= -1
    assert x.max() <= 3
    for column in {0, dim - 1}:
        assert_uniform((x[:, column] + 1) / 4)


def test_box_with_its_own_interval_in_each_coordinate():
    x = sampling.uniform_box(N, 2, lower=(0.0, 10.0), upper=(1.0, 30.0), generator=generator(4))
    assert_uniform(x[:, 0])
    assert_uniform((x[:, 1] - 10) / 20)


@pytest.mark.parametrize("dim", DIMENSIONS)
def test_faces_of_a_cube_are_equally_likely(dim):
    x = sampling.uniform_box_boundary(N, dim, lower=(0.0,), upper=(1.0,), generator=generator(5))
    low, high = x == 0, x == 1
    assert ((low | high).sum(dim=1) == 1).float().mean() > 0.999  # rand gives an exact zero now and then
    share = 1 / (2 * dim)
    for ends, column in itertools.product((low, high), {0, dim - 1}):
        assert_mean(ends[:, column].double(), share, (share * (1 - share)) ** 0.5)
    if dim > 1:
        assert_uniform(x[~(low | high)[:, 0], 0])


def test_faces_of_a_long_box_are_chosen_by_their_area():
    x = sampling.uniform_box_boundary(N, 3, lower=(0.0, 0.0, 0.0), upper=(1.0, 2.0, 4.0), generator=generator(6))
    areas = torch.tensor([8.0, 4.0, 2.0])
    upper = torch.tensor([1.0, 2.0, 4.0])
    for column, share in enumerate((areas / (2 * areas.sum())).tolist()):
        assert_mean((x[:, column] == 0).double(), share, (share * (1 - share)) ** 0.5)
        assert_mean((x[:, column] == upper[column]).double(), share, (share * (1 - share)) ** 0.5)


@pytest.mark.parametrize("dim", DIMENSIONS)
def test_normal_space(dim):
    x = sampling.normal_space(N, dim, mean=2.0, std=3.0, generator=generator(7), dtype=torch.float64)
    assert_mean(x, 2, 3)
    assert_mean((x - 2) ** 2, 9, 9 * 2**0.5)
    assert_mean(((x - 2) / 3) ** 4, 3, 96**0.5)


def test_times_are_uniform():
    t = sampling.uniform_times(N, 0.5, 2.5, generator=generator(8))
    assert t.shape == (N, 1)
    assert t.min() >= 0.5
    assert t.max() <= 2.5
    assert_uniform((t[:, 0] - 0.5) / 2)


SPACES = {
    sampling.uniform_ball: {"radius": 1.0, "center": 0.0},
    sampling.uniform_annulus: {"inner": 0.5, "outer": 1.0, "center": 0.0},
    sampling.radial_annulus: {"inner": 0.5, "outer": 1.0, "center": 0.0},
    sampling.uniform_sphere: {"radius": 1.0, "center": 0.0},
    sampling.uniform_box: {"lower": (0.0,), "upper": (1.0,)},
    sampling.uniform_box_boundary: {"lower": (0.0,), "upper": (1.0,)},
    sampling.normal_space: {"mean": 0.0, "std": 1.0},
}


@pytest.mark.parametrize("draw", SPACES, ids=lambda draw: draw.__name__)
def test_shape_dtype_device_and_seed(draw):
    state = torch.get_rng_state()
    for dtype in (torch.float32, torch.float64):
        first, again = (draw(7, 5, **SPACES[draw], generator=generator(9), dtype=dtype) for _ in range(2))
        assert first.shape == (7, 5)
        assert first.dtype == dtype
        assert torch.equal(first, again)
        if dtype == torch.float64:
            assert (first != first.float().double()).any(), "drawn in float32 and widened"
    assert draw(7, 5, **SPACES[draw], device="meta").is_meta
    assert draw(3, 100_000, **SPACES[draw]).isfinite().all()
    assert not torch.equal(torch.get_rng_state(), state), "without a generator the global one is used"


@pytest.mark.parametrize("draw", [*SPACES, sampling.uniform_times], ids=lambda draw: draw.__name__)
def test_source_stands_alone(draw):
    namespace = {"torch": torch}
    exec("from __future__ import annotations\n" + inspect.getsource(draw), namespace)  # noqa: S102
    arguments = SPACES.get(draw, {})
    copy = namespace[draw.__name__]
    assert copy(4, *((3,) if arguments else (0.0, 1.0)), **arguments).shape[0] == 4
