"""Domains of space: what they are called, what they are made of, how points are drawn in them. No torch here."""

from pdec.domains.ball import Ball
from pdec.domains.base import Domain, Draw
from pdec.domains.box import Box
from pdec.domains.whole_space import WholeSpace

DOMAINS: dict[str, type[Domain]] = {domain.name: domain for domain in (Ball, Box, WholeSpace)}
"""Every domain by its name: the whole list, nothing registers itself."""

__all__ = ["DOMAINS", "Ball", "Box", "Domain", "Draw", "WholeSpace"]
