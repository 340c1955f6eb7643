"""Cards of a mail: one call in full or as a line, in one language, every word ready to be shown."""

from __future__ import annotations

import json
import re
from datetime import date, datetime

from monitor.calls import Budget, Call, next_deadline
from monitor.corrected import FIELDS, correction_time
from monitor.digest.answers import AnswerLink, Signer
from monitor.digest.facts import date_keys
from monitor.digest.layout import CardRow, CardView, LinkView, OverviewLine
from monitor.digest.links import Links, language_note, publisher_url, publisher_words
from monitor.digest.model import Audience, Candidate, Change, DigestItem, ExpectedRound, Reasons
from monitor.digest.rows import CallRows
from monitor.digest.summary import known_summary, line_summary, machine_summary, needs_summary
from monitor.digest.wording import HOME, QUOTED, QuotingSentence, Wording, first_sentences
from monitor.fit import FitCard
from monitor.language.one_line import clean, shorten
from monitor.translation import translate
from monitor.vocabulary import URGENT_CHANGES, Kind, MailChange, MailSection

TITLE_LIMIT = 200
WHY_THEMES = 3
_MAX_STEPS = 4
"""Documents about the same matter that are named."""
SUMMARY_LIMIT = 160
_DOCUMENT_TITLE = 80
"""Characters of the title of a document that a changed fact names."""
OVERVIEW_WIDTH = 84
"""Characters of subject and title in the overview: two lines on a phone."""
_DATE_CHANGES = (MailChange.EARLIER, MailChange.MOVED)
_FIRST_SECTIONS = (MailSection.NEW, MailSection.COMING)
"""Sections whose calls the department does not know."""
_SUMS = ("total", "project_min", "project_max", "grants", "currency")


class Cards:
    """Maker of the cards of one mail."""

    def __init__(self, wording: Wording, audience: Audience, signer: Signer, digest: str, now: datetime) -> None:
        self.wording = wording
        self.audience = audience
        self.links = Links(audience.base_url, wording.language, audience.numbers)
        self.rows = CallRows(wording, audience, now)
        self._signer = signer
        self._digest = digest
        self._now = now

    def card(self, item: DigestItem, anchor: str = "") -> CardView:
        """Return the call in full. `anchor` is its place in the mail, to which the overview links."""
        call, reasons = item.candidate.call, item.candidate.reasons
        title = self.title(call)
        gone = any(change.kind is MailChange.WITHDRAWN for change in item.changes)
        changed = item.section is MailSection.CHANGED
        summary = "" if changed else self._summary(item.candidate, title)
        programme = clean(reasons.programme)
        return CardView(
            subject=self.subject(item.candidate),
            anchor=anchor,
            title=title,
            title_note=self._title_note(call),
            short_title=shorten(title, 60),
            url=publisher_url(call) or self.links.call(call),
            language=self.other_language(call),
            badge=self.wording.say("card.now_open") if item.opened else "",
            programme="" if _is_named(programme, f"{title}\n{summary}") else programme,
            programme_language="" if self.wording.language == "sv" else "sv",
            summary=summary,
            summary_language="" if self._is_ours(call) else self.other_language(call),
            changes=(*(self.change(change, call) for change in item.changes), *self._note(item)),
            urgent=any(change.kind in URGENT_CHANGES for change in item.changes),
            rows=() if gone else tuple(self._rows(item)),
            why=" ".join(part for part in (self._level(item), self.why(reasons)) if part),
            areas=self.wording.say("card.areas", areas=self.wording.join(reasons.areas)) if reasons.areas else "",
            goals=self._goals(reasons),
            links=tuple(self._links(call, title)),
            answers=() if gone or item.section is MailSection.MISSED else tuple(self._answers(call, title)),
            also=tuple(self._also(item)),
        )

    def line(self, item: DigestItem, anchor: str = "") -> CardView:
        """Return the call as one line: title, date and reason, and a sentence on a new call in another language."""
        call, reasons = item.candidate.call, item.candidate.reasons
        title = shorten(self.title(call), 140)
        changes = tuple(self.change(change, call) for change in item.changes)
        if item.section is MailSection.MISSED:
            passed = self.wording.date_keys(date_keys(call)[-1:], self._now)
            changes = (QuotingSentence(self.wording.say("change.missed", old=passed)),)
        return CardView(
            subject=self.subject(item.candidate),
            anchor=anchor,
            title=title,
            title_note=self._title_note(call),
            short_title=shorten(title, 60),
            url=publisher_url(call) or self.links.call(call),
            language=self.other_language(call),
            programme=clean(reasons.programme),
            changes=(*changes, *self._note(item)),
            urgent=any(change.kind in URGENT_CHANGES for change in item.changes),
            detail="" if changes else self._line_detail(call),
            summary="" if changes else self._line_summary(item),
            why=self.why(reasons),
            links=(self._page_link(call, title),),
            also=tuple(self._also(item)),
        )

    def _line_summary(self, item: DigestItem) -> str:
        """Return a sentence on a call in another language that the department is told of; "" for any other item."""
        call, language = item.candidate.call, self.wording.language
        if item.section not in _FIRST_SECTIONS or call.kind is not Kind.CALL or not needs_summary(call, language):
            return ""
        return line_summary(call, item.candidate.reasons.card, self.wording, self.audience.machine.get(call.key, ""))

    def _line_detail(self, call: Call) -> str:
        dossier = self.dossier(call)
        matter = f"{self.wording.say('card.dossier')}: {dossier}" if dossier else ""
        return ". ".join(part for part in (self.detail(call), matter) if part)

    def overview_line(self, item: DigestItem, anchor: str, *, titled: bool) -> OverviewLine:
        """Return the call in the list at the top: subject, last day, money, and whether a municipality may apply.

        With `titled`, the publisher's title tells it from another call of the same subject.
        """
        candidate = item.candidate
        card = candidate.reasons.card
        subject = self.short_subject(candidate) if titled else self.subject(candidate)
        title = shorten(self.title(candidate.call), max(OVERVIEW_WIDTH - len(subject), 20))
        facts = [self._when(item)]
        if not any(change.kind is MailChange.WITHDRAWN for change in item.changes):
            facts.append(self.rows.amount_short(candidate.call.budget))
            facts.append(self.rows.may_apply_short(card) if card is not None else "")
        return OverviewLine(
            subject=subject,
            language="" if candidate.reasons.themes else self.other_language(candidate.call),
            title=title if titled and title != subject else "",
            title_language=self.other_language(candidate.call),
            facts=tuple(fact for fact in facts if fact),
            url=f"#{anchor}",
        )

    def _when(self, item: DigestItem) -> str:
        """Return the day that matters of a call, in few words: its last day, or when it opens."""
        say, call = self.wording.say, item.candidate.call
        if any(change.kind is MailChange.WITHDRAWN for change in item.changes):
            return say("overview.left_out" if item.candidate.left_out else "overview.withdrawn")
        deadline = next_deadline(call, self._now)
        opening = self.rows.opening(call)
        if deadline is None:
            rolling = say("overview.rolling") if date_keys(call) == ("rolling",) else ""
            return say("overview.opens", day=opening) if opening else rolling
        day = self.wording.brief_day(deadline.at.astimezone(HOME).date(), self._now)
        if opening:
            return say("overview.coming", day=day)
        if any(change.kind in _DATE_CHANGES for change in item.changes):
            return say("overview.moved", day=day)
        return say("overview.opened" if item.opened else "overview.last_day", day=day)

    def reminder(self, candidate: Candidate) -> CardView:
        """Return a call that the department knows of, as one line."""
        return self.line(DigestItem(candidate=candidate, section=MailSection.CLOSING, facts=()))

    def expected(self, expected: ExpectedRound) -> CardView:
        """Return a round that is likely to come, as one line that leads to the department's page."""
        title = shorten(clean(expected.title), TITLE_LIMIT)
        is_foreign = bool(expected.language) and expected.language != self.wording.language
        language = self.wording.language_name(expected.language) if is_foreign else ""
        return CardView(
            subject=expected.subjects.get(self.wording.language, "") or title,
            title=title,
            title_note=self.wording.say("card.title_language", language=language) if is_foreign else "",
            short_title=title,
            url=f"{self.links.department(self.audience.department)}#kommer",
            language=expected.language if is_foreign else "",
            detail=expected.lines[self.wording.language],
        )

    def title(self, call: Call) -> str:
        """Return the title on one line, of at most TITLE_LIMIT characters."""
        return shorten(clean(call.title), TITLE_LIMIT) or clean(call.identifier) or call.call_id

    def subject(self, candidate: Candidate) -> str:
        """Return the subject of a call in the reader's language: the title of its theme; its own title where it has none."""
        themes = candidate.reasons.titles(self.wording.language)
        return clean(themes[0]) if themes and not candidate.reasons.unnamed else self.title(candidate.call)

    def short_subject(self, candidate: Candidate) -> str:
        """Return the short title of the call's theme; the call's own title where it has no theme."""
        return clean(candidate.reasons.subject(self.wording.language)) or self.title(candidate.call)

    def why(self, reasons: Reasons) -> str:
        """Return the themes by which the department gets the call; empty where there are none."""
        if reasons.unnamed:
            return self.wording.say("card.why_added")
        themes = self.wording.join(clean(theme) for theme in reasons.titles(self.wording.language)[:WHY_THEMES])
        return self.wording.say("card.why", themes=themes, words="") if themes else ""

    def detail(self, call: Call) -> str:
        """Return the date of a call in one phrase: its next deadline, the start of an event, or the day of publication."""
        if call.kind is Kind.EVENT:
            when = self.wording.date_keys(date_keys(call), self._now) if call.starts else ""
            return ", ".join(part for part in (when, clean(call.location)) if part)
        if call.kind is Kind.NEWS or (call.kind is Kind.POLICY and next_deadline(call, self._now) is None):
            return self.wording.short_day(call.published.astimezone(HOME).date(), self._now) if call.published else ""
        if date_keys(call) == ("rolling",):
            return self.wording.say("card.rolling")
        deadline = self.rows.deadline(call)
        return f"{deadline.label.lower()} {deadline.value}" if deadline is not None else ""

    def dossier(self, call: Call) -> str:
        """Return the other documents about the same matter in words, the oldest first; at most the last four."""
        steps = self.audience.dossiers.get(call.key, ())[-_MAX_STEPS:]
        return self.wording.join(
            f"{self.wording.say(f'dossier.{step.phase.value}')} {self.wording.short_day(step.day, self._now)}" for step in steps
        )

    def change(self, change: Change, call: Call) -> QuotingSentence:
        """Return one change in words, with the old and the new value; the publisher's own words have their language."""
        if change.kind is MailChange.NOTICE:
            told = " ".join(first_sentences(text) for text in change.new[:3])
            return QuotingSentence.quoting(self.wording.say("change.notice", new=QUOTED), told, self.other_language(call))
        if change.kind is MailChange.FACT:
            return self._fact_words(change, call)
        return QuotingSentence(self._change_words(change, call))

    def _change_words(self, change: Change, call: Call) -> str:
        say, kind = self.wording.say, change.kind
        if kind is MailChange.WITHDRAWN and change.new:
            return say("change.left_out")
        if kind is MailChange.WITHDRAWN:
            old = [key for key in change.old if key != "rolling"]
            return say("change.withdrawn_date", old=self.wording.date_keys(old, self._now)) if old else say("change.withdrawn")
        if kind in _DATE_CHANGES:
            name = "starts" if call.kind is Kind.EVENT else kind.value
            ahead = [self.rows.date_words(key, call) for key in change.new] or [say("date.none")]
            return say(f"change.{name}", new=self.wording.join(ahead), old=self.wording.date_keys(change.old, self._now))
        if kind is MailChange.BUDGET:
            old_money, new_money = (self._money_json(values[0]) for values in (change.old, change.new))
            name = "budget" if old_money and new_money else "budget_new" if new_money else "budget_gone"
            return say(f"change.{name}", new=new_money, old=old_money)
        if kind is MailChange.DOSSIER:
            return self._dossier_moved(change, call)
        return say(f"change.{kind.value}", new=" ".join(change.new), old=" ".join(change.old))

    def _dossier_moved(self, change: Change, call: Call) -> str:
        """Return the step that a dossier has taken: the phase, the last day to answer, and when we wrote about it."""
        say, (phase, *days) = self.wording.say, change.new
        moved = say(f"moved.{phase}")
        if days:
            moved = say("moved.answer", moved=moved, day=self.rows.date_words(days[0], call))
        return say("change.dossier", new=moved, old=self.wording.short_day(date.fromisoformat(change.old[0]), self._now))

    def _fact_words(self, change: Change, call: Call) -> QuotingSentence:
        """Return a changed fact with its document and page; changes that earlier versions stored name no document."""
        (old, new), language = (json.loads(side[0]) for side in (change.old, change.new)), self.wording.language
        before, after = old["words"][language], new["words"][language]
        title = shorten(clean(new.get("title", "")), _DOCUMENT_TITLE)
        said = self.wording.say(
            "change.fact" if title and after["place"] else "change.fact_alone",
            fact=after["fact"], new=after["values"], old=before["values"], document=QUOTED, place=after["place"],
        )  # fmt: skip
        return QuotingSentence.quoting(said, title, self.other_language(call))

    def _rows(self, item: DigestItem) -> list[CardRow]:
        call = item.candidate.call
        if call.kind is Kind.EVENT:
            return self.rows.event(call)
        kinds = {change.kind for change in item.changes}
        rows = self.rows.call(
            call,
            item.candidate.reasons.card,
            dates=kinds.isdisjoint(_DATE_CHANGES),
            money=MailChange.BUDGET not in kinds,
        )
        earlier = self.audience.earlier.get(call.key, {}).get(self.wording.language, "")
        dossier = self.dossier(call)
        more = (("card.earlier", earlier), ("card.dossier", dossier))
        return [*rows, *(CardRow(self.wording.say(name), text) for name, text in more if text)]

    def _level(self, item: DigestItem) -> str:
        match = item.candidate.match
        if item.section is not MailSection.NEW or match is None or item.candidate.reasons.unnamed:
            return ""
        return f"{self.wording.say(f'card.level_{match.level.value}')}."

    def _note(self, item: DigestItem) -> tuple[QuotingSentence, ...]:
        """Return the coordinator's own line, introduced as such, and what the municipality corrected."""
        note = clean(item.candidate.note)
        notes = (QuotingSentence(self.wording.say("card.note", note=note)),) if note else ()
        return (*notes, *map(QuotingSentence, self._corrected(item.candidate.call)))

    def _corrected(self, call: Call) -> tuple[str, ...]:
        """Return the facts of a call that the municipality corrected, one sentence per day of correction."""
        by_day: dict[date, list[str]] = {}
        for field in FIELDS:
            at = correction_time(call, field)
            if at is not None:
                by_day.setdefault(at.astimezone(HOME).date(), []).append(field)
        labels, language = FIELDS, self.wording.language
        return tuple(
            self.wording.say(
                "card.corrected",
                day=self.wording.short_day(day, self._now),
                facts=self.wording.join(translate(labels[field], language).lower() for field in fields),
            )
            for day, fields in sorted(by_day.items())
        )

    def _summary(self, candidate: Candidate, title: str) -> str:
        """Return how the publisher begins; of a call in another language its translation, else two sentences of ours."""
        call, reasons, language = candidate.call, candidate.reasons, self.wording.language
        if self._is_ours(call):
            machine = self.audience.machine.get(call.key, "")
            if machine and language == "sv":
                return machine_summary(machine, self.wording)
            themes = () if reasons.unnamed else reasons.titles(language)
            return " ".join(known_summary(call, themes, self._short_programme(reasons.programme), reasons.card, self.wording))
        told = _told_in_rows(call, reasons.card)
        for text in (call.summary, *(section.text for section in call.sections)):
            found = first_sentences(text, SUMMARY_LIMIT, told=told)
            if found and found.casefold().rstrip(".") != title.casefold().rstrip("."):
                return found
        return ""

    def _short_programme(self, name: str) -> str:
        """Return the name of a programme inside a sentence; in English, which the rules lack, its abbreviation if it has one."""
        if self.wording.language == "sv":
            return name
        found = re.search(r"\(([A-Z][A-Za-z0-9+]+)\)$", name)
        return found[1] if found else ""

    def _is_ours(self, call: Call) -> bool:
        """Return whether the summary of a call is in the language of the mail, as it is ours or a translation for its readers."""
        return call.kind is Kind.CALL and needs_summary(call, self.wording.language)

    def _title_note(self, call: Call) -> str:
        """Return the words after a title in another language, that say which."""
        return language_note(call, self.wording)

    def _goals(self, reasons: Reasons) -> str:
        goals = self.wording.join(f"{number} {name}" for number, name in reasons.goals)
        return self.wording.say("card.goals", goals=goals) if goals else ""

    def _links(self, call: Call, title: str) -> list[LinkView]:
        links = []
        if publisher_url(call):
            links.append(LinkView(self._publisher_words(call), self._about(title), publisher_url(call)))
        return [*links, self._page_link(call, title)]

    def _publisher_words(self, call: Call) -> str:
        return publisher_words(call, clean(self.audience.sources.get(call.source, call.source)), self.wording)

    def _page_link(self, call: Call, title: str) -> LinkView:
        name = "link.call" if call.kind is Kind.CALL else "link.archive"
        return self._link(name, title, self.links.call(call))

    def _answers(self, call: Call, title: str) -> list[LinkView]:
        link = AnswerLink(department=self.audience.department, source=call.source, call_id=call.call_id, digest=self._digest)
        names = (("link.interesting", "intressant"), ("link.not_for_us", "inte-for-oss"), ("link.pass_on", "vidare"))
        if call.key in self.links.numbers:
            mark = self._signer.mark(link)
            return [self._link(name, title, self.links.short_answer(call.key, mark, answer)) for name, answer in names]
        token = self._signer.answer_token(link, self._now.date())
        return [self._link(name, title, self.links.answer(token, answer)) for name, answer in names]

    def plan_link(self, source: str, call_id: str) -> str:
        """Return the address of the department's plan for a call, where it notes how far it has come."""
        link = AnswerLink(department=self.audience.department, source=source, call_id=call_id, digest=self._digest)
        return self.links.plan(self._signer.answer_token(link, self._now.date()))

    def _also(self, item: DigestItem) -> list[LinkView]:
        return [
            LinkView(
                self.audience.sources.get(other.call.source, other.call.source),
                "",
                publisher_url(other.call) or self.links.call(other.call),
            )
            for other in item.also
        ]

    def _link(self, name: str, title: str, url: str) -> LinkView:
        return LinkView(self.wording.say(name), self._about(title), url)

    def _about(self, title: str) -> str:
        return self.wording.say("link.about", title=shorten(title, 40))

    def _money_json(self, text: str) -> str:
        values = json.loads(text or "{}")
        return self.rows.money(Budget(**{name: value for name, value in values.items() if name in _SUMS})) if values else ""

    def other_language(self, call: Call) -> str:
        """Return the language of a call where it is not that of the mail, else ""."""
        return call.language if call.language and call.language != self.wording.language else ""


def _told_in_rows(call: Call, card: FitCard | None) -> list[str]:
    """Return the publisher's words, as they stand on one line, that the rows of a card tell: days, sums and shares."""
    words = [deadline.text for deadline in call.deadlines]
    words += [card.shares.funder_text, card.shares.own_text] if card is not None else []
    sums = (call.budget.project_min, call.budget.project_max, call.budget.total)
    words += [f"{amount:,}".replace(",", " ") for amount in sums if amount]
    return [clean(text) for text in words if text]


def _is_named(name: str, text: str) -> bool:
    """Return whether a text has the name as words of its own."""
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) is not None
