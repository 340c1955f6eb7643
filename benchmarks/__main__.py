"""`python -m benchmarks`: measure the rows, write the table, and name what fell since the committed one."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from benchmarks import (
    analysing,
    awards,
    bulk,
    cluster,
    commands,
    copies,
    crawl,
    documents,
    growth,
    lab,
    linear,
    mails,
    matching,
    members,
    search,
    web,
)
from benchmarks.generate import Inputs
from benchmarks.measure import Line
from benchmarks.table import about_run, as_json, as_markdown, fallen, read_lines

HERE = Path(__file__).resolve().parent
Row = Callable[[Inputs, bool], list[Line]]
ROWS: dict[str, Row] = {
    "matching": matching.measure,
    "analysing": analysing.measure,
    "commands": commands.measure,
    "crawl": crawl.measure,
    "bulk": bulk.measure,
    "mails": mails.measure,
    "members": members.measure,
    "cluster": cluster.measure,
    "copies": copies.measure,
    "awards": awards.measure,
    "documents": documents.measure,
    "lab": lab.measure,
    "growth": growth.measure,
    "linear": linear.measure,
    "search": search.measure,
    "web": web.measure,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what was asked for; exit code 1 when a ratio fell by more than a fifth."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"rows to measure, of {', '.join(ROWS)}; default: all")
    parser.add_argument("--quick", action="store_true", help="tiny inputs, one run: whether it works, not how fast")
    parser.add_argument(
        "--full",
        action="store_true",
        help="also what takes three quarters of an hour: a million calls, the processes of 311 members",
    )
    parser.add_argument("--generated", action="store_true", help="use the generator though the captures lie beside the project")
    parser.add_argument("--out", type=Path, default=HERE, help="folder for results.md and results.json")
    options = parser.parse_args(arguments)
    unknown = [name for name in options.rows if name not in ROWS]
    if unknown:
        parser.error(f"no such row: {', '.join(unknown)}")
    inputs = Inputs(use_captures=not options.generated)
    rows = dict(ROWS)
    if options.full:
        rows |= {
            "search": partial(search.measure, full=True),
            "members": partial(members.measure, members=311),
            "cluster": partial(cluster.measure, members=311, growth=False),
        }
    names = options.rows or list(ROWS)
    lines: list[Line] = []
    for name in names:
        print(f"measuring {name} ...", file=sys.stderr, flush=True)
        lines += rows[name](inputs, options.quick)
    about = about_run(f"{inputs.maker.origin}{', quick' if options.quick else ''}", datetime.now(UTC).date())
    table = as_markdown(lines, about)
    print(table)
    worse = fallen(read_lines(HERE / "results.json"), lines) if not options.quick else []
    if not options.rows or options.out != HERE:
        options.out.mkdir(parents=True, exist_ok=True)
        (options.out / "results.md").write_text(table, "utf-8")
        (options.out / "results.json").write_text(as_json(lines, about), "utf-8")
    for told in worse:
        print(f"fell by more than a fifth: {told}", file=sys.stderr)
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main())
