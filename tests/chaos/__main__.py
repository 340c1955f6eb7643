"""Let every job meet every fault at every crossing, one at a time, and print a table; exit code 1 when anything was lost or doubled."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.chaos.jobs import JOBS
from tests.chaos.rounds import Round, Rounds
from tests.chaos.stages import Stages, serve_stages

_MEMORY = Path("/dev/shm")
_HEAD = ("job", "places", "crossings", "faults", "killed", "lost", "doubled", "sent again", "other problems")


def main() -> int:
    """Run the rounds of the chosen jobs."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("jobs", nargs="*", metavar="JOB", help=f"jobs to try: {', '.join(JOBS)}; default: all")
    parser.add_argument("--seam", default="", metavar="SEAM", help="only faults of this seam, such as clock")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only every n-th fault, for a quick look")
    chosen = parser.parse_args()
    rows, is_clean = [], True
    with (
        tempfile.TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else None) as folder,
        serve_stages(Path(folder) / "stages") as stages,
    ):
        for name in chosen.jobs or JOBS:
            rounds, found = _try(stages, name, chosen.every, chosen.seam)
            is_clean = is_clean and not any(each.problems for each in found)
            rows.append(_row(rounds, found))
            print(_line(rows[-1]), file=sys.stderr, flush=True)
    for row in (_HEAD, ["---"] * len(_HEAD), *rows):
        print(_line(row))
    return int(not is_clean)


def _try(stages: Stages, name: str, every: int, seam: str) -> tuple[Rounds, list[Round]]:
    rounds, found = Rounds(stages, name), []
    for fault in [fault for fault in rounds.baseline.faults() if seam in ("", fault.seam)][::every]:
        found.append(rounds.meet(fault))
        if found[-1].problems:
            print(found[-1], file=sys.stderr, flush=True)
    return rounds, [each for each in found if each.hit]


def _row(rounds: Rounds, found: list[Round]) -> list[object]:
    crossings = rounds.baseline.crossings
    counted = [sum(getattr(each, name) for each in found) for name in ("killed", "lost", "doubled", "repeated")]
    others = sum(1 for each in found if each.problems and not each.lost and not each.doubled)
    return [rounds.job.name, len(crossings), sum(crossings.values()), len(found), *counted, others]


def _line(cells: object) -> str:
    return f"| {' | '.join(str(cell) for cell in cells)} |"  # type: ignore[attr-defined]


if __name__ == "__main__":
    sys.exit(main())
