"""Runs that several processes make together; `torchrun … together.py OUT CASE…` writes what each of them saw.

Not a test itself: test_ranks.py makes the same runs alone and compares.
"""

import json
import os
import sys
from pathlib import Path

import torch

import pdec
from pdec.training import launch
from pdec.training.ranks import current, joined

HEAT = """
dim N = 3
space x in ball(N, radius=1)
time t in [0, 1]
unknown u
equation u_t = lap(u)
initial u = |x|^2
boundary u = 1 + 2*N*t
exact u = |x|^2 + 2*N*t
"""
HJB = """
dim N = 4
space x in R^N ~ normal(0, 1)
time t in [0, 1]
unknown u
equation u_t + lap(u) = |grad(u)|^2
terminal u = |x|^2
"""
WAVE = """
space x in [0, 1]
unknown u
unknown param k = 2
equation u_xx = -k*u
boundary u = 0 on x = 0
boundary slope: u_x = 1 on x = 0
"""
BEAM = """
space (x, y) in [0, 1]^2
unknown v: vector(2), p
equation lap(v) = grad(p)
equation mass: div(v) = 0
equation gauge: mean(p) = 0
boundary v = [y, 0]
periodic x
"""
SMALL = {"width": 8, "depth": 3, "dtype": "float64", "steps": 6, "test_points": 20, "samples": 8, "embedding": "none"}
CASES = {
    "groups": (HEAT, {"method": "stein", "points": 11, "share": 3}),
    "paper": (WAVE, {"method": "stein-antithetic", "points": 9, "optimiser": "adam", "balance": "gradient-norm"}),
    "causal": (HEAT, {"method": "autograd", "causal": 2.0, "balance": "self-adaptive", "average": 0.5, "points": 10}),
    "adversaries": (HJB, {"method": "stein-chi", "adversarial": 3, "resample": 4, "diffuse": 1.0, "points": 9}),
    "two phases": (WAVE, {"method": "stein", "sequence": "sobol", "steps": 4, "finish": 1, "points": 6}),
    "lbfgs": (BEAM, {"method": "autograd", "optimiser": "lbfgs", "steps": 3, "points": 8, "finish_points": 2}),
    "few points": (HEAT, {"method": "stein-radial", "points": 3, "optimiser": "muon"}),
    "one point": (WAVE, {"method": "stein-chi", "points": 1, "balance": "gradient-norm", "samples": 12}),
    "few adversaries": (HJB, {"method": "stein-antithetic", "points": 3, "adversarial": 2}),
    "rollback": (HEAT, {"method": "stein", "points": 8, "lr": 1e170, "optimiser": "adam", "on_nan": "rollback"}),
    "target": (HEAT, {"method": "autograd", "points": 8, "target": 50.0}),
}


def made(name):
    """What is to be the same however many processes there are."""
    text, options = CASES[name]
    run = pdec.solve(pdec.loads(text), **{**SMALL, **options})
    history = []
    try:
        while not run.done:
            step = run.advance()
            history.append([step.loss, *step.terms.values(), *step.parameters.values(), *step.factors.values()])
    except pdec.TrainingError as error:
        history.append(str(error))
    weights = [value.double().norm().item() for value in run.stepper.trained.state_dict().values()]
    return {"history": history, "weights": weights, "notes": run.notes, "random": random_numbers(run)}


def random_numbers(run):
    return [torch.rand(1, generator=generator).item() for generator in run.stepper.streams.values()]


def refused(**options):
    """What is said of a run that cannot be made together."""
    try:
        next(pdec.solve(pdec.loads(HEAT), **{**SMALL, **options}))
    except (pdec.TrainingError, pdec.OptionError, OSError) as error:
        return str(error)
    return None


def different_networks(rank):
    """Losses of a network that the processes initialise differently: they begin with that of the first."""
    torch.manual_seed(rank)
    net = torch.nn.Sequential(torch.nn.Linear(4, 5), torch.nn.Tanh(), torch.nn.Linear(5, 1))
    run = pdec.solve(pdec.loads(HEAT), net=net, method="stein", points=8, steps=2)
    return [step.loss for step in run]


def stopped(rank):
    """Steps of a run that the second process stops after its second, and what the processes think of it."""
    run = pdec.solve(pdec.loads(HEAT), **SMALL)
    while not run.done:
        run.advance()
        if len(run.history) == 2 and rank == 1:
            run.stop()
    return [len(run.history), run.stopped_elsewhere]


def main(folder, names):
    with joined() as ranks:
        found = {name: made(name) for name in names}
        found["networks"] = different_networks(ranks.rank)
        found["stopped"] = stopped(ranks.rank)
        found["seeds"] = refused(seed=ranks.rank)
        found["dropout"] = refused(net=torch.nn.Sequential(torch.nn.Linear(4, 1), torch.nn.Dropout()))
        found["checkpoint"] = refused(resume=folder / ("nothing" if ranks.first else "else"))
        run = pdec.solve(pdec.loads(HEAT), folder=folder / f"run-{ranks.rank}", **SMALL)
        found["errors"] = run.solution.errors
        # the first one reads for all: none of the others has such a file
        again = pdec.solve(pdec.loads(HEAT), resume=folder / f"run-{ranks.rank}", steps=7)
        found["resumed"] = [len(again.history), len(again.solution.history), again.history[-1].loss]
        found["clock"] = again.history[-1].seconds
        found["size"] = current().size
        (folder / f"{ranks.rank}.json").write_text(json.dumps(found))


if __name__ == "__main__":
    assert os.environ["OMP_NUM_THREADS"] == "1"
    main(Path(sys.argv[1]), sys.argv[2:])
    launch.leave(0)
