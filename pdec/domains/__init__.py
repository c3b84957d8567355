"""Domains of space: what they are called, what they are made of, how points are drawn in them. No torch here."""

from pdec.domains.annulus import Annulus
from pdec.domains.ball import Ball
from pdec.domains.base import Domain, EmptyError
from pdec.domains.box import Box
from pdec.domains.combine import Difference, Intersection, Union
from pdec.domains.laws import Draw
from pdec.domains.product import Product
from pdec.domains.sphere import Sphere
from pdec.domains.whole_space import WholeSpace

DOMAINS: dict[str, type[Domain]] = {
    domain.name: domain for domain in (Ball, Box, Sphere, Annulus, WholeSpace, Product, Union, Intersection, Difference)
}
"""Every domain by its name: the whole list, nothing registers itself."""

__all__ = [
    "DOMAINS",
    "Annulus",
    "Ball",
    "Box",
    "Difference",
    "Domain",
    "Draw",
    "EmptyError",
    "Intersection",
    "Product",
    "Sphere",
    "Union",
    "WholeSpace",
]
