"""Command `demo`: the whole program on sample publishers."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.app import App, pass_app
from monitor.vocabulary import ACCEPTED_RUNS, CHANGE_LABELS, SECTION_LABELS, UNACCEPTED_RUNS, CountText

if TYPE_CHECKING:
    from datetime import datetime

    from rich.console import Console

    from monitor.archive.statistics import RecordedChange
    from monitor.jobs.demo import DemoReport, DemoStep

MONTHS = ("jan", "feb", "mars", "april", "maj", "juni", "juli", "aug", "sept", "okt", "nov", "dec")
WEEKS = {1: "Första veckan", 2: "En vecka senare"}
STEP_LABELS = {
    "crawl": "Läser källorna",
    "match": "Letar efter det som rör kommunen",
    "digest": "Skriver mejlen",
    "send": "Lägger mejlen i mappen",
}


@click.command()
@click.option("--dir", "folder", default="demo-data", metavar="DIR", show_default=True, help="Where everything is put.")
@click.option("--serve", is_flag=True, help="Then show the archive in a browser until stopped.")
@click.option("--port", default=8001, show_default=True, type=click.IntRange(1, 65535), help="Where --serve shows it.")
@pass_app
def demo(app: App, folder: str, serve: bool, port: int) -> int:
    """Try it all on sample publishers: read, match, write and deliver, twice with a week between."""
    from pathlib import Path

    from rich.console import Console

    from monitor.config import Config
    from monitor.jobs.demo import Demo

    with Demo(Path(folder), app.moment(Config().zone)) as run:
        app.console.print(
            "Provkörning med exempelkällor på den här datorn. Inget hämtas från nätet och inget skickas till någon."
        )
        report = run.run(_Progress(app.console))
        out = Console(highlight=False, markup=False, soft_wrap=True)
        for line in (*_changes_lines(report), *_mail_lines(report), *_next_step_lines(report)):
            out.print(line)
        if serve:
            out.print(f"\nArkivet visas på http://127.0.0.1:{port} tills du trycker Ctrl+C.")
            out.file.flush()
            return run.serve(port, fixed=app.now_text is not None)
    return int(report.attention)


class _Progress:
    """Printer of one line per finished step; on a terminal also of the step that is running."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._status = console.status("")
        self._number = 0

    def __call__(self, step: DemoStep) -> None:
        if step.answer is None:
            if step.number != self._number:
                self._number = step.number
                self._console.print(f"\n{WEEKS[step.number]}, {_day(step.moment)}")
            self._status.update(f"{STEP_LABELS[step.command]} …")
            if self._console.is_terminal:
                self._status.start()
            return
        self._status.stop()
        seconds = f"{step.seconds:.1f}".replace(".", ",")
        self._console.print(
            f"  {STEP_LABELS[step.command]}: {STEP_RESULTS[step.command](step.answer)} ({seconds} s)", markup=False
        )


def _crawl_result(answer: Any) -> str:
    sources = answer["sources"]
    well = sum(source["state"] in ACCEPTED_RUNS for source in sources)
    text = f"{well} av {len(sources)} källor lästa, {sum(source['current'] for source in sources)} poster"
    poor = ", ".join(f"{source['id']} ({source['reason']})" for source in sources if source["state"] in UNACCEPTED_RUNS)
    return f"{text}; ofullständigt: {poor}" if poor else text


def _match_result(answer: Any) -> str:
    reached = sum(bool(count) for count in answer["departments"].values())
    return f"{answer['matches']} träffar för {reached} mottagare"


def _digest_result(answer: Any) -> str:
    return f"{len(answer['digests'])} mejl"


def _send_result(answer: Any) -> str:
    text = f"{answer['sent']} mejl"
    return f"{text}; {answer['failed']} gick inte att leverera" if answer["failed"] else text


STEP_RESULTS = {"crawl": _crawl_result, "match": _match_result, "digest": _digest_result, "send": _send_result}


def _changes_lines(report: DemoReport) -> Iterator[str]:
    counts = Counter(change.type for change in report.happenings)
    yield "\nDet här hade hänt på en vecka"
    yield f"  {_list_counts(counts, {change: label.counted for change, label in CHANGE_LABELS.items()})}."
    yield from (_deadline_line(change) for change in report.happenings if change.type == "deadline_moved")


def _mail_lines(report: DemoReport) -> Iterator[str]:
    digests = {row["department"]: row for row in _step_answer(report, 2, "digest")["digests"]}
    yield "\nDet här stod i mejlen, vecka två"
    width = max(map(len, report.departments.values()))
    section_counts = {section: label.counted for section, label in SECTION_LABELS.items()}
    for department, name in report.departments.items():
        row = digests.get(department, {"items": 0, "sections": {}})
        sections = _list_counts(row["sections"], section_counts) if row["items"] else "en lugn vecka, inget nytt"
        yield f"  {name:<{width}}  {sections}"


def _next_step_lines(report: DemoReport) -> Iterator[str]:
    from pathlib import Path

    from monitor.jobs.demo import from_here

    program = Path(sys.argv[0])
    monitor = f"{from_here(program.absolute()) if program.name == 'monitor' else 'monitor'} --config {from_here(report.settings)}"
    yield "\nTitta själv"
    yield f"  Mejlen ({len(report.mails)} stycken)   {from_here(report.index)}   öppna i webbläsaren; .eml-filerna ligger bredvid"
    yield f"  Arkivet               {from_here(report.archive)}"
    yield f"  Inställningarna       {from_here(report.settings)}"
    yield "\nProva vidare"
    yield f"  {monitor} search ungdomsutbyte"
    yield f"  {monitor} show UCPM-2026-KAPP-PVPP"
    yield f"  {monitor} why UCPM-2026-KAPP-PVPP --department raddning-beredskap"
    yield f"  {monitor} awards show LIFE-2026-SAP-NAT-NATURE   vilka fick pengar förra gången (exempel)"
    yield f"  {monitor} season                 utlysningar som troligen kommer (exempel)"
    yield f"  {monitor} serve --set-password   samordnarens lösenord: styr utskick, ändra regler"
    yield f"  {monitor} serve                  arkivet i webbläsaren, http://127.0.0.1:8001"


def _step_answer(report: DemoReport, number: int, command: str) -> Any:
    return next(step.answer for step in report.steps if (step.number, step.command) == (number, command))


def _list_counts(counts: dict[str, int] | Counter[str], labels: Mapping[Any, CountText]) -> str:
    from babel.lists import format_list

    parts = [label.text(counts[key]) for key, label in labels.items() if counts.get(key)]
    return format_list(parts, locale="sv") if parts else "inget"


def _deadline_line(change: RecordedChange) -> str:
    import json
    from datetime import datetime

    old, new = (", ".join(_short_day(datetime.fromisoformat(at)) for at in json.loads(text)) for text in (change.old, change.new))
    return f"  Ny sista dag: {change.identifier or change.title} ({old} blev {new})"


def _day(moment: datetime) -> str:
    from babel.dates import format_date

    return f"{format_date(moment, 'EEEE', locale='sv')} {_short_day(moment)}"


def _short_day(moment: datetime) -> str:
    return f"{moment.day} {MONTHS[moment.month - 1]}"
