"""Domains of space: what they are called, what they are made of, how points are drawn in them. No torch here."""

from pdec.domains.base import DOMAINS, Domain, Draw

__all__ = ["DOMAINS", "Domain", "Draw"]
