"""Row: the portal's bulk file of 130 MB crawled over loopback, beside ijson alone and json.load."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.generate import NOW, Inputs
from benchmarks.measure import Line, Spent, as_a_command, median_of, run_child, server, typical_pair

_SETTINGS = """
[network]
allow_loopback = true
delay = 0
retries = 0
[sources.funding-tenders-bulk]
url = "http://127.0.0.1:{port}/bulk.json"
"""


def measure(inputs: Inputs, quick: bool) -> list[Line]:
    """Measure the rows `bulk file`."""
    size = 1_000_000 if quick else 130_000_000
    ours, alone, whole = bulk_side_by_side(inputs, size, 1 if quick else 9)
    what = f"{size // 1_000_000} MB read, filtered and stored"
    beside_ijson, beside_json = (
        typical_pair((one.cpu, peer.cpu) for one, peer in zip(ours, peers, strict=True)) for peers in (alone, whole)
    )
    return [
        Line(
            row="bulk file",
            what=what,
            unit="seconds of CPU",
            value=beside_ijson[0],
            better="less",
            peer="ijson alone",
            peer_value=beside_ijson[1],
            bound=2.5,
        ),
        Line(
            row="bulk file",
            what=what,
            unit="seconds of CPU",
            value=beside_json[0],
            better="less",
            peer="json.load",
            peer_value=beside_json[1],
        ),
        Line(row="bulk file", what="peak memory", unit="MB", value=median_of(ours, "peak") / 1e6, better="less", bound=150),
        Line(
            row="bulk file",
            what="peak memory",
            unit="MB",
            value=median_of(ours, "peak") / 1e6,
            better="less",
            peer="json.load",
            peer_value=median_of(whole, "peak") / 1e6,
        ),
    ]


def bulk_side_by_side(inputs: Inputs, size: int, runs: int) -> tuple[list[Spent], list[Spent], list[Spent]]:
    """Run crawls of the file, readings by ijson alone and by json.load, in turns."""
    ours, alone, whole = [], [], []
    with _bulk_file(inputs, size) as (file, port):
        for _ in range(runs):
            ours.append(_crawl(port))
            alone.append(run_child("bulk:ijson_alone", file=str(file)))
            whole.append(run_child("bulk:json_load", file=str(file)))
    return ours, alone, whole


def bulk_crawl(inputs: Inputs, size: int) -> Spent:
    """Crawl a file of so many bytes into a new archive."""
    with _bulk_file(inputs, size) as (_, port):
        return _crawl(port)


@contextmanager
def _bulk_file(inputs: Inputs, size: int) -> Iterator[tuple[Path, int]]:
    """Yield a file of so many bytes, and the port of a portal that serves it."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        file = Path(folder) / "bulk.json"
        inputs.maker.bulk_file(file, size)
        with server("portal", folder) as port:
            yield file, port


def _crawl(port: int) -> Spent:
    with tempfile.TemporaryDirectory(prefix="bench-") as installation:
        settings = Path(installation) / "monitor.toml"
        settings.write_text(_SETTINGS.format(port=port), "utf-8")
        return run_child("bulk:crawl_file", settings=str(settings))


def crawl_file(settings: str) -> Callable[[], Any]:
    """Crawl the bulk source into a new archive."""
    from monitor.archive import open_archive
    from monitor.config import load_config
    from monitor.jobs.crawl import crawl

    as_a_command()
    config = load_config(Path(settings))

    def task() -> int:
        with open_archive(config.archive) as archive:
            report = crawl(config, archive, [config.source("funding-tenders-bulk")], NOW)[0]
        assert report.state == "accepted", report.reason
        return report.seen

    return task


def ijson_alone(file: str) -> Callable[[], Any]:
    """Read every object of the file and drop it at once."""
    import ijson

    def task() -> int:
        with Path(file).open("rb") as stream:
            return sum(1 for _ in ijson.items(stream, "fundingData.GrantTenderObj.item", use_float=True))

    return task


def json_load(file: str) -> Callable[[], Any]:
    """Read the whole file into memory."""

    def task() -> int:
        with Path(file).open("rb") as stream:
            return len(json.load(stream)["fundingData"]["GrantTenderObj"])

    return task
