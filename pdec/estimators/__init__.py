"""The lowerings, one file a family. Adding one is adding a file and a row here: nothing registers itself."""

from pdec.estimators.autograd import StackedAutograd
from pdec.estimators.base import Derivative, Lowering, Outlook, Setting, Writer
from pdec.estimators.hutchinson import Hutchinson
from pdec.estimators.stein_antithetic import SteinAntithetic
from pdec.estimators.stein_chi import SteinChi
from pdec.estimators.stein_cv import SteinControlVariate
from pdec.estimators.stein_planned import Stein
from pdec.estimators.stein_quadrature import SteinQuadrature
from pdec.estimators.stein_radial import SteinRadial
from pdec.estimators.stein_vanilla import SteinVanilla
from pdec.estimators.taylor import Taylor

_ROWS: tuple[Lowering, ...] = (
    SteinAntithetic(),
    SteinControlVariate(),
    SteinVanilla(),
    SteinChi(),
    SteinRadial(),
    SteinQuadrature(),
    Stein(),
    Hutchinson(),
    Taylor(),
    StackedAutograd(),
)

LOWERINGS: dict[str, Lowering] = {lowering.name: lowering for lowering in _ROWS}
"""Every lowering by the name that `method=` takes."""

__all__ = ["LOWERINGS", "Derivative", "Lowering", "Outlook", "Setting", "Writer"]
