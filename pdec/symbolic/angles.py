"""asin, acos, atan, atan2 as SymPy's, but for what they cannot be made simpler by.

Of acos(cos(y)), SymPy asks whether y is above pi, and where y is pi, but not seen to be, it raises TypeError, of which
version 1.14 makes an AttributeError. Here such a function stands as it is; so does one of what is long, of which SymPy
would look for the sign for long, and the angle of a complex number, of which it would simplify a logarithm without end.
"""

from __future__ import annotations

import sympy
from sympy import Expr

from pdec.symbolic.effort import SIGNS


class _Careful:
    """What they have in place of SymPy's `eval`, a hook of its classes: nothing is simpler where it would fail."""

    @classmethod
    def eval(cls, *arguments: Expr) -> Expr | None:
        if any(argument.count_ops() > SIGNS for argument in arguments):
            return None
        if len(arguments) > 1 and any(part.is_number and not part.is_extended_real for part in arguments):
            return None
        try:
            found: Expr | None = super().eval(*arguments)  # type: ignore[misc]
        except (TypeError, AttributeError):
            return None
        return found


class asin(_Careful, sympy.asin):  # type: ignore[misc]  # noqa: N801
    """The inverse sine."""


class acos(_Careful, sympy.acos):  # type: ignore[misc]  # noqa: N801
    """The inverse cosine."""


class atan(_Careful, sympy.atan):  # type: ignore[misc]  # noqa: N801
    """The inverse tangent."""


class atan2(_Careful, sympy.atan2):  # type: ignore[misc]  # noqa: N801
    """The angle of the point (second argument, first argument)."""
