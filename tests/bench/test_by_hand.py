"""Code by hand beside generated code: it computes the same number."""

import pytest
import torch

import pdec
from pdec.bench.by_hand import OPTIONS, WRITTEN, beside, summary
from pdec.bench.cases import heat_problem
from pdec.training.network import network_for


@pytest.mark.parametrize(("method", "samples"), WRITTEN)
def test_both_compute_the_same(method, samples):
    problem = heat_problem(100)
    loss = pdec.compile(problem, method=method, samples=samples, **OPTIONS)
    net = network_for(problem, loss.options)
    batch = loss.sample(generator=torch.Generator().manual_seed(0))
    ours = loss(net, batch, generator=torch.Generator().manual_seed(1))
    by_hand = WRITTEN[method, samples](net, batch, torch.Generator().manual_seed(1))
    torch.testing.assert_close(ours, by_hand, rtol=1e-3, atol=0)  # differences of float32 over sigma²


def test_times_of_both_are_taken():
    rows = beside(repeats=1)
    assert [(row.method, row.samples) for row in rows] == list(WRITTEN)
    assert all(row.generated > 0 and row.by_hand > 0 and row.ratio > 0 for row in rows)


def test_the_ratio_is_the_median_over_repetitions():
    row = summary("stein", 20, [(2.0, 1.0), (3.0, 2.0), (9.0, 3.0)])
    assert (row.generated, row.by_hand, row.ratio) == (3.0, 2.0, 2.0)
    assert row.low <= row.ratio <= row.high
