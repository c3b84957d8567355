"""Texts for the fuzzer: the gallery and the wrong files, mangled, and expressions made up from scratch.

`text(seed, number)` is a pure function: input `number` of run `seed` is always the same. The pool of seeds is whatever
`.pde` files there are, so new syntax is mutated as soon as it has an example.
"""

from __future__ import annotations

import random
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
TOKEN = re.compile(r"[ \t]+|\n\s*|\w+|\.\.|[^\w\s]")
STATEMENT = re.compile(
    r"^[ \t]*(?=(?:problem|dim|param|space|time|unknown|let|equation|initial|terminal|boundary|hard|periodic|exact"
    r"|reference|manufacture|train|also|data|region|table|interface)\b)",
    re.MULTILINE,
)
COMMENT = re.compile(r"#[^\n]*")
TRAIN = re.compile(r"^train\s*\{[^}]*\}", re.MULTILINE)
NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
NAME = re.compile(r"[^\W\d]\w*")
GROUP = re.compile(r"\([^()]*(?:\([^()]*\)[^()]*)*\)")

NUMBERS = ["0", "1", "2", "3", "7", "8", "9", "0.5", "0.1", "1/3", "1e-9", "1e9", "1e300", "1e-300", "1e301", "1e999"]
NUMBERS += ["99999999", "10000000", "10000001", "100000", "100", "101", "999999999999999999999999", "0.0", "1e-324"]
NUMBERS += ["1" * 39, "9" * 41, "0." + "0" * 37 + "1", "1..2", ".5", "5.", "1e", "0x10", "1_000", "2^0.5", "-1", "N"]
NAMES = ["lambda", "None", "True", "torch", "net", "print", "points", "self", "class", "def", "import", "generator"]
NAMES += [
    "i",
    "I",
    "E",
    "e",
    "pi",
    "N",
    "S",
    "O",
    "Q",
    "u",
    "v",
    "x",
    "y",
    "t",
    "z",
    "f",
    "k",
    "w",
    "__init__",
    "_",
    "__",
]
NAMES += [
    "exec",
    "eval",
    "noise",
    "values",
    "residual",
    "net_u",
    "u_t",
    "u_x",
    "u_xx",
    "u_x1x2",
    "x1",
    "u1",
    "sum",
    "d",
]
NAMES += [
    "domain",
    "equation",
    "initial",
    "boundary",
    "R",
    "ball",
    "normal",
    "vector",
    "radial",
    "λ",
    "Δ",
    "ħ",
    "ａ",
    "µ",
]
ODD = [
    "\0",
    "\x1b[31m",
    "\u202e",
    "\u2066",
    "\u200b",
    "\ufeff",
    "\u00a0",
    "\u0301",
    "\u2028",
    "\x85",
    "\x0c",
    "\r",
    "\t",
]
ODD += [
    "е",
    "а",
    "о",
    "х",
    "ı",
    "ﬁ",
    "∞",
    "²",
    "⁻¹",
    "₁",
    "∂",
    "∇",
    "∇²",
    "∇·",
    "√",
    "∈",
    "Σ",
    "ℝ",
    "×",
    "·",
    "−",
    "½",
    "Ⅷ",
]
ODD += [
    "“",
    "”",
    "’",
    "\\",
    "$",
    "`",
    ";",
    "@",
    "?",
    "!",
    "%",
    "&",
    "—",
    "…",
    "😀",
    "𝒙",
    "\U000e0041",
    "\ud800",
    "٣",
    "߁",
]
SPARE = [
    "(",
    ")",
    "[",
    "]",
    "|",
    "{",
    "}",
    "^",
    "**",
    "*",
    "/",
    "-",
    "+",
    "=",
    "==",
    "<",
    ",",
    ";",
    ":",
    "..",
    "~",
    "in",
]
SPARE += ["where", "and", "or", "not", "otherwise", "on", "hard", "exact", "lap", "grad", "div", "curl", "hess", "dn"]
SPARE += ["dot", "outer", "tr", "transpose", "contract", "largest", "smallest", "advect", "bilap", "integral", "mean"]
SPARE += [
    "re",
    "im",
    "conj",
    "E[w ~ normal(N)]",
    "E[w~normal(2)]",
    "x[i]",
    "x[i+1]",
    "x[N]",
    "x[1]",
    "u_xx",
    "d(u, x[1])",
]

UNARY = [
    "sin",
    "cos",
    "tan",
    "asin",
    "acos",
    "atan",
    "sinh",
    "cosh",
    "tanh",
    "sech",
    "exp",
    "log",
    "sqrt",
    "erf",
    "abs",
]
UNARY += ["sign", "lap", "-", "|", "d1", "dt", "divgrad"]
HEADERS = [
    "dim N = {n}\nparam mu = 0.7\nspace x in [0, 1]^N\ntime t in [0, 1]\nunknown u(x, t)\n",
    "dim N = {n}\nparam mu = 2\nspace x in ball(N)\ntime t in [0, mu]\nunknown u(x, t), v(x, t): vector(N)\n",
    "dim N = {n}\nspace x in [0, 1]^N\ntime t in [0, 1]\nparam mu = 1\nunknown u, v(x), s(t), w(x1, t)\n",
    "dim N = {n}\nspace x in R^N ~ normal(0, 1)\ntime t in [0, 1]\nparam mu = N\nunknown u\n",
    "space (x, y) in [0, 1]*[-1, 1]\ntime t in [0, 1]\nparam mu = -1\nunknown u, v: vector(2)\n",
    "space x in [0, 1]\ntime t in [0, 1]\nparam mu = 0.5\nunknown u\n",
]


@cache
def seeds() -> tuple[str, ...]:
    """Every `.pde` file of the project."""
    folders = (ROOT / "examples", ROOT / "tests", ROOT / "pdec")
    paths = sorted(path for folder in folders for path in folder.rglob("*.pde") if path.stat().st_size < 20_000)
    return tuple(path.read_text(encoding="utf-8", errors="replace") for path in paths)


@cache
def words() -> tuple[str, ...]:
    """Every token of every seed, once, and some that none of them has."""
    return tuple(sorted({token for text in seeds() for token in TOKEN.findall(COMMENT.sub("", text))})) + tuple(SPARE)


@cache
def pieces() -> tuple[str, ...]:
    """Every statement of every seed."""
    return tuple(sorted({piece for text in seeds() for piece in statements(bare(text))}))


def bare(text: str) -> str:
    """A text without comments and without its train block."""
    return TRAIN.sub("", COMMENT.sub("", text)).strip() + "\n"


def statements(text: str) -> list[str]:
    """A text cut before the words that begin statements."""
    ends = [match.start() for match in STATEMENT.finditer(text)] or [0]
    return [text[a:b] for a, b in zip([0, *ends], [*ends, len(text)]) if text[a:b].strip()]


def text(seed: int, number: int) -> str:
    """Input `number` of run `seed`."""
    draw = random.Random(f"{seed} {number}")
    if draw.random() < 0.15:
        result = made_up(draw)
        count = draw.choice([0, 0, 0, 1])
    else:
        result = draw.choice(seeds())
        result = bare(result) if draw.random() < 0.85 else result
        count = draw.choice([1, 1, 1, 2, 2, 3, 5])
    for _ in range(count):
        result = draw.choices(list(MUTATIONS), list(MUTATIONS.values()))[0](result, draw)
    return result


# --- mutations: text and a source of chance in, text out


def flip_bytes(text: str, draw: random.Random) -> str:
    data = bytearray(text.encode("utf-8", "surrogatepass")) or bytearray(b" ")
    for _ in range(draw.choice([1, 1, 2, 4])):
        data[draw.randrange(len(data))] ^= 1 << draw.randrange(8)
    return bytes(data).decode("utf-8", "replace")


def odd_character(text: str, draw: random.Random) -> str:
    k = draw.randrange(len(text) + 1)
    return text[:k] + draw.choice(ODD) + text[k + draw.randrange(2) :]


def change_tokens(text: str, draw: random.Random) -> str:
    tokens = TOKEN.findall(text) or [" "]
    for _ in range(draw.choice([1, 1, 2, 3])):
        k, m = draw.randrange(len(tokens)), draw.randrange(len(tokens))
        match draw.randrange(5):
            case 0:
                tokens[k] = ""
            case 1:
                tokens.insert(k, tokens[m])
            case 2:
                tokens[k], tokens[m] = tokens[m], tokens[k]
            case 3:
                tokens[k] = draw.choice(words())
            case 4:
                tokens.insert(k, draw.choice(words()))
    return "".join(tokens)


def change_statements(text: str, draw: random.Random) -> str:
    found = statements(text)
    for _ in range(draw.choice([1, 1, 2])):
        k = draw.randrange(len(found) + 1)
        match draw.randrange(4):
            case 0:
                draw.shuffle(found)
            case 1:
                del found[k : k + 1]
            case 2:
                found.insert(k, draw.choice(found or [""]))
            case 3:
                found.insert(k, draw.choice(pieces()))
    return "\n".join(piece.rstrip("\n") for piece in found) + "\n"


def splice(text: str, draw: random.Random) -> str:
    other = bare(draw.choice(seeds()))
    mine, theirs = statements(text), statements(other)
    return "".join(mine[: draw.randrange(len(mine) + 1)] + theirs[draw.randrange(len(theirs) + 1) :])


def graft(text: str, draw: random.Random) -> str:
    """A bracketed part replaced by one of another file."""
    mine, theirs = list(GROUP.finditer(text)), GROUP.findall(draw.choice(pieces()))
    if not mine or not theirs:
        return change_tokens(text, draw)
    place = draw.choice(mine)
    return text[: place.start()] + draw.choice(theirs) + text[place.end() :]


def change_number(text: str, draw: random.Random) -> str:
    return _replaced(
        NUMBER, text, draw, lambda old: draw.choice([*NUMBERS, old + "0", f"{old}*{old}", f"({old}^{old})"])
    )


def change_name(text: str, draw: random.Random) -> str:
    """A name exchanged for another, once or everywhere."""
    names = sorted(set(NAME.findall(text)))
    if not names:
        return text
    old, new = draw.choice(names), draw.choice([*NAMES, *names])
    if draw.random() < 0.3:
        return _replaced(re.compile(rf"\b{re.escape(old)}\b"), text, draw, lambda _: new)
    return re.sub(rf"\b{re.escape(old)}\b", lambda _: new, text)


def wrap(text: str, draw: random.Random) -> str:
    """A name, number or bracket wrapped in a call, many times over now and then."""
    depth = draw.choice([1, 1, 1, 2, 3, 5, 20, 99, 300]) if draw.random() < 0.3 else 1

    def wrapped(old: str) -> str:
        left, right = draw.choice(
            [("(", ")"), ("|", "|"), ("[", "]"), ("-", ""), ("", "^2"), ("", "^" + old), ("", "/" + old), ("", "²")]
            + [("√", ""), ("∇", ""), ("Δ", ""), ("d(", ", t)"), ("d(", ", x)"), ("d(", ", x[1], 2)"), ("sum(i, ", ")")]
            + [(f"{name}(", ")") for name in (*UNARY[:18], "grad", "div", "hess", "curl", "largest", "f", "max", "dn")]
            + [("where(x > 0, ", ", 1)"), ("E[w ~ normal(N)] (w[1]*", ")"), (f"{old} + ", ""), (f"{old}*", "")]
        )
        return left * depth + old + right * depth

    return _replaced(re.compile(f"{GROUP.pattern}|{NAME.pattern}|{NUMBER.pattern}"), text, draw, wrapped)


def lengthen(text: str, draw: random.Random) -> str:
    """Something said very often."""
    piece = draw.choice(
        [draw.choice(pieces()), draw.choice(words()), "+ u", "*u", "^2", "(", "u_t + ", "#", " ", "\n", "9"]
    )
    k = draw.randrange(len(text) + 1)
    return text[:k] + piece * draw.choice([10, 30, 100, 300]) + text[k:]


def change_dimension(text: str, draw: random.Random) -> str:
    value = draw.choice(
        ["1", "2", "3", "4", "5", "10", "100000", "10000000", "10000001", "0", "-1", "2.5", "1e6", "mu"]
    )
    return re.sub(r"(dim\s+\w+\s*=\s*)[\w.]+", lambda match: match[1] + value, text)


def new_expression(text: str, draw: random.Random) -> str:
    """Everything after an equals sign replaced by an expression that is made up."""
    return _replaced(re.compile(r"=[^\n=]*"), text, draw, lambda _: f"= {expression(draw, draw.randrange(1, 5))}")


MUTATIONS = {
    flip_bytes: 6,
    odd_character: 8,
    change_tokens: 40,
    change_statements: 14,
    splice: 6,
    graft: 8,
    change_number: 14,
    change_name: 12,
    wrap: 14,
    lengthen: 2,
    change_dimension: 4,
    new_expression: 8,
}


def _replaced(pattern, text, draw, new):
    """One match of `pattern`, chosen by chance, replaced."""
    found = list(pattern.finditer(text))
    if not found:
        return text
    place = draw.choice(found)
    return text[: place.start()] + new(place[0]) + text[place.end() :]


# --- expressions from scratch


def made_up(draw: random.Random) -> str:
    """A small problem around expressions that are made up."""
    head = draw.choice(HEADERS).format(n=draw.choice([1, 2, 3, 3, 5, 10, 100, 100_000]))
    depth = draw.choice([1, 2, 2, 3, 3, 4, 5])
    lines = [f"equation {expression(draw, 2)} = {expression(draw, depth)}"]
    if "v:" in head or "v(" in head:
        lines.append("equation v = 0")
    for kind in ("exact", "boundary", "initial", "hard boundary", "manufacture", "let g ="):
        if draw.random() < 0.25:
            value = expression(draw, draw.choice([1, 2, 3]), unknown=kind.startswith("let"))
            lines.append(f"{kind} {value}" if kind.startswith("let") else f"{kind} u = {value}")
    return head + "\n".join(lines) + "\n"


def expression(draw: random.Random, depth: int, *, unknown: bool = True) -> str:
    """A scalar expression that reads well, of the language's commonest operators."""
    if depth == 0 or draw.random() < 0.1:
        leaves = [
            "x[1]",
            "x[2]",
            "x",
            "t",
            "mu",
            "N",
            "pi",
            "1",
            "2",
            "0",
            "3",
            "0.1",
            "|x|",
            "|x|^2",
            "y",
            "sum(i, x[i])",
        ]
        leaves += ["sum(i in 1..N-1, x[i]*x[i+1])", "sum(i, i*x[i]^3)", "largest(x)", "99", "1e9", "1e-9"]
        leaves += ["u", "u", "u_t", "lap(u)", "d(u, x[1])", "|grad(u)|", "div(v)", "dot(grad(u), x)"] * unknown
        return draw.choice(leaves)
    if draw.random() < 0.35:
        name, inner = draw.choice(UNARY), expression(draw, depth - 1, unknown=unknown)
        special = {
            "-": f"-({inner})",
            "|": f"|{inner}|",
            "d1": f"d({inner}, x[1])",
            "dt": f"d({inner}, t)",
            "divgrad": f"div(({inner})*grad(u))" if unknown else inner,
        }
        return special.get(name, f"{name}({inner})")
    left, right = (expression(draw, depth - 1, unknown=unknown) for _ in range(2))
    if draw.random() < 0.3:
        return draw.choice(
            [f"max({left}, {right})", f"min({left}, {right})", f"atan2({left}, {right})", f"sum(i, {left}*x[i])"]
        )
    operator = draw.choice(["+", "-", "*", "/", "^", "+", "*", "^2"])
    return f"({left})^{draw.choice('23456')}" if operator == "^2" else f"({left}) {operator} ({right})"
