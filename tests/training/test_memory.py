"""What a run needs is known before it begins, within a factor of two, and what has no room is refused."""

import pytest
import torch

import pdec
from pdec.bench.entrant import setup, training_step
from pdec.bench.meter import peak_bytes
from pdec.choice import expected_bytes
from pdec.compiler import options_for
from pdec.training import memory

TEXT = """
dim N = 20
space x in ball(N)
time t in [0, 1]
unknown u
equation u_t = lap(u)
initial u = 0
boundary u = 0
"""


@pytest.mark.parametrize("dim", [10, 300])
@pytest.mark.parametrize("method", ["stein", "stein-chi", "stein-antithetic", "hutchinson", "taylor", "autograd"])
def test_predicted_memory_comes_true(dim, method):
    if method == "autograd" and dim > 10:
        pytest.skip("slow")
    problem = pdec.loads(TEXT, dim=dim)
    options = {"method": method, "samples": 64, "width": 96, "points": 40}
    loss = pdec.compile(problem, **options)
    shared = setup(loss, torch.device("cpu"))

    def work():
        step = training_step(loss, shared)
        step()
        step()

    peak = peak_bytes(work, torch.device("cpu"))
    assert 0.5 < expected_bytes(problem, options_for(problem, options)) / peak < 2


def test_a_run_that_has_no_room_is_refused():
    problem = pdec.loads(TEXT, dim=100_000)
    with pytest.raises(pdec.TrainingError, match=r"a step by autograd is expected to need .* of memory"):
        pdec.solve(problem, method="autograd", steps=1)


def test_what_fits_is_not_refused(monkeypatch):
    problem = pdec.loads(TEXT)
    options = options_for(problem, {"method": "stein", "points": 10, "width": 16})
    memory.refuse_what_does_not_fit(problem, options, torch.device("cpu"))
    monkeypatch.setattr(memory, "memory_of_the_machine", lambda: 10_000.0)
    with pytest.raises(pdec.TrainingError, match="try fewer --points"):
        memory.refuse_what_does_not_fit(problem, options, torch.device("cpu"))


def test_sizes_in_words():
    assert [memory.size(count) for count in (12, 3.2 * 2**20, 5 * 2**30)] == ["12 B", "3.2 MiB", "5 GiB"]
