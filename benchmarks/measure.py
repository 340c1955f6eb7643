"""Measuring: medians of interleaved runs, child processes with their CPU time and peak memory, lines of the table."""

from __future__ import annotations

import gc
import importlib
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

ROOT = Path(__file__).resolve().parent.parent
Better = Literal["more", "less"]
Name = TypeVar("Name")
Round = TypeVar("Round")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Line of the table."""

    row: str
    what: str
    unit: str
    value: float
    better: Better = "more"
    peer: str = ""
    """Name of the program beside ours; empty for none."""
    peer_value: float | None = None
    """Value of the peer; None when its package is missing."""
    bound: float | None = None
    """Bound of the ratio, or of the value where there is no peer."""
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """Return our value over the peer's."""
        return self.value / self.peer_value if self.peer_value else None

    @property
    def reached(self) -> bool | None:
        """Return whether the bound is reached; None without a bound or when the peer is missing."""
        measured = self.ratio if self.peer else self.value
        if self.bound is None or measured is None:
            return None
        return measured >= self.bound if self.better == "more" else measured <= self.bound

    @property
    def key(self) -> str:
        """Return the name that a line has in every table."""
        return f"{self.row}: {self.what}" + (f" / {self.peer}" if self.peer else "")


@dataclass(frozen=True, slots=True)
class Spent:
    """Cost of a task in a child process."""

    wall: float
    """Seconds by the clock."""
    cpu: float
    """Seconds of CPU."""
    whole: float
    """Seconds of CPU of the process with its imports: fair where one side imports beforehand and the other during the task."""
    peak: int
    """Bytes of memory at its peak."""
    result: Any
    """Return value of the task."""


def seconds(task: Callable[[], object]) -> float:
    """Return the seconds of a task by the clock."""
    begun = time.perf_counter()
    task()
    return time.perf_counter() - begun


def cpu_seconds(task: Callable[[], object]) -> float:
    """Return the seconds of CPU that a task takes in this process."""
    begun = time.process_time()
    task()
    return time.process_time() - begun


def steady_cpu_seconds(task: Callable[[], object]) -> float:
    """Return the seconds of CPU of a task, averaged over repetitions during a tenth of a second."""
    times, spent = 0, 0.0
    while not times or spent < 0.1:
        spent += cpu_seconds(task)
        times += 1
    return spent / times


def rounds_of(
    tasks: Mapping[Name, Callable[[], object]], runs: int, measure: Callable[[Callable[[], object]], float] = cpu_seconds
) -> list[dict[Name, float]]:
    """Return the cost of each task in each of `runs` rounds; the tasks take turns, so that noise hits all of them.

    Several runs have a warm-up before them that is not counted.
    """
    # What the tasks keep loaded is not walked by the collector while another one is measured.
    gc.collect()
    gc.freeze()
    rounds = [{name: measure(task) for name, task in tasks.items()} for _ in range(runs + (runs > 1))]
    gc.unfreeze()
    return rounds[-runs:]


def typical_round(rounds: Iterable[Round], ratio: Callable[[Round], float]) -> Round:
    """Return the round with the median ratio: when the machine's speed drifts, it does so for all of a round."""
    ordered = sorted(rounds, key=ratio)
    return ordered[len(ordered) // 2]


def typical_pair(pairs: Iterable[tuple[float, float]]) -> tuple[float, float]:
    """Return the typical round of ours and one peer."""
    return typical_round(pairs, lambda pair: pair[0] / pair[1])


def beside(
    ours: Callable[[], object],
    peer: Callable[[], object],
    runs: int,
    measure: Callable[[Callable[[], object]], float] = cpu_seconds,
) -> tuple[float, float]:
    """Return our cost and the peer's in a typical round of the two alone.

    A third task would leave its data in the processor's cache, to the cost of the one that comes after it.
    """
    return typical_pair((spent["ours"], spent["peer"]) for spent in rounds_of({"ours": ours, "peer": peer}, runs, measure))


def medians(
    tasks: Mapping[Name, Callable[[], object]], runs: int, measure: Callable[[Callable[[], object]], float] = cpu_seconds
) -> dict[Name, float]:
    """Return the median of each task over the rounds of `rounds_of`."""
    rounds = rounds_of(tasks, runs, measure)
    return {name: statistics.median(spent[name] for spent in rounds) for name in tasks}


def shortly(number: float | None) -> str:
    """Return a figure with three digits, or as many as it has before the point; empty for none."""
    if number is None:
        return ""
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:.3g}"


def percentile(values: list[float], part: float) -> float:
    """Return the quantile `part` (0 to 1) of the values."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(part * (len(ordered) - 1)))]


def peak_memory() -> int:
    """Return the most memory that this process ever held, in bytes."""
    status = Path("/proc/self/status")
    if not status.is_file():  # not Linux
        return 0
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024


def run_child(task: str, **options: Any) -> Spent:
    """Run `module:function` of this package with `options` in a process of its own, imports not counted."""
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks.measure", task, json.dumps(options)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{task} failed:\n{done.stderr[-3000:]}")
    return Spent(**json.loads(done.stdout.splitlines()[-1]))


def as_a_command() -> None:
    """Hide numpy from this process, as in an installation.

    numpy comes with a peer; sqlite-utils imports it where it finds it, for a tenth of a second that no installation spends.
    """
    sys.modules["numpy"] = None  # type: ignore[assignment]


@contextmanager
def server(kind: str, *arguments: str) -> Iterator[int]:
    """Run a server of `benchmarks.servers` in a process of its own; yield its port on loopback."""
    command = [sys.executable, "-m", "benchmarks.servers", kind, *arguments]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line.strip():
            raise RuntimeError(f"the {kind} server did not start")
        yield int(line)
    finally:
        process.terminate()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def median_of(spent: list[Spent], field: str) -> float:
    """Return the median of one figure over several runs of a child."""
    return statistics.median(getattr(one, field) for one in spent)


def _serve_task(task: str, options: dict[str, Any]) -> None:
    module, _, name = task.partition(":")
    function = getattr(importlib.import_module(f"benchmarks.{module}"), name)
    prepared = function(**options)
    begun, cpu = time.perf_counter(), time.process_time()
    result = prepared()
    done = time.process_time()
    told = {"wall": time.perf_counter() - begun, "cpu": done - cpu, "whole": done, "peak": peak_memory(), "result": result}
    sys.stdout.write(f"\n{json.dumps(told)}\n")


if __name__ == "__main__":
    _serve_task(sys.argv[1], json.loads(sys.argv[2]))
