"""Stacked back-propagation against derivatives by hand."""

import pytest
import torch

from pdec.runtime.autograd import derivative, gradient, laplacian, partial, pure

torch.set_num_threads(1)


@pytest.fixture
def points():
    return torch.rand(4, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64).requires_grad_()


def cubic(points):
    x, y, z = points.unbind(1)
    return x**3 * y + y**2 * z + z**3


def test_first_derivatives(points):
    x, y, z = points.unbind(1)
    expected = torch.stack([3 * x**2 * y, x**3 + 2 * y * z, y**2 + 3 * z**2], dim=1)
    torch.testing.assert_close(gradient(cubic(points), points, 3), expected)
    torch.testing.assert_close(gradient(cubic(points), points, 2), expected[:, :2])
    torch.testing.assert_close(partial(cubic(points), points, 1), expected[:, 1])
    torch.testing.assert_close(derivative(cubic(points).sum(), points), expected)


def test_higher_derivatives(points):
    x, y, z = points.unbind(1)
    torch.testing.assert_close(laplacian(cubic(points), points, 3), 6 * x * y + 2 * z + 6 * z)
    torch.testing.assert_close(laplacian(cubic(points), points, 2), 6 * x * y + 2 * z)
    torch.testing.assert_close(pure(cubic(points), points, 3, 3), torch.stack([6 * y, 0 * y, 6 + 0 * y], dim=1))


def test_entries_of_a_vector_have_derivatives_each(points):
    x, y, _ = points.unbind(1)
    field = torch.stack([x * y, x**2], dim=1)
    jacobian = gradient(field, points, 3)
    assert jacobian.shape == (4, 2, 3)
    torch.testing.assert_close(jacobian[:, 0], torch.stack([y, x, 0 * x], dim=1))
    torch.testing.assert_close(partial(field, points, 0), torch.stack([y, 2 * x], dim=1))
    torch.testing.assert_close(laplacian(field, points, 3), torch.stack([0 * x, 2 + 0 * x], dim=1))


@pytest.mark.parametrize("function", [lambda p: 2 * p[:, 0], lambda p: torch.ones(4, dtype=p.dtype)])
def test_functions_without_a_second_derivative(points, function):
    assert (laplacian(function(points), points, 3) == 0).all()
    assert (pure(function(points), points, 3, 4) == 0).all()


def test_derivatives_can_be_differentiated_again(points):
    """By the points and by parameters: training and adversarial points need both."""
    a = torch.tensor(2.0, dtype=torch.float64, requires_grad=True)
    by_a, by_points = torch.autograd.grad(laplacian(a * cubic(points), points, 3).sum(), (a, points))
    torch.testing.assert_close(by_a, laplacian(cubic(points), points, 3).sum())
    x, y, _ = points.unbind(1)
    torch.testing.assert_close(by_points, 2 * torch.stack([6 * y, 6 * x, 8 + 0 * x], dim=1))
