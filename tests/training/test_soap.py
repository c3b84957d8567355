"""SOAP in double precision: rounding does not part two runs; the bases are eigenbases."""

import pytest
import torch
from pytorch_optimizer.optimizer.soap import SOAP

from pdec.training.soap import SteadySOAP


def trained(kind, nudge, *, steps=30, dtype=torch.float64):
    """Losses of a small network, on other points at each step, with gradients that `nudge` changes by so much."""
    generator = torch.Generator().manual_seed(0)
    net = torch.nn.Sequential(torch.nn.Linear(3, 16), torch.nn.Tanh(), torch.nn.Linear(16, 1)).to(dtype)
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.uniform_(-0.5, 0.5, generator=generator)
    optimiser = kind(net.parameters(), lr=3e-3, betas=(0.95, 0.95), weight_decay=0.0, precondition_frequency=5)
    losses, other = [], torch.Generator().manual_seed(1)
    for _ in range(steps):
        x = torch.randn(8, 3, generator=generator, dtype=dtype)
        loss = (net(x)[:, 0] - x.sin().sum(1)).square().mean()
        optimiser.zero_grad()
        loss.backward()
        for parameter in net.parameters():
            parameter.grad *= 1 + nudge * torch.randn(parameter.shape, generator=other, dtype=dtype)
        optimiser.step()
        losses.append(loss.item())
    return torch.tensor(losses, dtype=torch.float64)


def test_rounding_does_not_part_two_runs():
    one, other = trained(SteadySOAP, 0.0), trained(SteadySOAP, 1e-15)
    torch.testing.assert_close(one, other, rtol=1e-9, atol=0)
    library = trained(SOAP, 0.0), trained(SOAP, 1e-15)
    assert not torch.allclose(*library, rtol=1e-6, atol=0)  # what it is for
    assert one[-5:].mean() < 1.1 * library[0][-5:].mean()  # and as good


def test_single_precision_is_the_librarys():
    one, other = (trained(kind, 0.0, dtype=torch.float32) for kind in (SteadySOAP, SOAP))
    assert torch.equal(one, other)


@pytest.mark.parametrize("rank", [0, 2, 5])
def test_bases_are_eigenbases(rank):
    generator = torch.Generator().manual_seed(rank)
    factor = torch.randn(5, rank, generator=generator, dtype=torch.float64)
    matrix = factor @ factor.mT
    (basis,) = SteadySOAP.get_orthogonal_matrix([matrix])
    torch.testing.assert_close(basis.mT @ basis, torch.eye(5, dtype=torch.float64))
    turned = basis.mT @ matrix @ basis
    torch.testing.assert_close(turned, turned.diagonal().diag(), atol=1e-12, rtol=0)
    assert (turned.diagonal().diff() <= 1e-12).all()  # falling
