"""Whatever the text, the compiler answers with a Problem or a message, and soon: examples and wrong files, mangled."""

import random
import re
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pdec.compiler import generate, loads, options_for
from pdec.diagnostics import PdeError
from pdec.options import OptionError

ROOT = Path(__file__).parents[2]
EXAMPLES = [path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("examples/*.pde"))]
WRONG = [path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("tests/wrong/*.pde"))]
HEADER = "dim N = 3\nparam mu = 0.7\nspace x in [0, 1]^N\ntime t in [0, 1]\nunknown u(x, t), v(x, t): vector(N)\n"
TOKEN = re.compile(r"\s+|\w+|\.\.|[^\w\s]")
SPARE = ["u", "x", "t", "N", "i", "v", "u_t", "x[i]", "E", "pi", "0", "1", "2", "1e9", "(", ")", "[", "]", "|", "^"]
SPARE += ["*", "/", "-", "+", "=", ",", "lap", "grad", "div", "sum", "d", "sqrt", "log", "hess", "dot"]


def answer(text: str) -> tuple[list[str], float]:
    """The codes of what is said about a text (none: it compiles), and the seconds that took."""
    start = time.process_time()
    codes = []
    try:
        problem = loads(text)
        generate(problem, options_for(problem, {"method": "autograd"}))
    except PdeError as error:
        codes = [diagnostic.code for diagnostic in error.diagnostics if str(error)]
    except OptionError:
        codes = ["OptionError"]
    return codes, time.process_time() - start


def mangled(text: str, seed: int) -> str:
    """`text` with a few tokens deleted, doubled, swapped or replaced."""
    draw = random.Random(seed)
    tokens = TOKEN.findall(text)
    for _ in range(draw.choice([1, 1, 2, 3])):
        k, m = draw.randrange(len(tokens)), draw.randrange(len(tokens))
        match draw.randrange(4):
            case 0:
                del tokens[k]
            case 1:
                tokens.insert(k, tokens[m])
            case 2:
                tokens[k], tokens[m] = tokens[m], tokens[k]
            case 3:
                tokens[k] = draw.choice(SPARE)
    return "".join(tokens)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(EXAMPLES) | st.sampled_from(WRONG), st.integers(0, 2**32))
def test_mangled_files(text, seed):
    _, seconds = answer(mangled(text, seed))
    assert seconds < 3


# an expression, and the code of the message it must get
IMPOSSIBLE = {
    "sqrt(-1)": "E004",
    "log(0)": "E004",
    "log(-1)": "E004",
    "log(t - t)": "E004",
    "asin(2)": "E004",
    "acos(2)*u": "E004",
    "exp(1e9)": "E004",
    "exp(exp(exp(100)))": "E004",
    "sinh(1e6)": "E004",
    "tan(pi/2)": "E004",
    "atan2(0, 0)": "E004",
    "sqrt(mu - 1)": "E004",
    "asin(mu + 1)*x[1]": "E004",
    "log(-N)": "E004",
    "u/(N - 3)": "E004",
    "x[1]/(mu - 0.7)": "E004",
    "1/0": "E004",
    "1/(u - u)": "E004",
    "x[1]/(x[1] - x[1])": "E004",
    "max(sqrt(-1), 1)": "E004",
    "1e300*1e300": "E004",
    "1e-300*1e-300*u": "E004",
    "sqrt(-x[1]^2 - 1)": "E004",
    "10^99*u*10^99*10^99*10^99": "E004",
    "0^0": "E108",
    "0^u": "E108",
    "(t - t)^t": "E108",
    "(t - t)^(-1)": "E108",
    "(-8)^(1/3)": "E108",
    "(-2)^0.5": "E108",
    "(-1)^t": "E108",
    "(-1)^mu": "E108",
    "((((2.5*u)^99)^99)^99)^99": "E108",
    "9^9^9^9^9": "E108",
    "u^1e9": "E108",
    "lap(|u|)": "E106",
    "lap(max(u, 0))": "E106",
    "lap(sign(u))": "E106",
    "lap(lap(lap(lap(lap(u)))))": "E106",
    "d(d(u, x[1], 8), x[1])": "E106",
    "∂_xx (u^2)": "E106",
    "sum(i in 1..99999999, i*u)": "E105",
    "sum(i in 1..1/0, u)": "E004",
    "u + E[w ~ normal(0)] (w[1])": "E203",
    "u + E[x ~ normal(2)] (x[1])": "E102",
    "u + E[w ~ normal(2)] (E[z ~ normal(2)] (w[1]*z[1]))": "E203",
    "integral(a in 0..1, integral(b in 0..a, integral(c in 0..b, integral(r in 0..c, u(x1=r)))))": "E003",
    "u + integral(s, u(s))": "E109",
    "u + integral(s in x..1, u)": "E104",
    "(u + t + mu + 1)^6*(u + t + 2*mu)^6*(u_t - 2*t)^6": "E003",
    "sum(i, sum(j, sum(k, sum(l, sum(m, sum(n, d(u, x[i], x[j], x[k], x[l], x[m], x[n])*"
    "x[i]*x[j]*x[k]*x[l]*x[m]*x[n]))))))": "E003",
}


@pytest.mark.parametrize("text", IMPOSSIBLE)
def test_impossible(text):
    codes, seconds = answer(f"{HEADER}equation u_t = {text}\n")
    assert codes == [IMPOSSIBLE[text]]
    assert seconds < 2


@pytest.mark.parametrize(
    "text",
    [
        "x[1]^0.5^0.5^0.5",
        "exp(-1e9)",
        "N^N^N",
        "mu^99",
        "max(x[1], 0)^2",
        "min(u, x[1])",
        "d(max(u, 0), t)",
        "dot(grad(|u|), x)",
        "lap(atan2(u, t))",
        "lap(exp(exp(u)))",
        "erf(1e9)",
        "sin(1e99)",
        "asin(0.5 - u_x1x2 + u*N)",
        "log((|x|^2)^(div(v)^u))",
        "d(u^2, x1x2) + ∂_tt (u^2)",
        "u(t, x)",
        "dot(v(x, t), x)",
        "sign(x[1] - 0.5)*u",
        "E[w ~ normal(2)] (w[1])*u",
        "u(x + u*x, t - u^2)",
        "lap(u(2*x, t))*u_t(x1=0) + u(x2=0.5, t=0)",
        "integral(s in 0..x[1], integral(r in s..t, exp(s*r)*u(x, r)))",
        "lap(integral(s in -x[1]..x[2]*t, u(x1=s)))",
        "mean(y in domain, |x - y|*u(y, t))*mean(lap(u))",
        "E[z ~ normal(N)] (u(x + z, t) - u - dot(z, grad(u)))",
        "sum(i, x[i]*integral(s in 0..x[i], u(x + s*x, t)))",
        "dot(v(2*x, t), v(t=0)) + integral(|grad(u)|^2)",
        "u(x, integral(s in 0..t, u(x, s)))",
        "d(E[z ~ normal()] (u(x, t + z)), x[1], t)",
    ],
)
def test_unusual_but_right(text):
    codes, seconds = answer(f"{HEADER}equation u_t = {text}\nequation v = 0\n")
    assert codes == []
    assert seconds < 2


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("let f(a) = a + a^2\nequation " + "f(" * 24 + "u" + ")" * 24, ["E003"]),
        ("let f(a) = sin(a) + cos(a)\nequation " + "f(" * 16 + "u" + ")" * 16, ["E003"]),
        ("let a0 = u\n" + "".join(f"let a{k + 1} = sin(a{k})\n" for k in range(500)) + "equation a500", ["E003"]),
        ("let a0 = u\n" + "".join(f"let a{k + 1} = a{k}*a{k}\n" for k in range(500)) + "equation a500", ["E003"]),
        ("equation " + "sin(" * 95 + "u" + ")" * 95, ["E003"]),
        ("equation " + "sin(" * 30 + "u" + ")" * 30, []),
        ("equation " + "lap(" * 95 + "u" + ")" * 95, ["E106"]),
        ("equation u" + " + sin(u)" * 95, []),
        ("equation lap(" + "*".join(f"sin(u + {k}*t)" for k in range(60)) + ")", ["E003"]),
        ("equation lap(lap(" + "*".join(f"sin(u + {k}*t)" for k in range(9)) + "))", ["E003"]),
    ],
    ids=range(10),
)
def test_unfolding_is_bounded(text, codes):
    found, seconds = answer(f"{HEADER}{text} = t\nequation v = 0\n")
    assert found == codes
    assert seconds < 4
