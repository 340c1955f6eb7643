"""Subject and preview text of a mail: what it is about and by when, within the characters that mail programs show of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date

from monitor.calls import next_deadline
from monitor.digest.cards import Cards
from monitor.digest.facts import date_keys
from monitor.digest.layout import Occasion
from monitor.digest.model import Candidate, DigestItem, Selection
from monitor.digest.wording import HOME
from monitor.language.one_line import clean, shorten
from monitor.vocabulary import Kind, MailChange, MailKind, MailSection

SUBJECT_LIMIT = 60
"""Characters of a subject that a list of mails shows at least; the reader misses what stands after them."""
_LEAST_SUBJECT = 12
_LEAST_PART = 8
_PARTS = re.compile(r",? (?:och|and) |[,:] ")
_NAMED_IN_PREVIEW = 4
CALL_SECTIONS = (MailSection.NEW, MailSection.CLOSING, MailSection.COMING)
"""Sections of calls to apply for, in the order of their importance."""
_OTHER_SECTIONS = (
    MailSection.EVENTS,
    MailSection.PARTNERS,
    MailSection.POLICY,
    MailSection.NEWS,
    MailSection.CHANGED,
    MailSection.MISSED,
)
_UNDATED = {
    MailSection.EVENTS: "subject.events",
    MailSection.PARTNERS: "subject.partners",
    MailSection.POLICY: "subject.policy",
    MailSection.NEWS: "subject.news",
}
_MOVES = (MailChange.WITHDRAWN, MailChange.EARLIER, MailChange.MOVED)
_BY_WEIGHT = (MailChange.BUDGET, MailChange.FACT, MailChange.BACK, MailChange.OPENED, MailChange.NOTICE, MailChange.DOSSIER)
"""Changes but those of days, in the order in which a subject names the first."""
_ANSWERS = re.compile(r"questions? (?:and|&) answers?|\bq ?& ?a\b|\bfaq\b|frågor och svar", re.IGNORECASE)
_CHANGE_LIMIT = 140
"""Characters of a change in the preview."""


class Headline:
    """Writer of the subject and the preview text of one mail."""

    def __init__(self, cards: Cards, occasion: Occasion) -> None:
        self._cards = cards
        self._wording = cards.wording
        self._say = cards.wording.say
        self._occasion = occasion

    def subject(self, selection: Selection) -> str:
        """Return the subject, of at most SUBJECT_LIMIT characters: a changed date first, then the calls, then the rest."""
        week = self._wording.week(self._occasion.week)
        name = clean(self._cards.audience.name)
        if selection.kind is MailKind.QUIET:
            return self._quiet(name, week)
        if selection.kind is MailKind.WELCOME:
            return self._welcome(selection, name, week)
        everything = selection.everything
        changed = self._changed(everything)
        calls = _of(everything, CALL_SECTIONS)
        if changed is not None:
            return self._of_change(changed, len(_of(everything, (*CALL_SECTIONS, MailSection.CHANGED))) - 1)
        if calls:
            return self._of_calls(_of(everything, (*CALL_SECTIONS, MailSection.CHANGED)))
        others = [item for section in _OTHER_SECTIONS for item in everything if item.section is section]
        return self._of_other(others[0], len(others) - 1)

    def preview(self, selection: Selection, sources: Sequence[str]) -> str:
        """Return the preview text: whose mail it is, and what the subject has no room for. `sources` says what was read."""
        say, week = self._say, self._wording.week(self._occasion.week)
        start = say("preview.start", name=clean(self._cards.audience.name), week=week)
        if selection.kind is MailKind.QUIET:
            return " ".join((start, *sources))
        everything = selection.everything
        main = self._main(everything)
        if main is None:
            return start
        if main.section is MailSection.CHANGED and not is_moved(main):
            changes = (str(self._cards.change(change, main.candidate.call)) for change in main.changes)
            return f"{start} {shorten(' '.join(changes), _CHANGE_LIMIT)}"
        first = self._cards.short_subject(main.candidate)
        others = [self._cards.short_subject(item.candidate) for item in everything if item.candidate.call.kind is Kind.CALL]
        named = [subject for subject in dict.fromkeys(others) if subject != first][:_NAMED_IN_PREVIEW]
        if named:
            return f"{start} {say('preview.also', subjects=self._wording.join(named))}"
        card = main.candidate.reasons.card
        facts = [self._cards.rows.may_apply_short(card) if card is not None else ""]
        facts.append(self._cards.rows.amount_short(main.candidate.call.budget))
        return " ".join((start, *(f"{fact[:1].upper()}{fact[1:]}." for fact in facts if fact)))

    def _main(self, everything: Sequence[DigestItem]) -> DigestItem | None:
        """Return the item that the subject is about."""
        changed = [item for item in _of(everything, (MailSection.CHANGED,)) if item.changes]
        return self._changed(everything) or next(iter(_of(everything, CALL_SECTIONS)), changed[0] if changed else None)

    def _changed(self, everything: Sequence[DigestItem]) -> DigestItem | None:
        """Return the moved or withdrawn item that is the nearest in time, one without a day first, or None."""
        changed = [item for item in everything if is_moved(item)]
        return min(changed, key=lambda item: _last_day([item.candidate], self._occasion) or date.min, default=None)

    def _quiet(self, name: str, week: str) -> str:
        for candidate in self._occasion.ahead:
            day = _last_day([candidate], self._occasion)
            if day is not None:
                name = "subject.quiet_ahead" if candidate.call.kind is Kind.CALL else "subject.quiet_answer"
                return self._fitted(name, candidate, day=day)
        return self._say("subject.quiet", name=name, week=week)

    def _welcome(self, selection: Selection, name: str, week: str) -> str:
        calls = _of(selection.everything, (MailSection.NEW,))
        answerable = _of(selection.items, (MailSection.POLICY,))
        if not calls and answerable and (day := _last_day([answerable[0].candidate], self._occasion)) is not None:
            others = len(answerable) - 1
            return self._fitted("subject.answer_by", answerable[0].candidate, others, day=day, start=self._say("subject.first"))
        if not calls:
            return self._say("subject.first_nothing", name=name, week=week)
        return self._of_calls(calls, start=self._say("subject.first"))

    def _of_calls(self, calls: Sequence[DigestItem], start: str = "") -> str:
        """Return the subject of calls to apply for: the first one's theme, the nearest last day of all, and their number.

        A day that is not the first call's is said to be the nearest, so that nobody takes it for that call's.
        """
        first, others = calls[0].candidate, len(calls) - 1
        open_calls = [item.candidate for item in calls if item.section is not MailSection.COMING]
        day = _last_day(open_calls, self._occasion)
        opens = first.call.opens
        if day is not None:
            of_first = _last_day(open_calls[:1], self._occasion) if open_calls[0] is first else None
            if day == of_first:
                return self._fitted("subject.calls", first, others, day=day, start=start)
            return self._fitted("subject.nearest", first, others, day=day, start=start)
        if calls[0].section is MailSection.COMING and opens is not None and opens >= self._occasion.now.date():
            return self._fitted("subject.opens", first, others, day=opens, start=start)
        if (last := _last_day([first], self._occasion)) is not None:
            return self._fitted("subject.calls", first, others, day=last, start=start)
        return self._fitted("subject.undated", first, others, start=start)

    def _of_change(self, item: DigestItem, others: int) -> str:
        if any(change.kind is MailChange.WITHDRAWN for change in item.changes):
            name = "subject.left_out" if item.candidate.left_out else "subject.withdrawn"
            return self._fitted(name, item.candidate, others)
        if item.candidate.call.kind is Kind.EVENT and item.candidate.call.starts is not None:
            return self._fitted(
                "subject.event_moved", item.candidate, others, day=item.candidate.call.starts.astimezone(HOME).date()
            )
        day = _last_day([item.candidate], self._occasion)
        if day is None:
            return self._fitted("subject.changed", item.candidate, others, what=self._what(item))
        return self._fitted("subject.moved", item.candidate, others, day=day)

    def _what(self, item: DigestItem) -> str:
        """Return what has changed in an item, in few words: the day that it lost, else the weightiest change."""
        call, kinds = item.candidate.call, {change.kind for change in item.changes}
        if not kinds.isdisjoint(_MOVES):
            name = "no_time" if call.kind is Kind.EVENT else "rolling" if date_keys(call) == ("rolling",) else "no_day"
            return self._say(f"subject.what_{name}")
        kind = next((kind for kind in _BY_WEIGHT if kind in kinds), None)
        if kind is None:
            return self._say("subject.what_changed")
        notices = " ".join(text for change in item.changes if change.kind is MailChange.NOTICE for text in change.new)
        name = "answers" if kind is MailChange.NOTICE and _ANSWERS.search(notices) else kind.value
        return self._say(f"subject.what_{name}")

    def _of_other(self, item: DigestItem, others: int) -> str:
        call, section = item.candidate.call, item.section
        if section is MailSection.EVENTS and call.starts is not None:
            return self._fitted("subject.event", item.candidate, others, day=call.starts.astimezone(HOME).date())
        day = _last_day([item.candidate], self._occasion)
        if section is MailSection.CHANGED:
            by = "subject.changed_answer" if call.kind is Kind.POLICY else "subject.changed_by"
            name = "subject.changed" if day is None else by
            return self._fitted(name, item.candidate, others, day=day, what=self._what(item))
        if section is MailSection.MISSED:
            return self._fitted("subject.missed", item.candidate, others)
        if day is not None:
            return self._fitted("subject.answer_by", item.candidate, others, day=day)
        return self._fitted(_UNDATED[section], item.candidate, others)

    def _fitted(
        self, name: str, candidate: Candidate, others: int = 0, *, day: date | None = None, start: str = "", what: str = ""
    ) -> str:
        """Return a subject line within the limit. `what` says what has changed.

        A line that is too long has the day abbreviated, then no `start`, then no number of others unless the day is that of
        another call. Only a call without a theme, or of a theme that is too long and has no short title, is cut.
        """
        subject = self._cards.short_subject(candidate)
        more = self._say("subject.more", n=others) if others > 0 else ""
        brief = self._wording.brief_day(day, self._occasion.now) if day is not None else ""
        full = self._wording.short_day(day, self._occasion.now) if day is not None else ""
        text = ""
        forms = [(start, more, full), (start, more, brief), ("", more, brief)]
        if name != "subject.nearest":
            forms.append(("", "", brief))
        for welcome, count, words in forms:
            text = clean(f"{welcome} {self._say(name, subject=subject, more=count, day=words, what=what)}")
            if len(text) <= SUBJECT_LIMIT:
                return text
        room = max(SUBJECT_LIMIT - (len(text) - len(subject)), _LEAST_SUBJECT)
        return text.replace(subject, _cut(subject, room), 1)


def is_moved(item: DigestItem) -> bool:
    """Return whether the item tells that a day is another than was told, or that the call is withdrawn."""
    return any(change.kind in _MOVES for change in item.changes)


def _cut(subject: str, room: int) -> str:
    """Return a subject in the room there is: its first part where it has several, such as "Våld i nära relationer", else cut."""
    heads = [subject[: mark.start()] for mark in _PARTS.finditer(subject)]
    whole = [head for head in heads if _LEAST_PART <= len(head) <= room and not head.endswith("-")]
    return whole[-1] if whole else shorten(subject, room)


def _of(items: Iterable[DigestItem], sections: Sequence[MailSection]) -> list[DigestItem]:
    """Return the items of these sections, in the order of the sections."""
    listed = list(items)
    return [item for section in sections for item in listed if item.section is section]


def _last_day(candidates: Iterable[Candidate], occasion: Occasion) -> date | None:
    """Return the nearest last day of the calls that is still to come."""
    moments = [upcoming.at for candidate in candidates if (upcoming := next_deadline(candidate.call, occasion.now)) is not None]
    return min(moments).astimezone(HOME).date() if moments else None
