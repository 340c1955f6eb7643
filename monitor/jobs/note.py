"""Job `note`: the week's note to the coordinator on sources, rules, answers and mails, and on new programmes and words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from monitor.archive import Archive
from monitor.archive.numbers import numbers_of
from monitor.archive.probation import list_probation_matches
from monitor.archive.projects import FollowedProject, ReportingDay, list_reporting_days
from monitor.archive.recipients import list_stops
from monitor.archive.statistics import (
    count_unread_answers,
    list_call_titles,
    list_new_programmes,
    list_new_troubles,
    list_recovered_sources,
)
from monitor.archive.unmatched import list_unmatched
from monitor.calls import Call, CallKey
from monitor.config import Config
from monitor.digest.links import Links
from monitor.digest.wording import capital, iso_week
from monitor.jobs.letter import store_letter
from monitor.jobs.rules import load_rules_in_force, report_archive
from monitor.jobs.status import status
from monitor.matching.compiled import RuleSet
from monitor.vocabulary import ANSWER_LABELS

WEEK = timedelta(days=7)
_COMING_REPORTS = timedelta(days=28)
"""Time before a reporting day from which the note reminds of it."""
_OVERDUE_REPORTS = timedelta(days=365)
"""Time after a reporting day during which the note still reminds of a report that was not ticked as handed in."""
_MAX_NAMES = 10
_MAX_EXAMPLES = 3
_MIN_CALLS = 100
"""Number of calls below which nothing is said of signals that never hit."""
_WORD = re.compile(r"[^\W\d_]{5,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteReport:
    """Note of a week."""

    week: str
    """ISO week: 2026-W23."""
    paragraphs: tuple[str, ...]
    """Paragraphs in Swedish."""
    new: bool
    """True where the note was not in the outbox before."""


def write_note(config: Config, archive: Archive, now: datetime) -> NoteReport:
    """Put the week's note into the outbox, once.

    A week without problems has a note that says so.
    """
    week = iso_week(now.astimezone(config.zone).date())
    paragraphs = tuple(_paragraphs(config, archive, now)) or ("Inget behöver ses över den här veckan.",)
    subject = f"EU-bevakningen vecka {week[6:]}: till samordnaren"
    new = store_letter(config, archive.db, f"{week}-veckobrev", subject, paragraphs, now)
    return NoteReport(week=week, paragraphs=paragraphs, new=new)


def _paragraphs(config: Config, archive: Archive, now: datetime) -> Iterable[str]:
    db, since = archive.db, now - WEEK
    for sentence in status(config, archive, now)["attention"]:
        yield f"Behöver ses över: {sentence}"
    for row in list_new_troubles(db, since):
        yield f"Källan {row['name']} har fått problem: {row['text']}"
    recovered = list_recovered_sources(db, since)
    if recovered:
        yield f"Läses igen som de ska: {_some(recovered)}."
    answers = count_unread_answers(db)
    if answers:
        counted = ", ".join(f"{answers[answer]} ”{label.note}”" for answer, label in ANSWER_LABELS.items() if answer in answers)
        yield f"Svar som väntar på dig: {counted}. Se: {config.municipality.base_url}/samordna eller monitor feedback."
    rules = load_rules_in_force(archive, config, last_good=True)
    today = now.astimezone(config.zone).date()
    due = list_reporting_days(db, today - _OVERDUE_REPORTS, today + _COMING_REPORTS)
    links = Links(
        config.municipality.base_url, numbers=numbers_of(db, [CallKey(followed.source, followed.call_id) for followed, _ in due])
    )
    for followed, report in due:
        yield _reporting_sentence(links, followed, report, today, rules)
    for stop in list_stops(config, db, now):
        if stop.since is not None and stop.since > since:
            yield f"Får inte längre mejlen för {stop.department}: {stop.explanation}."
    for programme, title, identifier in list_new_programmes(db, since):
        call = Call(source="", call_id="", title=title, url="", programme=programme, identifier=identifier)
        if rules.programme_of(call) is None:
            yield (
                f"Ett program som aldrig setts förut: {programme} (”{title}”)."
                " Lägg till det i rules/programmes.toml om det ska förklaras."
            )
    nobody = [found.call.title for found in list_unmatched(db, now, since)]
    if nobody:
        counted = "1 utlysning" if len(nobody) == 1 else f"{len(nobody)} utlysningar"
        yield (
            f"{counted} från veckan, som kommuner kan söka, gick till ingen förvaltning, till exempel {_few(nobody)}."
            f" Alla står i: {config.municipality.base_url}/samordna/ingen"
        )
    yield from _probation(config, archive, rules, now)
    words = new_words(list_call_titles(db, None, since), list_call_titles(db, since, now))
    if words:
        yield f"Ord i utlysningars rubriker som aldrig setts förut: {_some(words)}. Hör något av dem hemma i ett tema?"
    yield from _signals(config, archive, rules)


def _probation(config: Config, archive: Archive, rules: RuleSet, now: datetime) -> Iterable[str]:
    """Yield a sentence on each theme on probation: its new calls, until when, and where to mark them."""
    today = now.astimezone(config.zone).date()
    for file in rules.live_themes:
        head = file.theme
        if not head.is_on_probation(today):
            continue
        found = list_probation_matches(archive.db, now, theme=head.id, since=now - WEEK)
        titles = list(dict.fromkeys(one.call.title for one in found))
        calls = "1 ny utlysning" if len(titles) == 1 else f"{len(titles)} nya utlysningar"
        counted = f"{calls} i veckan, till exempel {_few(titles)}" if titles else "inget nytt i veckan"
        yield (
            f"Temat ”{head.title}” är på prov till {head.probation}: {counted}. De har inte gått till någon förvaltning."
            f" Märk dem ja eller nej: {config.municipality.base_url}/regler/{head.id}/prov"
        )


def _reporting_sentence(links: Links, followed: FollowedProject, report: ReportingDay, today: date, rules: RuleSet) -> str:
    name = capital(report.label or "redovisningen")
    department = rules.departments.get(followed.department)
    verb = "skulle ha lämnats" if report.day < today else "ska lämnas"
    call = Call(source=followed.source, call_id=followed.call_id, title=followed.title, url="")
    return (
        f"{name} för ”{followed.title}” ({department.name if department else followed.department})"
        f" {verb} senast {report.day.isoformat()}."
        f" Kryssa i Lämnad när det är gjort: {links.call(call)}"
    )


def _signals(config: Config, archive: Archive, rules: RuleSet) -> Iterable[str]:
    if config.shared_archive is not None and not config.rules.dir:
        return  # the installation that reads the sources has the rules, and gets the same note
    report = report_archive(archive, rules)
    if report.calls < _MIN_CALLS:
        return
    if report.dead:
        yield (
            f"{_count(report.dead)} träffar inget i arkivet, till exempel {_few(report.dead)}. Alla står i: monitor rules report"
        )
    if report.broad:
        yield (
            f"{_count(report.broad)} träffar så mycket att {'den' if len(report.broad) == 1 else 'de'} säger lite,"
            f" till exempel {_few(report.broad)}. Alla står i: monitor rules report"
        )


def _count(signals: list[str]) -> str:
    return f"{len(signals)} {'signal' if len(signals) == 1 else 'signaler'}"


def _few(names: list[str]) -> str:
    return ", ".join(names[:_MAX_EXAMPLES])


def new_words(before: Iterable[str], after: Iterable[str]) -> list[str]:
    """Return the words of the later titles that no earlier one has, the most frequent first; none without earlier titles."""
    known = {word.casefold() for title in before for word in _WORD.findall(title)}
    if not known:
        return []
    counts = Counter(word.casefold() for title in after for word in _WORD.findall(title))
    return [word for word, _ in counts.most_common() if word not in known]


def _some(names: list[str]) -> str:
    more = len(names) - _MAX_NAMES
    return ", ".join(names[:_MAX_NAMES]) + (f" och {more} till" if more > 0 else "")
