"""The generated text of three problems, kept to be read and compared. Run as a script, this file writes it."""

from pathlib import Path

import pytest
import torch

import pdec
from pdec.compiler import generate, options_for
from pdec.loss import load_module

HERE = Path(__file__).parent
GOLDEN = {
    "heat": ("heat", "stein-antithetic"),
    "hjb": ("hjb", "stein-cv"),
    "poisson": ("poisson", "autograd"),
    "hjb_chi": ("hjb", "stein-chi"),
    "heat_probes": ("heat", "hutchinson"),
}


def generated(name):
    example, method = GOLDEN[name]
    path = HERE.parents[1] / "examples" / f"{example}.pde"
    problem = pdec.loads(path.read_text("utf-8"), name=f"{example}.pde")
    return generate(problem, options_for(problem, {"method": method, "samples": 16}))


@pytest.mark.parametrize("name", GOLDEN)
def test_the_text_is_the_kept_one(name):
    assert generated(name) == (HERE / "golden" / f"{name}.py").read_text("utf-8")


@pytest.mark.parametrize("name", GOLDEN)
def test_the_kept_text_runs(name):
    module = load_module(name, (HERE / "golden" / f"{name}.py").read_text("utf-8"))
    generator = torch.Generator().manual_seed(0)
    batch = module.sample(generator, points=dict.fromkeys(module.POINTS, 4))
    net = torch.nn.Sequential(torch.nn.Linear(batch["domain"].shape[1], 8), torch.nn.Tanh(), torch.nn.Linear(8, 1))
    value = module.loss(net, batch, generator)
    value.backward()
    assert torch.isfinite(value)
    assert module.known(batch["domain"], 20, generator)["u"][0].shape == (4,)


if __name__ == "__main__":
    for name in GOLDEN:
        (HERE / "golden" / f"{name}.py").write_text(generated(name), encoding="utf-8")
