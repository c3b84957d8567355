"""Run many mutated texts through the compiler: `python tests/fuzz/run.py --count 100000 --seed 1 --jobs 2`.

Every text must end in success or in a PdeError or OptionError, in `--limit` seconds of CPU time (a process needs half a
second to start) and 1 GiB of memory beyond what the process had. Worker processes are forked from one that has imported
everything, and replaced after CHUNK texts, so that no cache grows without end. Findings are shrunk and written to the
folder `--out`, one file for each place in the code that they come from; the status is 1 where there are any.
"""

from __future__ import annotations

import argparse
import gc
import mmap
import os
import pickle
import resource
import select
import signal
import struct
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parent)]

import mutate  # noqa: E402
from target import checked, compiled, outcome  # noqa: E402

CHUNK = 500
GIGABYTE = 1 << 30
STUCK = 10
"""CPU seconds after which a worker that does not even answer its timer is killed: it is in one long call of C."""
KEPT = 3
PACKAGES = ("pdec", "fuzz")


class OverTimeError(BaseException):
    """The limit of CPU time is over. Not an Exception, so that nothing on the way catches it."""


@dataclass
class Finding:
    """What one text did wrong: `signature` names the exception and the place, the same for findings of one cause."""

    number: int
    signature: str
    trace: str


@dataclass
class Result:
    """What a chunk of texts came to."""

    counts: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)
    seconds: float = 0.0
    slowest: list[tuple[float, int]] = field(default_factory=list)

    def add(self, other: Result) -> None:
        self.counts.update(other.counts)
        self.findings += other.findings
        self.seconds += other.seconds
        self.slowest = sorted(self.slowest + other.slowest, reverse=True)[:10]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0, help="number of the first text")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--limit", type=float, default=1.5, help="CPU seconds for check, and for explain and compile")
    parser.add_argument("--out", type=Path, default=Path("fuzz-findings"))
    parser.add_argument("--only", type=int, help="print one text and what becomes of it")
    options = parser.parse_args()
    if options.only is not None:
        text = mutate.text(options.seed, options.only)
        print(text)
        start = time.process_time()
        print(outcome(text), f"{time.process_time() - start:.2f} s")
        return 0
    start = time.perf_counter()
    result = run(lambda n: mutate.text(options.seed, n), options.first, options.count, options.jobs, options.limit)
    wall = time.perf_counter() - start
    total = sum(result.counts.values())
    for name, number in result.counts.most_common():
        print(f"{name:40} {number:9} {100 * number / total:6.2f} %")
    print(f"{total} texts, {total / wall:.0f} a second, {1000 * result.seconds / total:.2f} ms of CPU each")
    print("slowest:", ", ".join(f"{n} ({seconds:.2f} s)" for seconds, n in result.slowest))
    found: dict[str, list[Finding]] = {}
    for finding in result.findings:
        found.setdefault(finding.signature, []).append(finding)
    for signature, findings in sorted(found.items(), key=lambda item: -len(item[1])):
        print(f"{len(findings):6} {signature}: texts {', '.join(str(f.number) for f in findings[:KEPT])}")
        save(options.out, signature, findings[0], mutate.text(options.seed, findings[0].number), options.limit)
    return 1 if found else 0


# --- workers


def run(make: Callable[[int], str], first: int, count: int, jobs: int, limit: float) -> Result:
    """The texts `make(first)`, `make(first + 1)`, … in `jobs` processes at a time."""
    prepare(make, first)
    total = Result()
    waiting = [(n, min(n + CHUNK, first + count)) for n in range(first, first + count, CHUNK)][::-1]
    working: dict[int, Worker] = {}
    shown = time.perf_counter()
    while waiting or working:
        while waiting and len(working) < jobs:
            worker = Worker(make, *waiting.pop(), limit)
            working[worker.pipe] = worker
        for pipe in select.select(list(working), [], [])[0]:
            worker = working.pop(pipe)
            result = worker.finish()
            total.add(result)
            for finding in result.findings:
                print(f"text {finding.number}: {finding.signature}", file=sys.stderr, flush=True)
            if worker.killed_at is not None and worker.killed_at + 1 < worker.end:
                waiting.append((worker.killed_at + 1, worker.end))
        if time.perf_counter() - shown > 60:
            shown = time.perf_counter()
            print(f"{sum(total.counts.values())} texts", file=sys.stderr, flush=True)
    return total


def prepare(make: Callable[[int], str], number: int) -> None:
    """Import everything and fill the caches that every worker will have, before any is forked."""
    outcome((Path(__file__).parents[2] / "examples/heat.pde").read_text(encoding="utf-8"))
    make(number)
    gc.collect()
    gc.freeze()


class Worker:
    """A process that works on texts `start` … `end - 1` and answers with one Result."""

    def __init__(self, make: Callable[[int], str], start: int, end: int, limit: float) -> None:
        self.end, self.killed_at = end, None
        self.at = mmap.mmap(-1, 8)  # the number of the text it is at, for when it does not come back
        self.at[:] = struct.pack("q", start)
        self.pipe, writing = os.pipe()
        self.process = os.fork()
        if self.process == 0:
            status = 1
            try:
                os.close(self.pipe)
                result = work(make, range(start, end), limit, self.at)
                with os.fdopen(writing, "wb") as stream:
                    pickle.dump(result, stream)
                status = 0
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(status)
        os.close(writing)

    def finish(self) -> Result:
        with os.fdopen(self.pipe, "rb") as stream:
            data = stream.read()
        _, status = os.waitpid(self.process, 0)
        if data:
            return pickle.loads(data)  # noqa: S301
        self.killed_at = struct.unpack("q", self.at[:])[0]
        name = f"killed by signal {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else "worker failed"
        lost = Result()  # what came before it in the chunk is not counted
        lost.findings.append(
            Finding(self.killed_at, name, "the process was killed: a long call of C, or too much memory")
        )
        lost.counts[name] += 1
        return lost


def work(make: Callable[[int], str], numbers: range, limit: float, at: mmap.mmap | None = None) -> Result:
    """One text after the other, in this process."""
    result = Result()
    limit_memory(GIGABYTE)
    signal.signal(signal.SIGPROF, over_time)
    for number in numbers:
        if at is not None:
            at[:] = struct.pack("q", number)
        text = make(number)
        start = time.process_time()
        name, finding = judged(text, number, limit)
        seconds = time.process_time() - start
        result.counts[name] += 1
        result.seconds += seconds
        result.slowest = sorted([*result.slowest, (seconds, number)], reverse=True)[:10]
        if finding is not None:
            result.findings.append(finding)
    return result


def judged(text: str, number: int, limit: float) -> tuple[str, Finding | None]:
    """The outcome of a text, and the finding if there is one."""
    finding = None
    try:
        set_timer(limit)
        name, problem = checked(text)
        if problem is not None:
            set_timer(limit)
            name = compiled(problem) if name == "ok" else name
    except (Exception, OverTimeError, RecursionError, MemoryError) as error:
        signal.setitimer(signal.ITIMER_PROF, 0)
        name = "over time" if isinstance(error, OverTimeError) else type(error).__name__
        finding = Finding(number, f"{name} at {place_of(error)}", "".join(short_trace(error)))
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return name, finding


def set_timer(limit: float) -> None:
    """Let this process have `limit` more seconds of CPU time until OverTimeError, and some more until it is killed."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time() + limit + STUCK), hard))
    signal.setitimer(signal.ITIMER_PROF, limit, 0.2)  # again and again, where the first was lost in a destructor


def over_time(*_: object) -> None:
    raise OverTimeError


def limit_memory(more: int) -> None:
    """Let this process grow by `more` bytes and no further."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + more, hard))


def place_of(error: BaseException) -> str:
    """The innermost function of the project on the way to an exception, and for exceptions of others also theirs."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [
        f for f in frames if any(f"/{name}/" in f.filename for name in PACKAGES) and "site-packages" not in f.filename
    ]
    if isinstance(error, OverTimeError):
        # where the time goes is above the place where it ran out
        names = dict.fromkeys(f"{Path(f.filename).stem}.{f.name}" for f in own[2:] if f.name != "<genexpr>")
        return "/".join(list(names)[:4])
    inner, last = own[-1], frames[-2 if frames[-1].name == "over_time" else -1]
    place = f"{Path(inner.filename).name}:{inner.lineno} {inner.name}"
    return place if last is inner else f"{place} > {Path(last.filename).name}:{last.lineno} {last.name}"


def short_trace(error: BaseException) -> Iterator[str]:
    """The traceback without the middle of a deep recursion."""
    lines = traceback.format_exception(error)
    yield from lines if len(lines) < 80 else [*lines[:40], "…\n", *lines[-40:]]


# --- findings


def save(folder: Path, signature: str, finding: Finding, text: str, limit: float) -> None:
    """The text of a finding, as small as it can be made in a minute, and its traceback."""
    folder.mkdir(parents=True, exist_ok=True)
    name = "".join(c if c.isalnum() else "_" for c in signature)[:100]
    small = shrunk(text, finding, limit)
    (folder / f"{name}.pde").write_bytes(small.encode("utf-8", "surrogatepass"))
    (folder / f"{name}.txt").write_text(f"{signature}\ntext {finding.number}\n\n{finding.trace}", encoding="utf-8")


def shrunk(text: str, finding: Finding, limit: float, seconds: float = 60.0) -> str:
    """`text` with lines, then tokens, left away as long as the finding stays the same."""
    end = time.perf_counter() + seconds
    for pattern in ("\n", None):
        parts = text.splitlines(keepends=True) if pattern else mutate.TOKEN.findall(text)
        size = max(1, len(parts) // 2)
        while time.perf_counter() < end:
            k = 0
            while k < len(parts) and time.perf_counter() < end:
                fewer = parts[:k] + parts[k + size :]
                if same("".join(fewer), finding, limit):
                    parts = fewer
                else:
                    k += size
            if size == 1:
                break
            size = max(1, size // 2)
        text = "".join(parts)
    return text


def same(text: str, finding: Finding, limit: float) -> bool:
    """Whether a text makes the same finding, tried in a process of its own."""
    worker = Worker(lambda _: text, 0, 1, limit)
    found = worker.finish().findings
    if not found:
        return False
    if finding.signature.startswith("over time"):
        return found[0].signature.startswith("over time")
    return found[0].signature == finding.signature


if __name__ == "__main__":
    sys.exit(main())
