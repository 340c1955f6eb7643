"""Cards of a mail: one call in full or as a line, in one language, every word ready to be shown."""

from __future__ import annotations

import json
from datetime import datetime

from monitor.calls import Budget, Call, DeadlineModel, call_status, is_eu_call, next_deadline
from monitor.digest.answers import AnswerLink, Signer
from monitor.digest.facts import date_keys, guessed_keys, has_passed, key_date
from monitor.digest.fit_wording import UNREAD, fit_lines
from monitor.digest.layout import CardRow, CardView, LinkView
from monitor.digest.links import Links, publisher_url
from monitor.digest.model import Audience, Candidate, Change, DigestItem, Reasons
from monitor.digest.wording import HOME, Wording, capital, distinct_words, first_sentences
from monitor.fit import FitCard
from monitor.language.one_line import clean, shorten
from monitor.language.shares import Shares
from monitor.vocabulary import URGENT_CHANGES, Kind, MailChange, MailSection, Status

TITLE_LIMIT = 200
FIT_LIMIT = 220
WHY_WORDS = 4
_FIT_ROWS = {"municipality": "fit.municipality", "funder_share": "fit.who_pays", "partners": "fit.partners"}
"""Lines of the fit card that a mail shows, each with the phrase that names it."""
_SUMS = ("total", "project_min", "project_max", "grants", "currency")


class Cards:
    """Maker of the cards of one mail."""

    def __init__(self, wording: Wording, audience: Audience, signer: Signer, digest: str, now: datetime) -> None:
        self.wording = wording
        self.audience = audience
        self.links = Links(audience.base_url, wording.language)
        self._signer = signer
        self._digest = digest
        self._now = now

    def card(self, item: DigestItem) -> CardView:
        """Return the call in full."""
        call, reasons = item.candidate.call, item.candidate.reasons
        title = self.title(call)
        gone = any(change.kind is MailChange.WITHDRAWN for change in item.changes)
        changed = item.section is MailSection.CHANGED
        return CardView(
            title=title,
            short_title=shorten(title, 60),
            url=publisher_url(call) or self.links.call(call),
            language=self._other_language(call),
            badge=self._badge(item),
            programme=clean(reasons.programme),
            summary="" if changed else self._summary(call, title),
            changes=(*(self.change(change, call) for change in item.changes), *self._note(item)),
            urgent=any(change.kind in URGENT_CHANGES for change in item.changes),
            rows=() if gone else tuple(self._rows(item)),
            why=self.why(reasons),
            areas=self.wording.say("card.areas", areas=self.wording.join(reasons.areas)) if reasons.areas else "",
            goals=self._goals(reasons),
            links=tuple(self._links(call, title, gone=gone)),
            answers=() if gone or item.section is MailSection.MISSED else tuple(self._answers(call, title)),
            also=tuple(self._also(item)),
        )

    def line(self, item: DigestItem) -> CardView:
        """Return the call as one line: title, date and reason."""
        call, reasons = item.candidate.call, item.candidate.reasons
        title = shorten(self.title(call), 140)
        changes = tuple(self.change(change, call) for change in item.changes)
        if item.section is MailSection.MISSED:
            passed = self.wording.date_keys(date_keys(call)[-1:], self._now)
            changes = (self.wording.say("change.missed", old=passed),)
        return CardView(
            title=title,
            short_title=shorten(title, 60),
            url=publisher_url(call) or self.links.call(call),
            language=self._other_language(call),
            programme=clean(reasons.programme),
            changes=(*changes, *self._note(item)),
            urgent=any(change.kind in URGENT_CHANGES for change in item.changes),
            detail="" if changes else self.detail(call),
            why=self.why(reasons),
            links=(self._link("link.archive", title, self.links.call(call)),),
            also=tuple(self._also(item)),
        )

    def reminder(self, candidate: Candidate) -> CardView:
        """Return a call that the department knows of, as one line."""
        return self.line(DigestItem(candidate=candidate, section=MailSection.CLOSING, facts=()))

    def title(self, call: Call) -> str:
        """Return the title on one line, of at most TITLE_LIMIT characters."""
        return shorten(clean(call.title), TITLE_LIMIT) or clean(call.identifier) or call.call_id

    def why(self, reasons: Reasons) -> str:
        """Return the themes and words by which the department gets the call; empty where there are none."""
        if not reasons.themes:
            return ""
        quoted = [self.wording.say("card.quoted", word=clean(word)) for word in distinct_words(reasons.words, WHY_WORDS)]
        words = ""
        if quoted:
            words = self.wording.say("card.why_word" if len(quoted) == 1 else "card.why_words", words=self.wording.join(quoted))
        return self.wording.say("card.why", themes=self.wording.join(clean(theme) for theme in reasons.themes), words=words)

    def detail(self, call: Call) -> str:
        """Return the date of a call in one phrase: its next deadline, the start of an event, or the day of publication."""
        if call.kind is Kind.EVENT:
            when = self.wording.date_keys(date_keys(call), self._now) if call.starts else ""
            return ", ".join(part for part in (when, clean(call.location)) if part)
        if call.kind is Kind.NEWS or (call.kind is Kind.POLICY and next_deadline(call, self._now) is None):
            return self.wording.short_day(call.published.astimezone(HOME).date(), self._now) if call.published else ""
        if date_keys(call) in ((), ("rolling",)):
            return self.wording.say("card.rolling") if date_keys(call) else ""
        deadline = self.deadline_row(call)
        return f"{deadline.label.lower()} {deadline.value[:1].lower()}{deadline.value[1:]}"

    def deadline_row(self, call: Call) -> CardRow:
        """Return the row of deadlines: the next one with weekday and days left, later ones by date."""
        say, now = self.wording.say, self._now
        keys = date_keys(call)
        upcoming = next_deadline(call, now)
        if keys == ("rolling",):
            return CardRow(say("card.deadline"), capital(say("card.rolling")))
        if not keys or upcoming is None:
            value = self._date(call, keys[-1]) if keys else capital(say("card.no_deadline"))
            return CardRow(say("card.deadline"), value)
        ahead = [key for key in keys if not has_passed(key, now)]
        if call.deadline_model is DeadlineModel.TWO_STAGE and len(keys) > 1:
            stages = [say("card.stage", n=n, date=self._with_left(key, call)) for n, key in enumerate(keys, 1)]
            return CardRow(say("card.deadlines"), self.wording.join(stages), True)
        ahead.sort(key=lambda key: key[:16])
        first, rest = ahead[0], ahead[1:4]
        if not rest:
            return CardRow(say("card.deadline"), self._with_left(first, call), True)
        day = key_date(first)
        assert day is not None
        later = self.wording.join(self._date(call, key) for key in rest)
        left = self.wording.days_left(day, now)
        return CardRow(say("card.deadlines"), say("card.next_of", date=self._date(call, first), left=left, rest=later), True)

    def change(self, change: Change, call: Call) -> str:
        """Return one change in words, with the old and the new value."""
        say = self.wording.say
        kind = change.kind
        if kind is MailChange.WITHDRAWN:
            old = [key for key in change.old if key != "rolling"]
            return say("change.withdrawn_date", old=self.wording.date_keys(old, self._now)) if old else say("change.withdrawn")
        if kind in (MailChange.EARLIER, MailChange.MOVED):
            name = "starts" if call.kind is Kind.EVENT else kind.value
            ahead = [self._with_left(key, call) for key in change.new] or [say("date.none")]
            return say(f"change.{name}", new=self.wording.join(ahead), old=self.wording.date_keys(change.old, self._now))
        if kind is MailChange.BUDGET:
            old_money, new_money = (self._money_json(values[0]) for values in (change.old, change.new))
            name = "budget" if old_money and new_money else "budget_new" if new_money else "budget_gone"
            return say(f"change.{name}", new=new_money, old=old_money)
        if kind is MailChange.NOTICE:
            return say("change.notice", new=" ".join(first_sentences(text) for text in change.new[:3]))
        return say(f"change.{kind.value}", new=" ".join(change.new), old=" ".join(change.old))

    def money(self, budget: Budget) -> str:
        """Return the money of a call: per project, then in total; empty when none is stated."""
        say = self.wording.say
        low, high = budget.project_min, budget.project_max
        parts = []
        if low and high and low != high:
            span = say(
                "card.between", low=self.wording.money(low, budget.currency), high=self.wording.money(high, budget.currency)
            )
            parts.append(say("card.per_project", amount=span))
        elif high or low:
            name = "at_most" if high and not low else "at_least" if low and not high else ""
            amount = self.wording.money(high or low or 0, budget.currency)
            parts.append(say("card.per_project", amount=say(f"card.{name}", amount=amount) if name else amount))
        if budget.total:
            parts.append(
                say("card.shared" if budget.shared else "card.total", amount=self.wording.money(budget.total, budget.currency))
            )
        if budget.grants:
            parts.append(say("card.grants", n=budget.grants))
        return "; ".join(parts)

    def who_pays(self, call: Call, shares: Shares) -> str:
        """Return both shares in one phrase; empty where neither is stated. One stated share leaves the other the rest of 100."""
        say = self.wording.say
        if shares.own == 0:
            return capital(say("card.pays_all"))
        if shares.funder is None and shares.own is None:
            return ""
        own = shares.own if shares.own is not None else 100 - (shares.funder or 0)
        funder = shares.funder if shares.funder is not None else 100 - own
        payer = say("card.eu" if is_eu_call(call) else "card.funder")
        name = "both" if 0 < own < 100 and funder else "funder" if funder else "own"
        return capital(say(f"card.pays_{name}", payer=payer, funder=funder, own=own))

    def _rows(self, item: DigestItem) -> list[CardRow]:
        call = item.candidate.call
        say, now = self.wording.say, self._now
        rows = []
        if call.kind is Kind.EVENT:
            rows.append(CardRow(say("card.starts"), self.wording.date_keys(date_keys(call), now), True))
            if call.location:
                rows.append(CardRow(say("card.place"), clean(call.location)))
            return rows
        if call_status(call, now) is Status.FORTHCOMING:
            opens = self._with_left(call.opens.isoformat()) if call.opens and call.opens >= now.date() else say("card.not_opened")
            rows.append(CardRow(say("card.opens"), opens, True))
        if not any(change.kind in (MailChange.EARLIER, MailChange.MOVED) for change in item.changes):
            rows.append(self.deadline_row(call))
        if item.section is MailSection.CHANGED:
            return rows
        rows.append(CardRow(say("card.money"), capital(self.money(call.budget) or say("card.unknown"))))
        rows.extend(self._fit_rows(call, item.candidate.reasons.card))
        return rows

    def _fit_rows(self, call: Call, card: FitCard | None) -> list[CardRow]:
        rows = []
        for line in fit_lines(card, self.wording) if card is not None else ():
            if line.key not in _FIT_ROWS:
                continue
            value, language = line.value, ""
            if line.key == "funder_share":
                stated = self.who_pays(call, card.shares) if card is not None else ""
                if stated:
                    value = stated
                elif line.rest:
                    value, language = f"{UNREAD}. {line.rest}", "sv"
            rows.append(CardRow(self.wording.say(_FIT_ROWS[line.key]), shorten(clean(value), FIT_LIMIT), language=language))
        return rows

    def _note(self, item: DigestItem) -> tuple[str, ...]:
        """Return the coordinator's own line, introduced as such."""
        note = clean(item.candidate.note)
        return (self.wording.say("card.note", note=note),) if note else ()

    def _badge(self, item: DigestItem) -> str:
        match = item.candidate.match
        if item.opened:
            return self.wording.say("card.now_open")
        if item.section is MailSection.NEW and match is not None:
            return self.wording.say(f"card.level_{match.level.value}")
        return ""

    def _summary(self, call: Call, title: str) -> str:
        for text in (call.summary, *(section.text for section in call.sections)):
            found = first_sentences(text)
            if found and found.casefold().rstrip(".") != title.casefold().rstrip("."):
                return found
        return ""

    def _goals(self, reasons: Reasons) -> str:
        goals = self.wording.join(f"{number} {name}" for number, name in reasons.goals)
        return self.wording.say("card.goals", goals=goals) if goals else ""

    def _links(self, call: Call, title: str, *, gone: bool) -> list[LinkView]:
        links = []
        if publisher_url(call):
            links.append(self._link("link.publisher", title, publisher_url(call)))
        links.append(self._link("link.archive", title, self.links.call(call)))
        if not gone and any(not has_passed(key, self._now) for key in date_keys(call) if key != "rolling"):
            links.append(self._link("link.calendar", title, self.links.calendar(call)))
        return links

    def _answers(self, call: Call, title: str) -> list[LinkView]:
        link = AnswerLink(department=self.audience.department, source=call.source, call_id=call.call_id, digest=self._digest)
        token = self._signer.answer_token(link, self._now.date())
        names = (("link.interesting", "intressant"), ("link.not_for_us", "inte-for-oss"), ("link.pass_on", "vidare"))
        return [self._link(name, title, self.links.answer(token, answer)) for name, answer in names]

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
        return LinkView(self.wording.say(name), self.wording.say("link.about", title=shorten(title, 60)), url)

    def _date(self, call: Call | None, key: str) -> str:
        """Return a date of a call in words, as probable where its year was counted."""
        words = self.wording.date_key(key, self._now)
        return self.wording.say("card.probably", date=words) if call is not None and key in guessed_keys(call) else words

    def _with_left(self, key: str, call: Call | None = None) -> str:
        day, words = key_date(key), self._date(call, key)
        return (
            words if day is None else self.wording.say("card.with_left", date=words, left=self.wording.days_left(day, self._now))
        )

    def _money_json(self, text: str) -> str:
        values = json.loads(text or "{}")
        return self.money(Budget(**{name: value for name, value in values.items() if name in _SUMS})) if values else ""

    def _other_language(self, call: Call) -> str:
        return call.language if call.language and call.language != self.wording.language else ""
