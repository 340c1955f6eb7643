"""Next mails of departments as they would be now: their calls, and the rendered mail with what the coordinator changed in it.

Nothing is stored.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta

from monitor.archive import Archive
from monitor.archive.calls import load_call
from monitor.archive.digests import departments_with_digest
from monitor.archive.matches import NewMatch, shadow_matches
from monitor.archive.overrides import Overrides, list_overrides, read_overrides
from monitor.archive.recipients import active_recipients
from monitor.calls import Call, CallKey, call_status, next_deadline
from monitor.config import Config
from monitor.digest.arrange import Part, part_of
from monitor.digest.choose import ASKED_REMINDER
from monitor.digest.memory import CandidateMemory
from monitor.digest.model import Candidate, DigestItem, Selection
from monitor.digest.render import Rendered, Rendering
from monitor.digest.wording import iso_week
from monitor.documents.answers import DocumentAnswers
from monitor.jobs.digest import DigestBuilder
from monitor.jobs.digest_report import DigestDraft
from monitor.jobs.match import documents_for, match_rows
from monitor.language.one_line import clean
from monitor.matching.compiled import RuleSet
from monitor.subscription import Stream
from monitor.vocabulary import PACE_LABELS, SECTION_LABELS, Answer, Kind, MailSection, Pace, Status
from monitor.web.framework.mail_drafts import DraftDifference, DraftItem, DraftWish, MailDraft, PlannedItem, PlannedMail


def plan_digests(
    config: Config, archive: Archive, rules: RuleSet, now: datetime, departments: Collection[str] = ()
) -> list[PlannedMail]:
    """Return the plan of each of these departments, or of all, that has a recipient.

    It is this week's mail, or the next one when that is built already.
    """
    this_week = DigestBuilder(config, archive, rules, now, dry_run=True)
    next_week = this_week.for_week(_following_week(config, now))
    built = departments_with_digest(archive.db, this_week.week)
    plans = []
    for department in this_week.departments(departments):
        if not this_week.recipients(department):
            continue
        builder = next_week if department.id in built else this_week
        selection = builder.plan(department)
        items = tuple(
            PlannedItem(
                section=item.section.value,
                key=item.candidate.key,
                title=clean(item.candidate.call.title),
                level=item.candidate.match.level.value if item.candidate.match else "",
                themes=item.candidate.reasons.themes,
                note=item.candidate.note,
                told=bool(item.candidate.told),
            )
            for item in selection.everything
        )
        plans.append(PlannedMail(department=department.id, kind=selection.kind.value, week=builder.week, items=items))
    return plans


def _following_week(config: Config, now: datetime) -> str:
    return iso_week((now.astimezone(config.zone) + timedelta(weeks=1)).date())


def read_candidates(config: Config, archive: Archive, rules: RuleSet, now: datetime, department: str) -> CandidateMemory:
    """Return the candidates of a department's next mail with the items that they give, for `draft_mail`.

    Raises:
        ConfigError: The department is unknown.
    """
    memory = CandidateMemory(now.astimezone(config.zone))
    builder = DigestBuilder(config, archive, rules, now, dry_run=True, memory=memory)
    builder.plan(builder.departments([department])[0])
    return memory


def draft_mail(
    config: Config,
    archive: Archive,
    rules: RuleSet,
    now: datetime,
    wish: DraftWish,
    memory: CandidateMemory | None = None,
) -> MailDraft | None:
    """Return a department's next mail as `digest --dry-run` would write it now: this week's, or the next one when that is built.

    Args:
        config: The installation.
        archive: Its archive.
        rules: The rules.
        now: Time of the mail.
        wish: The mail to draft.
        memory: The department's candidates, read by the same rules; the mail is then drafted as it would have been at their
            time, with the coordinator's present choices.

    Raises:
        ConfigError: The department is unknown.
        MailError: A template does not work.
    """
    if memory is not None:
        now = memory.now
    if wish.more or wish.less:
        shadow_matches(archive.db, wish.department, _matches(archive, rules, wish), wish.less, now)
    built = departments_with_digest(archive.db, iso_week(now.astimezone(config.zone).date()))
    week = _following_week(config, now) if wish.department in built else None
    builder = DigestBuilder(config, archive, rules, now, week=week, dry_run=True, memory=memory)
    department = rules.departments[wish.department]
    streams = builder.streams(department)
    plain = next((stream for stream in streams if stream.plain), None)
    others = [stream for stream in streams if not stream.plain]
    stream = others[wish.audience - 1] if 0 < wish.audience <= len(others) else plain
    if wish.recipient:
        stream = _own_stream(config, archive, builder, now, wish)
        if stream is None:
            return None
    draft = builder.draft(department, stream)
    alone = builder.without_choices()
    shown = alone.draft(department, stream) if wish.unchanged else draft
    if shown is None or draft is None:
        return None
    choices = read_overrides(archive.db, department.id, builder.week)
    rendering = _rendering(shown.rendered, wish.language)
    is_own = (stream is None or stream.plain) and not wish.bare
    # The program would choose the same where the coordinator has neither held back nor added a call.
    program = alone.plan(department) if is_own and (choices.withheld or choices.added) else draft.selection
    return MailDraft(
        department=department.id,
        week=builder.week,
        kind=shown.selection.kind.value,
        language=rendering.language,
        subject=rendering.subject,
        html=rendering.html,
        text=rendering.text,
        languages=tuple(one.language for one in shown.rendered.renderings),
        audiences=(_own_audience(plain), *(_audience(one, rules) for one in others)),
        items=tuple(_items(draft, choices, now)) if is_own else (),
        differences=tuple(_differences(config, archive, draft, program, choices, now)) if is_own else (),
        line=choices.mail_note,
    )


def _matches(archive: Archive, rules: RuleSet, wish: DraftWish) -> Iterator[NewMatch]:
    """Yield the matches that the rules give the department of a wish for the calls that it has more."""
    documents, answers = documents_for(archive.db, rules), DocumentAnswers(archive.db)
    for key in wish.more:
        call = load_call(archive.db, *key)
        if call is not None:
            own = documents.of(key) if documents is not None else None
            yield from (row for row in match_rows(rules, call, own, answers) if row.department == wish.department)


def _own_stream(config: Config, archive: Archive, builder: DigestBuilder, now: datetime, wish: DraftWish) -> Stream | None:
    """Return the recipient of a wish as the only one of a mail; None for an address that gets none now."""
    wanted = (wish.department, wish.recipient.casefold())
    rows = [row for row in active_recipients(config, archive.db, now) if (row.department, row.folded) == wanted]
    return next(iter(builder.streams(builder.departments([wish.department])[0], rows)), None)


def _own_audience(stream: Stream | None) -> str:
    number = len(stream.recipients) if stream is not None else 0
    return f"Förvaltningens mejl ({number} mottagare)" if number else "Förvaltningens mejl (ingen mottagare nu)"


def _audience(stream: Stream, rules: RuleSet) -> str:
    """Return the name of a mail by its recipients, and how it differs from the department's."""
    number = len(stream.recipients)
    who = stream.recipients[0].email if number == 1 else f"{number} mottagare"
    titles = {file.theme.id: file.theme.title for file in rules.themes}
    parts = [PACE_LABELS[Pace.CERTAIN].lower()] if stream.certain else []
    if stream.left_out:
        parts.append("utan " + ", ".join(titles.get(theme, theme) for theme in stream.left_out))
    if stream.since is not None:
        parts.append("också det som förvaltningen redan har fått")
    return f"{who} ({'; '.join(parts)})"


def _rendering(rendered: Rendered, language: str) -> Rendering:
    return next((one for one in rendered.renderings if one.language == language), rendered.renderings[0])


def _places(selection: Selection) -> dict[CallKey, tuple[Part, int]]:
    """Return part and place of each listed call; those of groups and behind links have none."""
    counts: dict[Part, int] = {}
    places = {}
    for item in selection.items:
        part = part_of(item)
        counts[part] = counts.get(part, 0) + 1
        places[item.candidate.key] = (part, counts[part])
    return places


def _items(draft: DigestDraft, choices: Overrides, now: datetime) -> Iterator[DraftItem]:
    places, before = _places(draft.selection), _places(draft.unplaced)
    lengths: dict[Part, int] = {}
    for part, place in places.values():
        lengths[part] = max(lengths.get(part, 0), place)
    for item in draft.selection.everything:
        candidate = item.candidate
        part, place = places.get(candidate.key, (part_of(item), 0))
        edit = choices.edits.get(candidate.key)
        yield DraftItem(
            section=item.section.value,
            key=candidate.key,
            title=_title(candidate),
            level=candidate.match.level.value if candidate.match else "",
            themes=candidate.reasons.themes,
            by_hand=candidate.reasons.unnamed,
            day=_day(candidate.call, now),
            form=draft.rendered.shown[candidate.key].value,
            doubtful=part[1],
            place=place,
            last=place == lengths.get(part, 0),
            own_place=edit.place if edit else None,
            program_place=before[candidate.key][1] if candidate.key in before else 0,
            comment=edit.comment if edit else "",
            note=choices.call_notes.get(candidate.key, ""),
            version=edit.id if edit else 0,
            promise=_is_promise(item),
        )


def _day(call: Call, now: datetime) -> datetime | None:
    if call.kind is Kind.EVENT:
        return call.starts
    upcoming = next_deadline(call, now)
    return upcoming.at if upcoming is not None else None


def _is_promise(item: DigestItem) -> bool:
    """Return whether the item tells a change of what the department was told, which it must be told of."""
    return item.section is MailSection.CHANGED


def _title(candidate: Candidate) -> str:
    return clean(candidate.call.title) or candidate.call.call_id


_SHOWN_IDLE = timedelta(weeks=4)
"""Age up to which a held-back call that the mail would not have told anyway is shown: whoever held it back looks for it."""


def _differences(
    config: Config, archive: Archive, draft: DigestDraft, alone: Selection, choices: Overrides, now: datetime
) -> Iterator[DraftDifference]:
    """Yield what the coordinator's choices change in a mail, and the choices that change nothing, with the reason.

    Args:
        config: The installation.
        archive: Its archive.
        draft: The mail.
        alone: The selection that the program would make without the choices.
        choices: The choices.
        now: Time of the mail.
    """
    titles = {candidate.key: _title(candidate) for candidate in draft.candidates}
    told = {item.candidate.key for item in draft.selection.everything}
    chosen = {item.candidate.key for item in alone.everything}
    for row in list_overrides(archive.db, draft.department):
        key, kind, detail = CallKey(row["source"], row["call_id"]), "", ""
        if key in choices.withheld and key in chosen - told:
            kind = "held"
        elif key in choices.withheld and key not in told and now - datetime.fromisoformat(row["at"]) < _SHOWN_IDLE:
            kind, detail = "held", "programmet hade inte heller tagit med den i det här mejlet"
        elif key in choices.added and key in told - chosen:
            kind = "added"
        elif key in choices.added and key not in told:
            kind, detail = "missing", _why_missing(config, draft.candidates, key, now)
        if kind:
            at = datetime.fromisoformat(row["at"])
            title = titles.get(key) or clean(row["title"])
            yield DraftDifference(kind=kind, key=key, title=title, detail=detail, who=row["who"], at=at)
    places, before = _places(draft.selection), _places(draft.unplaced)
    for key, edit in choices.edits.items():
        title = titles.get(key, key.call_id)
        part, place = places.get(key, (None, 0))
        if edit.place is not None and part is not None and before.get(key) != (part, place):
            heading = SECTION_LABELS[part[0]].page
            detail = f"till plats {place} i {heading}, från plats {before[key][1]}" if key in before else f"till {heading}"
            yield DraftDifference(kind="moved", key=key, title=title, detail=detail, who=edit.who, at=edit.at)
        if edit.comment:
            kind = "comment" if key in told else "waiting"
            yield DraftDifference(kind=kind, key=key, title=title, detail=edit.comment, who=edit.who, at=edit.at)


def _why_missing(config: Config, candidates: Sequence[Candidate], key: CallKey, now: datetime) -> str:
    """Return why a call that was added is not in the mail, in Swedish."""
    candidate = next((one for one in candidates if one.key == key), None)
    if candidate is None or call_status(candidate.call, now) is Status.CLOSED:
        return "den har stängt"
    if candidate.vanished_at is not None:
        return "den är lämnad utanför" if candidate.left_out else "utgivaren har tagit bort den"
    if candidate.answer == Answer.NOT_FOR_US:
        return "förvaltningen har svarat att den inte är något för dem"
    if candidate.told:
        day = candidate.told[-1].at.astimezone(config.zone).date()
        weeks = ASKED_REMINDER.days // 7
        return f"förvaltningen fick den i mejlet {day}; den kan påminnas om när det är högst {weeks} veckor till sista dagen"
    return f"den är äldre än {config.digest.news_days} dagar"
