"""The processes that train one network together: the one place that knows torch.distributed.

Every process ("rank") has the whole network, draws all points and all noise from the same streams, and evaluates its
part of the points (`pdec.training.parts`); gradients and losses are sums over the processes. Then all make the same
step, so that they stay alike without being told. What can differ between them, the clock and signals, they agree about
after every step. The first one alone writes.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.distributed import PrefixStore  # type: ignore[attr-defined]
from torch.distributed.rendezvous import rendezvous

from pdec.options import OptionError
from pdec.training import launch
from pdec.training.errors import LostError, TrainingError


@dataclass(frozen=True, slots=True)
class Ranks:
    """This process, number `rank` of `size`. Every method but the properties is called by all of them together, and
    raises LostError where another one has ended."""

    rank: int = 0
    size: int = 1

    @property
    def first(self) -> bool:
        """Whether this is the process that writes."""
        return self.rank == 0

    @property
    def alone(self) -> bool:
        return self.size == 1

    def summed(self, tensors: Sequence[Tensor]) -> list[Tensor]:
        """The sums over all processes, of tensors on one device that have the same shapes in each; without graph.

        All have the same numbers then, to the last bit."""
        if self.alone:
            return [tensor.detach() for tensor in tensors]
        flat = torch.cat([tensor.detach().reshape(-1) for tensor in tensors])  # one message, not many
        _reaching(lambda: dist.all_reduce(flat))
        parts = torch.split(flat, [tensor.numel() for tensor in tensors])
        return [part.view(tensor.shape).to(tensor.dtype) for part, tensor in zip(parts, tensors)]

    def added(self, numbers: Sequence[float]) -> list[float]:
        """The sums over all processes of some numbers."""
        own = torch.tensor(numbers, dtype=torch.float64)
        return self.summed([own if self.alone else own.to(_device())])[0].tolist()

    def sum_gradients(self, parameters: Iterable[Tensor], values: Sequence[Tensor]) -> list[Tensor]:
        """Put the sum of the gradients over all processes into every one; the sums of some `values` as well."""
        if self.alone:
            return self.summed(values)
        wanted = [parameter for parameter in parameters if parameter.requires_grad]
        given = [torch.zeros_like(p) if p.grad is None else p.grad for p in wanted]
        # what no process uses stays without a gradient, as in a single one
        used = values[0].new_tensor([float(p.grad is not None) for p in wanted])
        sums = self.summed([used, *values, *given])
        for parameter, users, gradient in zip(wanted, sums[0].tolist(), sums[1 + len(values) :]):
            parameter.grad = gradient if users else None
        return sums[1 : 1 + len(values)]

    def copy_(self, tensors: Iterable[Tensor]) -> None:
        """Give all processes the values that the first one has, in place."""
        if not self.alone:
            with torch.no_grad():
                for tensor in tensors:
                    whole = tensor.detach().contiguous()
                    _reaching(lambda whole=whole: dist.broadcast(whole, 0))  # type: ignore[misc]
                    tensor.copy_(whole)

    def read(self, source: Callable[[], bytes]) -> bytes:
        """What `source` gives in the first process, in all of them. Raises what it raises there, and LostError in the
        others then."""
        if self.alone:
            return source()
        where = _device()
        if self.first:
            try:
                data = source()
            except BaseException:
                self.copy_([torch.tensor([-1], device=where)])
                raise
        length = torch.tensor([len(data) if self.first else 0], device=where)
        self.copy_([length])
        if int(length) < 0:
            raise LostError("the first process could not read what all need")
        numbers = torch.empty(int(length), dtype=torch.uint8, device=where)
        if self.first and len(data):
            numbers.copy_(torch.frombuffer(bytearray(data), dtype=torch.uint8))
        self.copy_([numbers])
        return numbers.cpu().numpy().tobytes()

    def check_same(self, text: str, what: str) -> None:
        """Raises TrainingError in all processes where `text` is not the same in all; it is called `what`."""
        if self.alone:
            return
        digest = hashlib.blake2b(text.encode(), digest_size=6).digest()
        own = torch.tensor([int.from_bytes(digest, "little")], device=_device())
        found = own.clone()
        self.copy_([found])
        (others,) = self.summed([(own != found).long()])
        if int(others):
            error = TrainingError if self.first else LostError  # it is said once
            raise error(f"{int(others)} of {self.size} processes have other {what} than the first one")


def current() -> Ranks:
    """The processes of torch's default process group; this one alone where there is none."""
    if not (dist.is_available() and dist.is_initialized()):
        return Ranks()
    return Ranks(dist.get_rank(), dist.get_world_size())


@contextmanager
def joined() -> Iterator[Ranks]:
    """Within, and after that, the processes that a launcher started are a process group: by gloo on CPUs, NCCL on GPUs.
    They end by `launch.leave`.

    Raises LostError where they do not find each other."""
    if launch.size() == 1 or (dist.is_available() and dist.is_initialized()):
        yield current()
        return
    if not dist.is_available():
        raise TrainingError(
            f"torch {torch.__version__} cannot train with several processes: it lacks torch.distributed"
        )
    backend = "gloo"
    if torch.cuda.is_available() and dist.is_nccl_available():
        torch.cuda.set_device(launch.local_rank() % torch.cuda.device_count())
        backend = "cpu:gloo,cuda:nccl"

    def meet() -> None:
        store, rank, size = next(rendezvous("env://"))
        name = _agreed_name(store, rank, size)
        dist.init_process_group(backend, store=PrefixStore(name, store), rank=rank, world_size=size)

    _reaching(meet)
    yield current()


def _agreed_name(store: Any, rank: int, size: int) -> str:
    """A name that those processes of a launcher agree about which are there now.

    The store of torchrun outlives them: where it starts processes anew, what the ones before had written, addresses
    above all, is still there. The first process makes up a name, and under it each of the others leaves a mark of its
    own, which it wants to see confirmed."""
    mark = secrets.token_hex(8)
    if rank == 0:
        store.set("pdec", mark)
        store.set(f"{mark}/all", " ".join(store.get(f"{mark}/{other}").decode() for other in range(1, size)))
        return mark
    end = time.monotonic() + store.timeout.total_seconds()
    while time.monotonic() < end:
        name: str = store.get("pdec").decode()
        store.set(f"{name}/{rank}", mark)
        # until then not all are there, or the name is that of an earlier start
        if store.check([f"{name}/all"]) and mark in store.get(f"{name}/all").decode().split():
            return name
        time.sleep(0.05)
    raise LostError("the processes of this run do not find each other")


def own_device(name: str, ranks: Ranks) -> str:
    """The device of this process: of several on a machine each takes the GPU of its own number. Raises TrainingError
    where there is none."""
    if ranks.alone or name != "cuda":
        return name
    there, number = torch.cuda.device_count(), launch.local_rank()
    if number >= there:
        raise TrainingError(
            f"process {ranks.rank} has no GPU that torch can use: its machine has {there}, and "
            f"{launch.local_size()} processes; as many as GPUs are started by --nproc-per-node gpu"
        )
    return f"cuda:{number}"


def check_network(net: nn.Module, ranks: Ranks) -> None:
    """Raises OptionError for layers whose results would depend on how the points are shared out."""
    if ranks.alone:
        return
    for layer in net.modules():
        if isinstance(layer, nn.modules.batchnorm._BatchNorm):
            raise OptionError(f"a network with {type(layer).__name__} needs all points in one process")
        if isinstance(layer, nn.modules.dropout._DropoutNd) and layer.p > 0:
            raise OptionError(f"a network with {type(layer).__name__} draws numbers that processes do not share")


def _device() -> torch.device:
    """Where messages about anything but points and weights are kept: NCCL takes what lies on a GPU only."""
    if dist.get_backend() == "nccl":
        return torch.device("cuda", torch.cuda.current_device())
    return torch.device("cpu")


def _reaching(message: Callable[[], Any]) -> None:
    try:
        message()
    except torch.OutOfMemoryError:
        raise
    except (RuntimeError, ValueError) as error:
        reason = " ".join(str(error).split())[:200]
        raise LostError(f"another process of this run has ended or cannot be reached ({reason})") from error
