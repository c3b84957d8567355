"""What stands after `in` and in a `region`: a domain of space or an interval of time, read off the syntax tree."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from pdec.diagnostics import Span, nearest
from pdec.domains import Annulus, Ball, Box, Domain, EmptyError, Intersection, Sphere, Union, WholeSpace
from pdec.domains.laws import Value
from pdec.domains.sets import difference, product
from pdec.language import tree
from pdec.symbolic.mentions import names_in

Number = Callable[[tree.Expression], float]
"""Evaluates a constant expression; raises PdeError."""

MAX_DIM = 10_000_000
FORMS = "domains are [a, b], [a, b]^N, ball(N, radius=1), sphere(N), annulus(N, inner=1, outer=2), R^N ~ normal(0, 1), "
FORMS += "products A*B, differences A - B, union(A, B) and intersection(A, B)"
SIGNATURES: dict[str, tuple[str, dict[str, float]]] = {
    "ball": ("ball(N, radius=1, center=0)", {"radius": 1.0}),
    "sphere": ("sphere(N, radius=1, center=0)", {"radius": 1.0}),
    "annulus": ("annulus(N, inner=1, outer=2, center=0)", {"inner": 1.0, "outer": 2.0}),
}
"""Round domains: how they are written, and the values of arguments that are left away; all take a center."""


class DomainError(Exception):
    """A domain that cannot be used: where, why, and what to try."""

    def __init__(self, span: Span, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.span, self.message, self.hint = span, message, hint


@dataclass(frozen=True, slots=True)
class Shaped:
    """A domain, its dimension, and whether points in it are plain numbers."""

    domain: Domain
    dim: int
    scalar: bool


def interval(node: tree.Expression, number: Number) -> tuple[float, float]:
    """The ends of `[a, b]`. Raises DomainError."""
    if not isinstance(node, tree.Bracket) or len(node.entries) != 2:
        raise DomainError(node.span, "this is not an interval", "write [0, 1]")
    lower, upper = (number(entry) for entry in node.entries)
    if not lower < upper:
        raise DomainError(node.span, f"the interval [{lower:g}, {upper:g}] is empty", "the smaller end comes first")
    return lower, upper


@dataclass(slots=True)
class DomainReader:
    """Reads domains. `number` evaluates what says where they are, `size` what says how many dimensions they have.
    A normal law that mentions one of `vectors` is read later, when the file's definitions are known.
    """

    number: Number
    size: Number
    regions: Mapping[str, tree.Region]
    vectors: frozenset[str] = frozenset()
    known: dict[str, Shaped] = field(default_factory=dict)
    waiting: list[str] = field(default_factory=list)

    def space(self, node: tree.Expression, law: tree.Call | None) -> Shaped:
        """The domain of a problem, with the law of its points. Raises DomainError."""
        if not _whole(node):
            return self._with_law(node, self.read(node), law)
        if law is None:
            message = "a whole space has no uniform law, so it must be said where points are drawn"
            raise DomainError(node.span, message, "write R^N ~ normal(0, 1)")
        if self.later(law) and not isinstance(self.read(node, law).domain, WholeSpace):
            message = f"the law `{law.function.id}` is that of a whole space: R or R^N"
            raise DomainError(law.span, message, "write `space x in R^N ~ …`")
        return self.read(node, law)

    def later(self, law: tree.Call | None) -> bool:
        """Whether a law is no matter of numbers: a diffusion, or a normal law with vectors."""
        if law is None or law.function.id not in ("sde", "normal"):
            return False
        return law.function.id == "sde" or any(name.id in self.vectors for name in names_in(*law.arguments))

    def region(self, name: tree.Name) -> Shaped:
        """The domain that a name stands for. Raises DomainError."""
        if name.id not in self.regions:
            hint = nearest(name.id, [*self.regions, *SIGNATURES]) or f"declare it: region {name.id} = ball(2)"
            raise DomainError(name.span, f"`{name.id}` is not a region", hint)
        if name.id not in self.known:
            if name.id in self.waiting:
                raise DomainError(name.span, f"the region `{name.id}` is made of itself")
            self.waiting.append(name.id)
            self.known[name.id] = self.read(self.regions[name.id].domain)
            self.waiting.pop()
        return self.known[name.id]

    def read(self, node: tree.Expression, law: tree.Call | None = None) -> Shaped:
        """The domain that an expression describes; `law` is that of the whole spaces in it. Raises DomainError."""
        try:
            return self._read(node, law)
        except EmptyError as error:
            raise DomainError(node.span, str(error), "see where the parts of the domain are") from None
        except ValueError as error:
            raise DomainError(node.span, str(error)) from None

    def _read(self, node: tree.Expression, law: tree.Call | None) -> Shaped:
        match node:
            case tree.Name("R"):
                return Shaped(self._whole_space(node, 1, law), 1, True)
            case tree.Name():
                return self.region(node)
            case tree.Binary("^", tree.Name("R"), exponent):
                dim = self._dim(exponent)
                return Shaped(self._whole_space(node, dim, law), dim, False)
            case tree.Bracket():
                low, high = interval(node, self.number)
                return Shaped(Box((low,), (high,)), 1, True)
            case tree.Binary("^", base, exponent):
                factor, times = self.read(base), self._dim(exponent)
                if isinstance(factor.domain, Box) and len(factor.domain.lower) == 1:
                    return Shaped(factor.domain, factor.dim * times, False)
                if times > 16:
                    raise DomainError(node.span, "powers of this domain go up to 16")
                return Shaped(product([(factor.domain, factor.dim)] * times), factor.dim * times, False)
            case tree.Binary("*" | "×"):
                factors = [self.read(factor, law) for factor in _factors(node)]
                parts = [(factor.domain, factor.dim) for factor in factors]
                return Shaped(product(parts), sum(dim for _, dim in parts), False)
            case tree.Binary("-", left, right):
                first, second = self._alike(node, [left, right], law)
                return replace(first, domain=difference(first.domain, second.domain))
            case tree.Call(tree.Name("union" | "intersection" as name), arguments):
                members = self._alike(node, list(arguments), law)
                combined = (Union if name == "union" else Intersection)(tuple(member.domain for member in members))
                return replace(members[0], domain=combined)
            case tree.Call(tree.Name(name)) if name in SIGNATURES:
                return self._round(node)
            case tree.Call(function):
                hint = nearest(function.id, [*SIGNATURES, "union", "intersection"]) or FORMS
                raise DomainError(function.span, f"`{function.id}` is not a known domain", hint)
        raise DomainError(node.span, "this is not a domain", FORMS)

    def _dim(self, node: tree.Expression) -> int:
        value = self.size(node)
        if value != int(value) or not 1 <= value <= MAX_DIM:
            raise DomainError(node.span, f"a dimension is a whole number from 1 on, not {value:g}")
        return int(value)

    def _alike(
        self, node: tree.Expression, parts: list[tree.Expression | tree.Binding | tree.Keyword], law: tree.Call | None
    ) -> list[Shaped]:
        """Domains that are joined, shared or taken away: all of one dimension."""
        members = [self.read(part, law) for part in parts]
        dims = list(dict.fromkeys(member.dim for member in members))
        if len(dims) > 1:
            message = f"these domains have dimension {' and '.join(map(str, dims))}"
            raise DomainError(node.span, message, "only domains of one space can be joined, shared or taken away")
        return members

    def _round(self, node: tree.Call) -> Shaped:
        """A ball, a sphere or an annulus."""
        name = node.function.id
        form, defaults = SIGNATURES[name]
        values, center = dict(defaults), None
        dims = [argument for argument in node.arguments if not isinstance(argument, tree.Keyword)]
        for argument in node.arguments:
            if isinstance(argument, tree.Keyword):
                if argument.name.id == "center":
                    center = argument.value
                elif argument.name.id in values:
                    values[argument.name.id] = self.number(argument.value)
                else:
                    message = f"`{name}` has no argument `{argument.name.id}`"
                    raise DomainError(argument.span, message, f"write {form}")
        if len(dims) != 1 or isinstance(dims[0], tree.Binding):
            example = f"{name}(N)" if name != "annulus" else form
            raise DomainError(node.span, f"`{name}` takes the dimension first", f"write {example} or {form}")
        dim = self._dim(dims[0])
        kind = {"ball": Ball, "sphere": Sphere, "annulus": Annulus}[name]
        return Shaped(kind(**values, center=self._center(center, dim)), dim, False)

    def _center(self, node: tree.Expression | None, dim: int) -> Value:
        """A number for all coordinates, or `[a, b, …]` for each."""
        if not isinstance(node, tree.Bracket):
            return 0.0 if node is None else self.number(node)
        if len(node.entries) != dim:
            message = f"the center has {len(node.entries)} coordinates, and the domain {dim}"
            raise DomainError(node.span, message, "give one number for each coordinate, or one for all")
        return tuple(self.number(entry) for entry in node.entries)

    # --- laws

    def _with_law(self, node: tree.Expression, found: Shaped, law: tree.Call | None) -> Shaped:
        """A bounded domain whose points are drawn by `law`."""
        if law is None or (law.function.id == "uniform" and not law.arguments):
            return found
        domain = found.domain
        round_one = isinstance(domain, (Ball, Annulus))
        if isinstance(domain, (Ball, Annulus)) and law.function.id == "radial" and not law.arguments:
            return replace(found, domain=replace(domain, law="radial"))
        if law.function.id == "sde":
            message = "a diffusion leaves every bounded domain"
            raise DomainError(law.span, message, "write `R^N ~ sde(…)`, or leave `~ …` away")
        what = "are drawn by the law uniform or radial" if round_one else "are drawn uniformly"
        hint = "leave `~ …` away" + (", or write `~ radial`" if round_one else "")
        raise DomainError(law.span, f"points of {'this' if round_one else 'a bounded'} domain {what}", hint)

    def _whole_space(self, node: tree.Expression, dim: int, law: tree.Call | None) -> WholeSpace:
        if law is None:
            message = "a whole space can stand in the domain of the problem only"
            raise DomainError(node.span, message, "write `space x in R^N ~ normal(0, 1)`")
        if self.later(law):
            return WholeSpace("sde")
        plain = [argument for argument in law.arguments if not isinstance(argument, (tree.Keyword, tree.Binding))]
        counts = {"normal": (0, 2), "uniform": (2,)}.get(law.function.id, ())
        if len(plain) != len(law.arguments) or len(plain) not in counts:
            message = "points of a whole space are drawn from normal(mean, standard deviation), uniform(lower, upper) "
            message += "or sde(drift, diffusion)"
            raise DomainError(law.span, message, "write R^N ~ normal(0, 1)")
        try:
            if law.function.id == "uniform":
                lower, upper = (self.number(argument) for argument in plain)
                return WholeSpace("uniform", ends=(lower, upper))
            mean, std = (self._center(argument, dim) for argument in plain) if plain else (0.0, 1.0)
            return WholeSpace("normal", mean, std)
        except ValueError as error:
            raise DomainError(law.span, str(error)) from None


def _factors(node: tree.Expression) -> list[tree.Expression]:
    if isinstance(node, tree.Binary) and node.operator in "*×":
        return [*_factors(node.left), *_factors(node.right)]
    return [node]


def _whole(node: tree.Expression) -> bool:
    """Whether a whole space stands in a domain."""
    match node:
        case tree.Name("R"):
            return True
        case tree.Binary("*" | "×" | "-" | "^", left, right):
            return _whole(left) or (node.operator != "^" and _whole(right))
        case tree.Call(tree.Name("union" | "intersection"), arguments):
            return any(_whole(argument) for argument in arguments)
    return False
