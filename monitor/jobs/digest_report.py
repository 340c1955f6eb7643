"""Values that the job `digest` takes and gives: what to build, what was built, and a mail that is only looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from monitor.archive.digests import StoredDigest, ToldFact
from monitor.digest.model import Candidate, Selection
from monitor.digest.render import Rendered
from monitor.errors import MonitorError
from monitor.vocabulary import DigestState


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildOptions:
    """Choice of the mails to build."""

    week: str | None = None
    """ISO week (2026-W23); None for the week of `now`."""
    departments: Sequence[str] = ()
    """Ids of departments; empty for all."""
    dry_run: bool = False
    """Store nothing, and write the mails to `preview/` in the data folder."""
    corrections_only: bool = False
    """Build corrections, and weekly mails only of departments whose mail failed."""


THIS_WEEK = BuildOptions()
"""Every department's mail of this week."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestReport:
    """Digest of one department: an item of `digest --json`."""

    department: str
    """Id of the department."""
    state: DigestState
    items: int
    """Number of calls in the mail."""
    sections: dict[str, int]
    """Numbers of calls by section."""
    kind: str = ""
    """Kind of the mail, a `MailKind`; empty when there is none."""
    subject: str = ""
    file: Path | None = None
    """File that a dry run wrote."""
    reason: str = ""
    """Reason in Swedish why there is no mail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestDraft:
    """Mail as it would be built now."""

    department: str
    selection: Selection
    rendered: Rendered
    unplaced: Selection
    """The department's selection in the program's order, with the coordinator's other choices."""
    candidates: Sequence[Candidate]
    """Calls from which the department's mail was chosen."""


@dataclass(slots=True, kw_only=True)
class BuildReport:
    """Result of one run of `digest`."""

    week: str
    """ISO week that was built: 2026-W23."""
    digests: list[DigestReport] = field(default_factory=list)
    """Mails of the week, those that were there already too."""
    corrections: list[DigestReport] = field(default_factory=list)
    """Corrections that were built."""


def report_of(stored: StoredDigest) -> DigestReport:
    """Return the report of a mail that is stored already."""
    return DigestReport(
        department=stored.department,
        state=DigestState(stored.state),
        items=stored.items,
        sections=dict(stored.sections),
        kind=stored.kind,
    )


def report_of_failure(department: str, error: Exception) -> DigestReport:
    """Return the report of a department whose mail could not be written."""
    reason = f"mejlet kunde inte skrivas ({error if isinstance(error, MonitorError) else f'{type(error).__name__}: {error}'})"
    return DigestReport(department=department, state=DigestState.FAILED, items=0, sections={}, reason=reason)


def report_of_corrections(department: str, selections: Sequence[Selection], subject: str) -> DigestReport:
    """Return the report of corrections that only some recipients get: it counts the largest of them."""
    largest = max(selections, key=lambda selection: len(selection.items))
    return DigestReport(
        department=department,
        state=DigestState.WAITING,
        items=len(largest.items),
        sections=largest.counts(),
        kind=largest.kind.value,
        subject=subject,
    )


def told_facts(selection: Selection, rendered: Rendered) -> list[ToldFact]:
    """Return the facts that the mail tells, in the order of its items."""
    return [
        ToldFact(
            source=item.candidate.call.source,
            call_id=item.candidate.call.call_id,
            section=item.section.value,
            fact=fact,
            position=position,
            shown=rendered.shown[item.candidate.key].value,
        )
        for position, item in enumerate(selection.everything, 1)
        for fact in item.facts
    ]


def write_dry_run(data_dir: Path, digest_id: str, rendered: Rendered) -> Path:
    """Write the mails of a dry run into `data_dir/preview`; return the HTML file of the first language."""
    folder = data_dir / "preview"
    folder.mkdir(parents=True, exist_ok=True)
    for rendering in rendered.renderings:
        (folder / f"{digest_id}.{rendering.language}.txt").write_text(rendering.text, "utf-8")
        (folder / f"{digest_id}.{rendering.language}.html").write_text(rendering.html, "utf-8")
    return folder / f"{digest_id}.{rendered.renderings[0].language}.html"
