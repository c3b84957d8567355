"""The one table of options. The `train` block of a file, the flags of the command line and the keyword arguments of
`pdec.compile` and `pdec.solve` all read it: name, type, default, what is allowed and what it means stand here only.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar, get_args, get_type_hints

from pdec.diagnostics import nearest

METHODS: tuple[str, ...] = (
    "stein-antithetic",
    "stein-cv",
    "stein-vanilla",
    "stein-chi",
    "stein-radial",
    "stein-quadrature",
)
METHODS += ("stein", "hutchinson", "taylor", "autograd", "auto")
"""The names of `pdec.estimators.LOWERINGS`, and `auto`, which stands for one of them."""

DEVICES: tuple[str, ...] = ("cpu", "cuda", "mps", "xpu", "hpu", "ipu", "xla", "mtia", "maia", "meta", "vulkan", "hip")
DEVICES += ("fpga", "mkldnn", "opengl", "opencl", "ideep", "ve", "lazy", "privateuseone")
"""The kinds of devices that torch knows by name."""

ACTIVATIONS = ("tanh", "sin", "gelu", "silu", "softplus")
SCHEDULES = ("constant", "linear", "cosine")
DTYPES = ("float32", "float64")
NETWORKS = ("mlp", "modified-mlp", "windows")
EMBEDDINGS = ("periodic", "fourier", "square", "radial", "none")
OPTIMISERS = ("adam", "adamw", "soap", "muon", "lbfgs")
BALANCES = ("fixed", "gradient-norm", "self-adaptive")
SEQUENCES = ("random", "sobol")
ON_NAN = ("stop", "rollback")

SIGMA, SAMPLES = 0.01, 2048
"""The paper's, where none are given."""

_Value = TypeVar("_Value")


class OptionError(ValueError):
    """An option that is not known or has a value that cannot be used; the hint stands at the end of the text."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(f"{message}; {hint}" if hint else message)
        self.message, self.hint = message, hint


def option(
    default: _Value,
    help: str,
    *,
    least: float | None = None,
    above: float | None = None,
    most: float | None = None,
    choices: tuple[str, ...] = (),
    per_set: bool = False,
    free: bool = False,
    in_file: bool = True,
) -> _Value:
    """A row of the table. `per_set`: a value for each point set ("domain" or a condition's name); `""` is for all.
    `free`: a run that goes on from a checkpoint may be given another value. `in_file`: a `train` block can set it."""
    metadata: dict[str, Any] = {
        "help": help,
        "least": least,
        "above": above,
        "most": most,
        "choices": choices,
        "per_set": per_set,
    }
    metadata |= {"free": free, "in_file": in_file}
    if per_set:
        return field(default_factory=dict, metadata=metadata)  # type: ignore[return-value]
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Every option with its default. Mappings are read with `points_of` and `weight_of`."""

    # the lowering
    method: str = option("stein", "how derivatives are computed: see `pdec explain`")
    sigma: float | None = option(
        None,
        "standard deviation of the smoothing in every space coordinate (default 0.01; for estimators along directions "
        "from the type and the highest order)",
        above=0,
    )
    sigma_t: float | None = option(None, "the same in time; as sigma where not given", above=0)
    samples: int | None = option(
        None, "network evaluations a point for a Stein method (K; default 2048, at most as many for accuracy)", least=2
    )
    condition_samples: int | None = option(None, "the same in the conditions; as samples where not given", least=2)
    share: int = option(16, "points in a row that have the same random directions", least=1)
    slopes: str = option(
        "auto",
        "type of the slopes of hutchinson and taylor: same as all else; bfloat16, less exact, in less memory and time; "
        "auto: that for many random directions, where the machine multiplies it fast",
        choices=("auto", "same", "bfloat16"),
    )
    quadrature: int = option(32, "nodes of an integral over one variable", least=1, most=256)
    mean_points: int = option(256, "points for a mean over the domain, draws for an expectation", least=2, most=65536)
    accuracy: float | None = option(
        None,
        "for stein, hutchinson and auto: the relative standard deviation of derivatives that is enough (default 0.35 "
        "where samples is not given)",
        above=0,
    )
    unbiased: str = option(
        "no",
        "yes: products and squares of estimates from draws that they do not share, so that the loss has no bias",
        choices=("no", "yes"),
    )
    # the loss
    points: Mapping[str, int] = option({}, "collocation points a step; per point set or for all", least=1, per_set=True)
    weight: Mapping[str, float] = option({}, "weight of each term of the loss", least=0, per_set=True)
    # the network
    width: int = option(256, "neurons in a hidden layer", least=1)
    depth: int = option(4, "linear layers, so depth - 1 hidden ones", least=1)
    activation: str = option("tanh", "what follows each hidden layer", choices=ACTIVATIONS)
    network: str = option(
        "mlp",
        "mlp, one with gates between its layers (modified-mlp), or a sum over windows of neighbouring coordinates, one "
        "mlp for all (windows)",
        choices=NETWORKS,
    )
    window: int = option(2, "coordinates in one of the windows", least=1)
    embedding: str = option(
        "periodic",
        "what goes into the network: waves in place of periodic coordinates, random waves too (fourier), the "
        "coordinates and their mean square (square), that alone in place of them (radial), or the coordinates (none)",
        choices=EMBEDDINGS,
    )
    fourier_scale: float = option(1.0, "standard deviation of the frequencies of fourier", above=0)
    net: str | None = option(
        None, "a network of your own: MODULE:FACTORY, called with problem and options", in_file=False
    )
    # the training
    steps: int = option(1000, "optimiser steps, at most", least=0, free=True)
    minutes: float | None = option(None, "training ends after so many, the schedule with it", above=0, free=True)
    target: float | None = option(None, "training ends where the relative L2 error is below", above=0, free=True)
    optimiser: str = option("soap", "what makes the steps; lbfgs on fixed points", choices=OPTIMISERS)
    finish: int = option(0, "steps of L-BFGS after the others, of ten iterations, on fixed points", least=0, free=True)
    finish_points: int = option(10, "points of these steps, as a multiple of `points`", least=1)
    lr: float = option(3e-3, "learning rate at the first step; 3e-3 suits soap, 1e-3 the others", above=0, free=True)
    warmup: int = option(0, "steps in which the learning rate rises to lr", least=0, free=True)
    decay: float = option(1e-2, "weight decay of adamw", least=0)
    param_lr: float | None = option(None, "the same for unknown parameters; as lr where not given", above=0, free=True)
    schedule: str = option("linear", "how the learning rate goes down to zero", choices=SCHEDULES, free=True)
    average: float = option(
        0.0, "decay of a running mean of the weights, which is the solution; 0 is none", least=0, most=0.99999
    )
    balance: str = option("fixed", "factors of the weights, found in training", choices=BALANCES)
    causal: float | None = option(None, "strength of causal weights: later times wait for earlier ones", above=0)
    sequence: str = option(
        "random", "where points of a step come from: random, or a scrambled Sobol sequence", choices=SEQUENCES
    )
    diffuse: float | None = option(
        None,
        "in training, points of a whole space spread from a random time on by a diffusion of this variance a time",
        above=0,
    )
    adversarial: int = option(0, "steps by which points of a whole space move to larger residuals", least=0)
    adversarial_step: float = option(0.05, "length of these steps in every coordinate", above=0)
    resample: int | None = option(
        None, "steps between choices of points by their residuals; no choice without", least=1
    )
    pieces: int = option(
        1,
        "parts of a step's points, of the sets that ask much of the network, one after the other: the same gradients "
        "from less memory",
        least=1,
        free=True,
    )
    compile: str = option(
        "auto",
        "torch.compile of a loss without back-propagation in it: auto does so from 10 000 steps on, or sooner with a "
        "source in 1000 dimensions or more",
        choices=("auto", "no", "yes"),
    )
    products: str = option(
        "auto",
        "what multiplies matrices on a CPU: blas, as torch has it; auto: oneDNN for large ones of single precision, on "
        "processors where that was seen to be faster",
        choices=("auto", "blas"),
    )
    seed: int = option(0, "seed of the network, the points and the estimators", least=0)
    device: str = option("cpu", "torch device, such as cpu, cuda, cuda:1, mps", free=True)
    dtype: str = option("float32", "floating-point type of the network and the points", choices=DTYPES)
    on_nan: str = option(
        "stop",
        "where the loss is not finite: stop, or go back to the last checkpoint at half the rate",
        choices=ON_NAN,
        free=True,
    )
    checkpoint_seconds: float = option(60.0, "seconds of training between two checkpoints", above=0, free=True)
    checkpoint_steps: int | None = option(None, "steps between two checkpoints, beside the seconds", least=1, free=True)
    # the evaluation
    test_points: int = option(10_000, "held-out points for the errors", least=1, free=True)
    test_samples: int = option(
        64, "network evaluations a point where the smoothed solution is evaluated", least=2, free=True
    )
    reference_samples: int = option(100_000, "draws for the expectations in a reference solution", least=2, free=True)

    def points_of(self, name: str, kind: str = "") -> int:
        """Collocation points a step of the point set `name`, a condition of the given kind; 100 by default."""
        return self.points.get(name, self.points.get(kind, self.points.get("", 100)))

    def weight_of(self, name: str, kind: str = "") -> float:
        """Weight of the term `name`: its own, that of its kind (a condition's, or "domain"), or 1.

        A weight for all terms (`""`) is one for the conditions: equations keep theirs.
        """
        default = 1.0 if kind == "domain" else self.weight.get("", 1.0)
        return self.weight.get(name, self.weight.get(kind, default))

    def samples_of(self, kind: str) -> int:
        """Network evaluations a point on the point sets of a kind: "domain", or a kind of condition."""
        samples = SAMPLES if self.samples is None else self.samples
        return samples if kind == "domain" or self.condition_samples is None else self.condition_samples

    @property
    def space_sigma(self) -> float:
        """Standard deviation of the smoothing in space."""
        return SIGMA if self.sigma is None else self.sigma

    @property
    def time_sigma(self) -> float:
        """Standard deviation of the smoothing in time."""
        return self.space_sigma if self.sigma_t is None else self.sigma_t

    def to_json(self) -> dict[str, Any]:
        """Plain data, readable by `with_changes`."""
        return {f.name: (dict(v) if isinstance(v := getattr(self, f.name), Mapping) else v) for f in FIELDS.values()}


FIELDS = {f.name: f for f in dataclasses.fields(Options)}
_TYPES = get_type_hints(Options)
LARGEST = 2**63 - 1
"""The largest whole number that torch can hold."""


def _number(name: str, value: Any, kind: type, metadata: Mapping[str, Any]) -> Any:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise OptionError(f"`{name}` takes a number, not {value!r}")
    if kind is int and value != int(value):
        raise OptionError(f"`{name}` takes a whole number, not {value!r}")
    if kind is int and value > LARGEST:
        raise OptionError(f"`{name}` must be at most {LARGEST}, not {value!r}")
    if metadata["least"] is not None and value < metadata["least"]:
        raise OptionError(f"`{name}` must be at least {metadata['least']}, not {value!r}")
    if metadata["above"] is not None and value <= metadata["above"]:
        raise OptionError(f"`{name}` must be greater than {metadata['above']}, not {value!r}")
    if metadata["most"] is not None and value > metadata["most"]:
        raise OptionError(f"`{name}` must be at most {metadata['most']}, not {value!r}")
    return kind(value)


def checked(name: str, value: Any) -> Any:
    """`value` as option `name` holds it. Raises OptionError for an unknown name or a value out of range."""
    if name not in FIELDS:
        raise OptionError(f"there is no option `{name}`", nearest(name, FIELDS))
    metadata = FIELDS[name].metadata
    kind = _TYPES[name]
    if metadata["per_set"]:
        entries = value if isinstance(value, Mapping) else {"": value}
        kind = get_args(kind)[1]
        return {str(key): _number(name, entry, kind, metadata) for key, entry in entries.items()}
    kinds = get_args(kind) or (kind,)
    if value is None and type(None) in kinds:
        return None
    if kinds[0] in (int, float):
        return _number(name, value, kinds[0], metadata)
    if metadata["choices"] == ("no", "yes") and isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, str):
        raise OptionError(f"`{name}` takes a word, not {value!r}")
    if metadata["choices"] and value not in metadata["choices"]:
        message = f"`{name}` is one of {', '.join(metadata['choices'])}, not `{value}`"
        raise OptionError(message, nearest(value, metadata["choices"]))
    return value


def check_word(name: str, value: Any) -> None:
    """Raises OptionError for a method that there is not, or a device that torch has no name for, in a file."""
    if name == "method" and value not in METHODS:
        raise OptionError(f"`method` is one of {', '.join(METHODS)}, not `{value}`", nearest(str(value), METHODS))
    if name == "device" and value not in DEVICES:
        raise OptionError(f"`device` is one of torch, such as cpu, cuda (an NVIDIA GPU) or mps, not `{value}`")


def with_changes(options: Options, changes: Mapping[str, Any]) -> Options:
    """`options` with `changes` checked and applied; None means "not given". A mapping option is merged, not replaced.

    Raises OptionError.
    """
    values: dict[str, Any] = {}
    for name, value in changes.items():
        if value is None:
            continue
        values[name] = checked(name, value)
        if FIELDS[name].metadata["per_set"]:
            # a value for all sets, given later, overrides the ones for single sets given earlier
            earlier = {} if "" in values[name] else getattr(options, name)
            values[name] = {**earlier, **values[name]}
    return dataclasses.replace(options, **values)
