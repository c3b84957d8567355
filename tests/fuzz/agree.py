"""Random equations by every exact method: `python tests/fuzz/agree.py --count 400 --seed 1`.

Residuals on all point sets, and their gradients by the parameters of the network and by the points, must be what
stacked back-propagation gives, in double precision, whatever stands beside what. Where two methods disagree, the
problem is printed; the status is 1 then.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Callable
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2])]

import torch  # noqa: E402
from torch import Tensor, nn  # noqa: E402

import pdec  # noqa: E402
from pdec.diagnostics import PdeError  # noqa: E402

HEAD = """
dim N = {dim}
space x in {domain}
time t in [0, 1]
unknown u(x, t), v(x, t), w(x, t): vector(2)
param a = 0.7, b: vector(N) = linspace(0.5, 2), D: matrix(N) = equicorr(0.3)
let c[i] = x[i]^2 + t
let C[i, j] = x[1]*x[i]*x[j] + 1/(i + j)
let S[i, j] = where(i == j, 1 + x[1]^2, 0)
"""
DOMAINS = ("ball(N, radius=1)", "[-1, 1]^N", "R^N ~ normal(0, 1)")
SCALARS = ("u", "u", "u", "v", "w[1]", "w[2]")
COEFFICIENTS = (
    *("", "", "", "2*", "-1.5*", "a*", "b[2]*", "x[1]*", "exp(-t)*", "t*", "(1 + |x|^2)*", "sin(x[2])*", "-x[2]*t*"),
    *("u*", "cos(v)*", "w[2]*", "c[1]*", "u_t*", "where(x[1] > 0, 1, t)*"),
)
TERMS = (
    *("{0}", "{0}^2", "d({0}, t)", "d({0}, t)", "d({0}, t)^2", "d({0}, t, 2)", "d({0}, t, 3)", "d({0}, x[1], t)"),
    *("d({0}, x[1])", "d({0}, x[2])", "d({0}, x[1], 2)", "d({0}, x[2], 3)", "d({0}, x[1], x[2])", "d({0}^2, x[1])"),
    *("lap({0})", "lap({0})", "lap({0})", "lap({0})^2", "lap({0}*{1})", "|lap({0})|", "bilap({0})", "d(lap({0}), t)"),
    *("d(lap({0}), x[2])", "dot(b, grad({0}))", "dot(x, grad({0}))", "dot(c, grad({0}))", "|grad({0})|^2"),
    *("dot(grad({0}), grad({1}))", "dot(grad({0}), grad(d({0}, x[1])))", "div(exp({0})*grad({1}))", "max({0}, {1})"),
    *("(C : hess({0}))", "(D : hess({0}))", "(S : hess({0}))", "(hess({0}) : hess({1}))", "(outer(b, c) : hess({0}))"),
    *("sum(i, x[i]*d({0}, x[i], 2))", "sum(i, max(x[i], 0)*d({0}, x[i], 2))", "sum(i, d({0}, x[i])^2)"),
    *("sum(i, c[i]*d({0}, x[i], 2))", "sum(i, d({0}, x[i]))", "sum(i in 2..N, x[i]*d({0}, x[i], 2))"),
    *("sum(i in 1..N-1, d({0}, x[i])*d({1}, x[i+1]))", "sum(i in 1..N-1, x[i]*d({0}, x[i], x[i+1]))"),
    *("u(t=0)", "v_t(t=0)", "integral(s in 0..1, s*u(t=s))", "E[z ~ normal()] (v(x1=z))"),
)
KNOWN = ("", "", "2*", "a*", "t*", "x[1]*", "-(1 + |x|^2)*")
FIRST = ("d({0}, x[1])", "dot(b, grad({0}))", "dot(x, grad({0}))", "sum(i in 2..N, x[i]*d({0}, x[i]))")
SECOND = (
    *("lap({0})", "lap({0})", "d({0}, x[1], 2)", "d({0}, x[1], x[2])", "(C : hess({0}))", "(D : hess({0}))"),
    *("(S : hess({0}))", "sum(i, x[i]*d({0}, x[i], 2))", "sum(i in 2..N, d({0}, x[i], 2))"),
    "sum(i in 1..N-1, x[i]*d({0}, x[i], x[i+1]))",
)
CONDITIONS = (
    *("initial u = x[1]", "hard initial u = x[1]", "hard initial v = exp(x[1])", "initial d(u, t) = x[2]"),
    *("initial lap(u) = v", "boundary dn(u) + u = t", "hard boundary u = t", "boundary u = d(v, x[1], 2)"),
    "terminal u_t = u",
)  # fmt: skip
METHODS = ("taylor", "hutchinson")
ACTIVATIONS = (nn.Tanh, nn.SiLU, nn.GELU, nn.Softplus)


def problem_text(number: int, seed: int) -> str:
    """Two random equations and a random condition; the same for the same numbers.

    The first has a second derivative or a sum of some, and first ones with known coefficients: what methods join.
    """
    choose = random.Random(f"{seed} {number}").choice

    def term() -> str:
        return choose(COEFFICIENTS) + choose(TERMS).format(choose(SCALARS), choose(SCALARS))

    def evolution() -> str:
        name = choose(SCALARS)
        terms = [choose(KNOWN) + choose(SECOND), *(choose(KNOWN) + choose(FIRST) for _ in range(choose((1, 2))))]
        return f"d({{0}}, t) = {' + '.join(terms)}".format(name) + choose(("", f" + {term()}"))

    def equation() -> str:
        left = " + ".join(term() for _ in range(choose((1, 2, 3, 4, 5))))
        return f"{left} = {choose(('0', '1', 'x[1]', 'u', term(), term()))}"

    dim, domain, condition = choose((2, 3, 5)), choose(DOMAINS), choose(CONDITIONS)
    if "boundary" in condition:
        domain = DOMAINS[0]
    return (
        f"{HEAD.format(dim=dim, domain=domain)}equation one: {evolution()}\nequation two: {equation()}\n{condition}\n"
    )


def network(dim: int, number: int) -> Callable[[Tensor], Tensor]:
    """A random network of four outputs: a narrow or wide perceptron, now and then one that methods cannot look into."""
    torch.manual_seed(number)
    choose = random.Random(number).choice
    width, activation = choose((2, 3, 8, 16)), choose(ACTIVATIONS)
    hidden = (nn.Linear(width, width), activation())
    net = nn.Sequential(nn.Linear(dim + 1, width), activation(), *hidden, nn.Linear(width, 4)).double()
    return net if choose((True, True, True, False)) else net.forward


def computed(loss: pdec.Loss, net: Callable[[Tensor], Tensor], number: int) -> dict[str, Tensor]:
    """Residuals by label, and the gradients of a function of all of them."""
    batch = loss.sample(generator=torch.Generator().manual_seed(number), dtype=torch.float64)
    places = {name: points[:5].clone().requires_grad_() for name, points in batch.items()}
    found: dict[str, Tensor] = {}
    for name, points in places.items():
        found |= loss.module.RESIDUALS[name](net, points, torch.Generator().manual_seed(number))
    total = torch.stack([residual.sin().sum() for residual in found.values()]).sum()
    trained = [*getattr(net, "__self__", net).parameters(), *places.values()]
    slopes = torch.autograd.grad(total, trained, allow_unused=True, materialize_grads=True)
    found |= {f"gradient {k}": slope for k, slope in enumerate(slopes)}
    return {label: value.detach() for label, value in found.items()}


def disagreements(number: int, seed: int) -> list[str] | None:
    """What a method computes otherwise than back-propagation, and by how much; None where the problem is refused."""
    try:
        problem = pdec.loads(problem_text(number, seed))
        losses = {"autograd": pdec.compile(problem, method="autograd", dtype="float64")}
    except PdeError:
        return None
    losses |= {method: pdec.compile(problem, method=method, dtype="float64", samples=4096) for method in METHODS}
    net = network(problem.dim, number)
    exact = computed(losses["autograd"], net, number)
    found = []
    # directions are random above the second order
    for method in METHODS if "bilap" not in problem.source.text else METHODS[:1]:
        for label, value in computed(losses[method], net, number).items():
            scale = 1 + float(exact[label].abs().max())
            if not torch.allclose(value, exact[label], rtol=1e-9, atol=1e-9 * scale):
                found.append(f"{method}: {label} is off by {float((value - exact[label]).abs().max()):.2g}")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    refused, wrong = 0, 0
    for number in range(options.count):
        try:
            found = disagreements(number, options.seed)
        except Exception as error:  # whatever it is, the next problem is another
            found = [f"{type(error).__name__}: {error}"]
        refused += found is None
        if found:
            wrong += 1
            print(f"problem {number}:{problem_text(number, options.seed)}", *found, "", sep="\n", flush=True)
    print(f"{options.count} problems, {refused} refused, {wrong} with wrong numbers")
    return 1 if wrong or refused == options.count else 0


if __name__ == "__main__":
    sys.exit(main())
