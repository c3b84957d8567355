"""The codes of messages: what each is about, why it is refused or warned of, and a wrong text beside its mended form.

`pdec explain E104` prints a row; `docs/reference.md` lists them all. The texts are tested: `wrong` gets the code,
`mended` gets no error. A text without `space` stands in the frame that the reference describes.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """A row: `title` in a few words, `why` in a sentence or two, `wrong` and `mended` as lines of a `.pde` file."""

    title: str
    why: str
    wrong: str
    mended: str


CODES = {
    # --- syntax
    "E001": Code(
        "the text does not parse",
        "Every statement begins with a keyword, brackets are closed, and a product is always written: `2*u`.",
        "equation u_t = 2 lap(u)",
        "equation u_t = 2*lap(u)",
    ),
    "E002": Code(
        "a character that the language does not have",
        "Letters that look like others, quotation marks and invisible characters would make a file mean something else "
        "than what is seen.",
        "equation u_t = lap(u) – u",
        "equation u_t = lap(u) - u",
    ),
    "E003": Code(
        "too large, too long or nested too deeply",
        "Every file is answered within seconds, whatever stands in it; so there are limits to length, nesting and the "
        "number of terms.",
        "equation u_t = (u + t + u_x1 + 1)^6*(u - u_x2 + t)^6*(u_x3 - 2*t)^6",
        "equation u_t = (u + u_x1 + 1)^6",
    ),
    "E004": Code(
        "a number that cannot be used",
        "What is computed before the training must be a finite real number: no division by zero, no root of a "
        "negative number, no exponent that leaves floating point.",
        "param a = 0\nequation u_t = lap(u)/a",
        "param a = 2\nequation u_t = lap(u)/a",
    ),
    # --- names and shapes
    "E101": Code(
        "a name that is not known",
        "A name is declared by `param`, `space`, `time`, `unknown` or `let`, or is a function or operator of the "
        "language; `let` and `param` use only what stands above them.",
        "equation u_t = lapp(u)",
        "equation u_t = lap(u)",
    ),
    "E102": Code(
        "a name declared twice, or one that is reserved",
        "A name has one meaning in the whole file, and the names of the language keep theirs. A name of an unknown "
        "has no underscore, since `u_x` is a derivative of `u`.",
        "param k = 1\nlet k = |x|",
        "param k = 1\nlet r = |x|",
    ),
    "E103": Code(
        "wrong number or kind of arguments",
        "Every function and operator takes a fixed number of arguments, each of its kind; what is no function is not "
        "called.",
        "equation u_t = lap(u, x)",
        "equation u_t = lap(u)",
    ),
    "E104": Code(
        "shapes do not fit together",
        "A scalar, a vector and a matrix are different things: + and - take equal shapes, * a scalar on one side, "
        "and both sides of = have the same shape.",
        "equation u_t = lap(u) + x",
        "equation u_t = lap(u) + |x|",
    ),
    "E105": Code(
        "an index that is out of range or out of place",
        "Entries are numbered from 1 to the size; an index is introduced by `sum` or on the left of `let`.",
        "equation u_t = sum(i, x[i+1])",
        "equation u_t = lap(u) + sum(i in 1..N-1, x[i+1])",
    ),
    "E106": Code(
        "a derivative that cannot be taken",
        "Derivatives are taken along coordinates, up to order 8; along one entry of a vector (`u_x1`, `d(u, x[i])`), "
        "and not of what jumps.",
        "equation u_t = u_xx",
        "equation u_t = u_x1x1",
    ),
    "E107": Code(
        "a recursive definition",
        "A definition is put in the place of its name; so that this ends, `let` uses only what stands above it.",
        "let f(s) = 1 + f(s/2)",
        "let f(s) = 1 + s/2",
    ),
    "E108": Code(
        "an exponent that cannot be used",
        "Powers are multiplied out, so whole exponents are small; the base of another exponent must not be negative.",
        "equation u_t = u^1000",
        "equation u_t = u^10",
    ),
    "E109": Code(
        "an integral or a mean that cannot be taken",
        "An integral needs the limits of its variable, `integral(s in 0..1, …)`; a mean, and an integral without a "
        "variable, are over the whole domain, which must have a finite volume.",
        "space x in [0, 1]\nunknown u\nequation u_x = integral(s, u(s))",
        "space x in [0, 1]\nunknown u\nequation u_x = integral(s in 0..1, u(s))",
    ),
    # --- the problem as a whole
    "E201": Code(
        "a declaration is missing",
        "A problem has at least a `space`, an `unknown` and an `equation`.",
        "space x in [0, 1]\nequation u_xx = 0",
        "space x in [0, 1]\nunknown u\nequation u_xx = 0",
    ),
    "E202": Code(
        "a declaration makes no sense here",
        "An unknown is a scalar, a vector or complex, and parameters come in the shapes that the reference lists.",
        "unknown u: matrix(N)",
        "unknown u: vector(N)\nequation u_t = lap(u)",
    ),
    "E203": Code(
        "a domain or a sampling law that cannot be used",
        "Points must be drawn from the domain: it is one of those that the reference lists, is not empty, and a whole "
        "space comes with a law.",
        "space x in R^3\nunknown u\nequation lap(u) = 0",
        "space x in R^3 ~ normal(0, 1)\nunknown u\nequation lap(u) = 0",
    ),
    "E204": Code(
        "a condition that does not fit the problem",
        "A condition needs the place where it holds: a time for `initial` and `terminal`, a boundary for `boundary`, "
        "an interval for `periodic`; and it must say something about an unknown.",
        "space x in [0, 1]\nunknown u\nequation u_xx = 0\ninitial u = 0",
        "space x in [0, 1]\nunknown u\nequation u_xx = 0\nboundary u = 0",
    ),
    "E205": Code(
        "an exact or reference solution that cannot be used",
        "A solution is given for an unknown, in its shape, and in the coordinates and parameters alone. One with an "
        "expectation is sampled, so it is a `reference`.",
        "exact w = t",
        "exact u = t + |x|^2/(2*N)",
    ),
    "E206": Code(
        "an equation that is not a differential equation for the unknowns",
        "An equation must contain an unknown and not hold for every unknown.",
        "equation u_t - u_t = 0",
        "equation u_t - lap(u) = 0",
    ),
    "E207": Code(
        "the exact solution does not satisfy the problem",
        "The exact solution was put into the equations and conditions, and something is left over: errors measured "
        "against it would mean nothing. Mend the solution, or the equation; `manufacture` works the source term out.",
        "exact u = t + |x|^2",
        "exact u = t + |x|^2/(2*N)",
    ),
    "E208": Code(
        "a file of numbers that cannot be used",
        "Data and tables come from CSV files beside the `.pde` file: a first line that names the columns, and then "
        "rows of finite numbers.",
        'data u = "measurd.csv"',
        'data u = "measured.csv"',
    ),
    # --- options, methods
    "E301": Code(
        "an option that is not known or has a bad value",
        "`train` sets options of `pdec solve`, each within its bounds.",
        "train { step 1000 }",
        "train { steps 1000 }",
    ),
    "E302": Code(
        "a derivative that the method cannot estimate",
        "Stein estimators go up to order 4: the noise of a derivative grows with its order. `autograd` takes every "
        "order.",
        "equation u_t = d(u, x[1], 6)",
        "equation u_t = d(u, x[1], 6)\ntrain { method autograd }",
    ),
    "E303": Code(
        "a derivative that rounding would ruin",
        "A derivative of order m is a difference divided by sigma^m, and so is its rounding error: a smaller sigma "
        "makes it larger. Where none is given, sigma is chosen by the type and the order. TF32 and bfloat16 matrix "
        "products round a thousand times more coarsely than float32: turn them off for differences.",
        "equation u_t = lap(u)\ntrain { method stein; sigma 0.0001 }",
        "equation u_t = lap(u)\ntrain { method stein }",
    ),
    "E304": Code(
        "a product that has no estimate without bias",
        "With `unbiased yes`, the factors of a term are estimated by draws of their own. A polynomial in derivatives "
        "has such an estimate; a function, a quotient or a root of one has none, nor has a mean for which all points "
        "share their draws.",
        "equation u_t = lap(u) + sin(u)\ntrain { method stein-chi; unbiased yes }",
        "equation u_t = lap(u) + u - u^3\ntrain { method stein-chi; unbiased yes }",
    ),
    "W401": Code(
        "declared but never used",
        "Often a slip of the pen: the name that was meant stands elsewhere.",
        "param k = 2\nequation u_t = lap(u)",
        "param k = 2\nequation u_t = k*lap(u)",
    ),
    "W402": Code(
        "a place outside the domain",
        "A condition there is not seen by the equations.",
        "space x in [0, 1]\nunknown u\nequation u_xx = 0\nboundary u = 0 on x = 2",
        "space x in [0, 1]\nunknown u\nequation u_xx = 0\nboundary u = 0 on x = 1",
    ),
    "W403": Code(
        "a derivative that the method estimates with more noise than signal",
        "The standard deviation of an estimated derivative of order m grows like σ^(2-m) or faster. A larger `sigma` "
        "smooths more; `autograd` has no noise.",
        "equation u_t + d(u, x[1], 4) = 0\ntrain { method stein-antithetic }",
        "equation u_t + d(u, x[1], 4) = 0\ntrain { method autograd }",
    ),
    "W404": Code(
        "a comment that silences what cannot be silenced",
        "Warnings can be silenced, and E207; errors cannot.",
        "equation u_t = lap(u)  # pdec: ignore E101",
        "equation u_t = lap(u)  # pdec: ignore W401",
    ),
    "W405": Code(
        "a condition that the equations need is missing",
        "The type and order of an equation say how many values at the first (or last) time and on the "
        "boundary it needs "
        "to have one solution; without them a network finds any of many.",
        "space x in [0, 1]\ntime t in [0, 1]\nunknown u\nequation u_tt = u_xx\ninitial u = sin(pi*x)\nboundary u = 0",
        "space x in [0, 1]\ntime t in [0, 1]\nunknown u\nequation u_tt = u_xx\ninitial u = sin(pi*x)\n"
        "initial velocity: u_t = 0\nboundary u = 0",
    ),
    "W406": Code(
        "more conditions than the equations can meet",
        "What follows from the equations and the other conditions cannot be asked for as well, unless "
        "it happens to agree.",
        "space x in [0, 1]\nunknown u\nequation u_xx = 1\nboundary u = 0\nboundary dn(u) = 1",
        "space x in [0, 1]\nunknown u\nequation u_xx = 1\nboundary u = 0",
    ),
    "W407": Code(
        "conditions that contradict each other where their sets meet",
        "At the first time the boundary has an initial and a boundary value, and at an edge two faces have one each.",
        "space x in [0, 1]\ntime t in [0, 1]\nunknown u\nequation u_t = u_xx\ninitial u = cos(x)\nboundary u = 0",
        "space x in [0, 1]\ntime t in [0, 1]\nunknown u\nequation u_t = u_xx\ninitial u = sin(pi*x)\nboundary u = 0",
    ),
    "W408": Code(
        "time runs in the direction in which the equation is unstable",
        "A heat equation forgets: from later values the earlier ones cannot be found, as the least error grows without "
        "bound.",
        "space x in [0, 1]\ntime t in [0, 1]\nunknown u\nequation u_t = u_xx\nterminal u = sin(pi*x)\nboundary u = 0",
        "space x in [0, 1]\ntime t in [0, 1]\nunknown u\nequation u_t + u_xx = 0\n"
        "terminal u = sin(pi*x)\nboundary u = 0",
    ),
    "W409": Code(
        "a diffusion that is not positive",
        "The matrix of second-order coefficients of a parabolic equation has no negative eigenvalue: "
        "along it, heat would "
        "flow from cold to warm.",
        "space (x, y) in [0, 1]^2\ntime t in [0, 1]\nunknown u\nequation u_t = u_xx - u_yy\n"
        "initial u = 0\nboundary u = 0",
        "space (x, y) in [0, 1]^2\ntime t in [0, 1]\nunknown u\nequation u_t = u_xx + u_yy\n"
        "initial u = 0\nboundary u = 0",
    ),
    "W410": Code(
        "an unknown that the equations do not determine",
        "It stands in no equation, there are fewer equations than unknowns, or any constant can be added to it.",
        "space (x, y) in [0, 1]^2\nunknown u\nequation lap(u) = 0\nboundary dn(u) = 0",
        "space (x, y) in [0, 1]^2\nunknown u\nequation lap(u) = u\nboundary dn(u) = 0",
    ),
    "W411": Code(
        "an exact solution for some unknowns only",
        "Equations that hold an unknown without a solution cannot be checked, and no error is measured for it.",
        "space x in [0, 1]\nunknown u, v\nequation u_x = v\nequation v_x = 0\nexact u = x",
        "space x in [0, 1]\nunknown u, v\nequation u_x = v\nequation v_x = 0\nexact u = x\nexact v = 1 + 0*x",
    ),
    "W412": Code(
        "an exact solution without a value at points of the domain",
        "A root or a logarithm of a negative number: there the solution cannot be compared with anything.",
        "space x in [-1, 1]\nunknown u\nequation u_x = u\nexact u = sqrt(x)",
        "space x in [0, 1]\nunknown u\nequation 2*u*u_x = 1\nboundary u = 0 on x = 0\nexact u = sqrt(x)",
    ),
    "W413": Code(
        "a norm that keeps an eigenvalue problem from zero too weakly",
        "The square of a norm has no slope where the unknown is zero. While the eigenvalue is far off, the equation "
        "pulls u to zero more strongly than the norm pulls it away, and training ends there. A weight for the norm "
        "makes up for it; a value or a slope in its place has no such trap.",
        "space x in [0, 1]\nunknown u\nunknown param k = 5\nequation u_xx = -k*u\nboundary u = 0\n"
        "equation norm: mean(u^2) = 1/2",
        "space x in [0, 1]\nunknown u\nunknown param k = 5\nequation u_xx = -k*u\nboundary u = 0\n"
        "boundary slope: u_x = 3 on x = 0",
    ),
    "W414": Code(
        "a derivative with much rounding error",
        "A derivative of order m is a difference divided by sigma^m, and so is its rounding error. A larger sigma or "
        "float64 makes it smaller; TF32 and bfloat16 matrix products make it a thousand times larger.",
        "equation u_t = lap(u)\ntrain { method stein; sigma 0.004 }",
        "equation u_t = lap(u)\ntrain { method stein }",
    ),
    "W415": Code(
        "a network that may not be able to be the solution",
        "A network of windows is a sum of functions of neighbouring coordinates. Where no solution is known, nothing "
        "says that this one is such a sum; if it is not, the residual stays large.",
        "dim N = 4\nspace x in [0, 1]^N\nunknown u\nequation lap(u) = u^2\nboundary u = 1\ntrain { network windows }",
        "dim N = 4\nspace x in [0, 1]^N\nunknown u\nequation lap(u) = u\nboundary u = sum(i, exp(x[i]))\n"
        "exact u = sum(i, exp(x[i]))\ntrain { network windows }",
    ),
}
"""Every code; those that begin with W are warnings."""
