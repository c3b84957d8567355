"""How much faster several processes are: python examples/scaling.py FILE --processes 2 [--repeats 5] [flags of solve].

Runs with one process and with several, in turns, each process with one thread; the median of the time of a step of one,
over that of several times their number. The first step is left out.
"""

import argparse
import csv
import itertools
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path


def seconds_a_step(file, processes, flags):
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(processes)]
        command += ["-m", "pdec", "solve", file, "--out", folder, "--quiet", "--test-points", "10", *flags]
        subprocess.run(command, check=True, env={**os.environ, "OMP_NUM_THREADS": "1"})
        rows = list(csv.DictReader((Path(folder) / "history.csv").open()))
    times = [float(row["seconds"]) for row in rows]
    return statistics.median(after - before for before, after in itertools.pairwise(times))


def main():
    parser = argparse.ArgumentParser(description="How much faster several processes are.")
    parser.add_argument("file")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=5)
    given, flags = parser.parse_known_args()
    found = []
    for _ in range(given.repeats):
        one, several = (seconds_a_step(given.file, count, flags) for count in (1, given.processes))
        found.append(one / (given.processes * several))
        print(f"a step: {1000 * one:.0f} ms, {1000 * several:.0f} ms, efficiency {found[-1]:.2f}", flush=True)
    print(f"median efficiency: {statistics.median(found):.2f}")


if __name__ == "__main__":
    main()
