"""Bytes against what is known to be held; ends that come."""

import time

import pytest
import torch

from pdec.bench.meter import Meter, OutOfBudgetError, peak_bytes, size


def test_views_are_free_and_what_is_gone_is_gone():
    with Meter() as meter:
        a = torch.zeros(100, 100)
        assert meter.live == 40_000
        view = a.T[:50]
        assert meter.live == 40_000
        b = a + 1
        assert meter.live == meter.peak == 80_000
        del a, view
        assert meter.live == 40_000
        b += 1
        assert (meter.live, meter.peak) == (40_000, 80_000)


def test_what_backward_keeps_counts():
    with Meter() as meter:
        x = torch.randn(100, requires_grad=True)
        y = x
        for _ in range(20):
            y = torch.tanh(y)
        assert meter.live == 21 * 400
        y.sum().backward()
        del y
        assert meter.live <= 3 * 400


def test_a_forward_pass_that_keeps_nothing_is_smaller():
    def work(grad):
        net = torch.nn.Sequential(*(torch.nn.Linear(50, 50) for _ in range(10)))
        with torch.set_grad_enabled(grad):
            net(torch.zeros(1000, 50))

    cpu = torch.device("cpu")
    weights, layer = 10 * 4 * (50 * 50 + 50), 4 * 1000 * 50
    assert peak_bytes(lambda: work(False), cpu) == pytest.approx(weights + 3 * layer, rel=0.01)
    assert peak_bytes(lambda: work(True), cpu) == pytest.approx(weights + 11 * layer, rel=0.01)


def test_a_deadline_ends_a_backward_pass():
    x = torch.ones(10, requires_grad=True)
    y = x
    for _ in range(2000):
        y = torch.tanh(y)
    with pytest.raises(OutOfBudgetError) as error, Meter(time.perf_counter() + 1e-3):
        y.sum().backward()
    assert error.value.what == "time"


def test_a_limit_of_memory():
    with pytest.raises(OutOfBudgetError, match=r"97\.7 KiB") as error, Meter(limit=100_000):
        [torch.zeros(1000) for _ in range(100)]
    assert error.value.what == "memory"


@pytest.mark.parametrize(("count", "text"), [(12, "12 B"), (2048, "2 KiB"), (3.5 * 2**20, "3.5 MiB"), (2**33, "8 GiB")])
def test_size(count, text):
    assert size(count) == text
