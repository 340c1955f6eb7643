"""Rows of a card: a call's dates, money and terms in the words of a mail. A term that the call does not state gives no row."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from monitor.calls import Budget, Call, DeadlineModel, call_status, is_eu_call, next_deadline
from monitor.digest.facts import date_keys, guessed_keys, has_passed, key_date
from monitor.digest.layout import CardRow
from monitor.digest.model import Audience
from monitor.digest.wording import HOME, NO_BREAK, Wording, capital
from monitor.fit import FitCard
from monitor.language.one_line import clean, shorten
from monitor.plan.workdays import Workdays
from monitor.translation import has_translation, translate
from monitor.vocabulary import Kind, Status

PREPARATION = timedelta(weeks=6)
"""Time that an application takes: those who help with it should hear of it so long before the last day."""
_SOON = timedelta(days=7)
_VALUE_LIMIT = 220
_BRIEF_LIMIT = 40
"""Characters of a reason that the overview has room for."""
_ANSWERS = {"ja": "yes", "som partner": "partner", "nej": "no"}
"""Part of a phrase's name for each answer to whether a municipality may take part."""


class CallRows:
    """Writer of the rows of calls for one audience in one language, at one time."""

    def __init__(self, wording: Wording, audience: Audience, now: datetime) -> None:
        self._wording = wording
        self._say = wording.say
        self._audience = audience
        self._now = now

    def event(self, call: Call) -> list[CardRow]:
        """Return the rows of an event: its time and its place."""
        rows = [CardRow(self._say("card.starts"), self._wording.date_keys(date_keys(call), self._now), True)]
        return [*rows, CardRow(self._say("card.place"), clean(call.location))] if call.location else rows

    def call(self, call: Call, card: FitCard | None, *, dates: bool = True, money: bool = True) -> list[CardRow]:
        """Return the rows of a call, at most six; `dates` and `money` are False where a change tells them."""
        say = self._say
        deadline = self.deadline(call) if dates else None
        rows = [deadline] if deadline is not None else []
        terms = [("card.money", self.amount(call.budget))] if money else []
        if card is not None:
            terms += [
                ("fit.who_pays", self.who_pays(call, card)),
                ("fit.municipality_only" if self._audience.company else "fit.municipality", self.may_apply(card)),
                ("fit.partners", self.partners(card)),
            ]
        rows.extend(CardRow(say(name), shorten(capital(value), _VALUE_LIMIT)) for name, value in terms if value)
        if card is not None and (step := self.next_step(call, card)):
            rows.append(self._next_row(step, card))
        return rows

    def _next_row(self, step: str, card: FitCard) -> CardRow:
        """Return the row of the next step, with who helps in Sweden in the words of the rules, which are Swedish."""
        helper = clean(card.contact[0]) if card.contact else ""
        if self._wording.language == "sv" or not helper:
            help_words = f" {self._say('next.help', name=helper)}" if helper else ""
            return CardRow(self._say("fit.next"), shorten(capital(f"{step}{help_words}"), _VALUE_LIMIT))
        intro = self._say("next.help", name="").rstrip(" .")
        return CardRow(self._say("fit.next"), capital(f"{step} {intro}"), tail=f"{helper}.", tail_language="sv")

    def deadline(self, call: Call) -> CardRow | None:
        """Return the row of last days: the next one with weekday and days left, later ones by date; None without any."""
        say, now = self._say, self._now
        keys = date_keys(call)
        label = say("card.deadline" if call.kind is Kind.CALL else "card.last_day")
        if not keys:
            return self._with_opening(call, "", label=label)
        if keys == ("rolling",):
            return self._with_opening(call, capital(say("card.rolling")), label=label)
        if next_deadline(call, now) is None:
            return CardRow(label, self.date_words(keys[-1], call))
        ahead = [key for key in keys if not has_passed(key, now)]
        if call.deadline_model is DeadlineModel.TWO_STAGE and len(keys) > 1:
            stages = [say("card.stage", n=n, date=self.with_left(key, call)) for n, key in enumerate(keys, 1)]
            return self._with_opening(call, self._wording.join(stages), label=say("card.deadlines"))
        ahead.sort(key=lambda key: key[:16])
        first, rest = ahead[0], ahead[1:4]
        if not rest:
            return self._with_opening(call, self.with_left(first, call), label=label)
        day = key_date(first)
        assert day is not None
        later = self._wording.join(self.date_words(key, call) for key in rest)
        left = self._wording.time_left(day, now)
        value = say("card.next_of", date=self.date_words(first, call), left=left, rest=later)
        return self._with_opening(call, value, label=say("card.deadlines"))

    def _with_opening(self, call: Call, value: str, *, label: str) -> CardRow | None:
        """Return the row of last days of a call; one that is not open yet says when it opens."""
        say = self._say
        opening = self.opening(call)
        if not value:
            return CardRow(say("card.opens"), opening, True) if opening else None
        if opening:
            value = say("card.opens_later", date=value, opens=opening)
        return CardRow(label, value, True)

    def opening(self, call: Call) -> str:
        """Return when a coming call opens, in words; empty for a call that is open."""
        if call_status(call, self._now) is not Status.FORTHCOMING:
            return ""
        if call.opens and call.opens >= self._now.date():
            return self._wording.day(call.opens, self._now)
        return self._say("card.not_opened")

    def with_left(self, key: str, call: Call | None = None) -> str:
        """Return a date key in words, with the time left."""
        day, words = key_date(key), self.date_words(key, call)
        if day is None:
            return words
        return self._say("card.with_left", date=words, left=self._wording.time_left(day, self._now))

    def date_words(self, key: str, call: Call | None) -> str:
        """Return a date of a call in words, as probable where its year was counted."""
        words = self._wording.date_key(key, self._now)
        return self._say("card.probably", date=words) if call is not None and key in guessed_keys(call) else words

    def money(self, budget: Budget) -> str:
        """Return all money of a call: per project, then in total; empty when none is stated."""
        parts = [self._per_project(budget), self._total(budget)]
        if budget.grants:
            parts.append(self._say("card.grants", n=budget.grants))
        return "; ".join(part for part in parts if part)

    def amount_short(self, budget: Budget) -> str:
        """Return the money of one project, else the money in total, and which of them it is."""
        return self._per_project(budget) or self._total(budget)

    def amount(self, budget: Budget) -> str:
        """Return the money of one project, else the money in total, with about how much it is in kronor."""
        stated = self._per_project(budget) or self._total(budget)
        if not stated or not self.has_rate(budget):
            return stated
        rate = self._audience.rates[budget.currency]
        sums = [value for value in (budget.project_min, budget.project_max) if value] or [budget.total or 0]
        return self._say("card.in_kronor", amount=stated, kronor=self._span([_about(value * rate) for value in sums], "SEK"))

    def _span(self, sums: Sequence[int], currency: str) -> str:
        """Return one amount, or the lower and the higher of two."""
        low, high = sums[0], sums[-1]
        most = self._wording.money(high, currency)
        if low == high:
            return most
        least = self._wording.money(low, currency)
        if high < 1_000_000:  # of two amounts of the same size, the first needs no currency
            least = least.rpartition(NO_BREAK)[0]
        return self._say("card.between", low=least, high=most)

    def has_rate(self, budget: Budget) -> bool:
        """Return whether the call has money that is shown in kronor as well."""
        stated = budget.project_min or budget.project_max or budget.total
        return bool(stated) and budget.currency in self._audience.rates

    def _per_project(self, budget: Budget) -> str:
        say, currency = self._say, budget.currency
        low, high = budget.project_min, budget.project_max
        if low and high and low != high:
            return say("card.per_project", amount=self._span((low, high), currency))
        if not (high or low):
            return ""
        name = "at_most" if high and not low else "at_least" if low and not high else ""
        amount = self._wording.money(high or low or 0, currency)
        return say("card.per_project", amount=say(f"card.{name}", amount=amount) if name else amount)

    def _total(self, budget: Budget) -> str:
        if not budget.total:
            return ""
        amount = self._wording.money(budget.total, budget.currency)
        return self._say("card.shared" if budget.shared else "card.total", amount=amount)

    def who_pays(self, call: Call, card: FitCard) -> str:
        """Return both shares in one phrase; empty where neither is stated. One stated share leaves the other the rest of 100.

        The applicant is "you" only where the reader may apply.
        """
        say, shares = self._say, card.shares
        you = say("card.you" if self._is_ours(card) else "card.applicant")
        if shares.own == 0:
            return capital(say("card.pays_all", you=you))
        if shares.funder is None and shares.own is None:
            return ""
        own = shares.own if shares.own is not None else 100 - (shares.funder or 0)
        funder = shares.funder if shares.funder is not None else 100 - own
        payer = say("card.eu" if is_eu_call(call) else "card.funder")
        name = "both" if 0 < own < 100 and funder else "funder" if funder else "own"
        return capital(say(f"card.pays_{name}", payer=payer, funder=funder, own=own, you=you))

    def _is_ours(self, card: FitCard) -> bool:
        """Return whether the answer to "may a municipality apply" is yes, and the reader is part of the municipality."""
        return not self._audience.company and not card.owned and card.municipality in ("ja", "som partner")

    def may_apply(self, card: FitCard) -> str:
        """Return whether a municipality may apply and why; empty where nothing is known."""
        if card.disputed:
            return translate(card.reason, self._wording.language)
        answer = _answer(card)
        if card.owned and answer:
            words = self._say(f"apply.owned_full_{answer}")
        else:
            words = self._say(f"apply.full_{answer}") if answer else ""
        reason = translate(card.reason, self._wording.language) if self._is_worded(card.reason) else ""
        if words and not reason and card.guessed:
            reason = self._say("apply.guessed")
        return f"{words}. {reason}" if words and reason else words

    def may_apply_short(self, card: FitCard) -> str:
        """Return whether a municipality may apply in a few words; empty where nothing is known.

        A call that is for others says for whom, in the words of its reason where those are few.
        """
        answer = _answer(card)
        if card.municipality == "nej" and not card.guessed and self._is_worded(card.reason):
            reason = translate(card.reason, self._wording.language).rstrip(".")
            if len(reason) <= _BRIEF_LIMIT:
                return f"{reason[:1].lower()}{reason[1:]}"
        if not answer:
            return ""
        if card.owned:
            return self._say(f"apply.owned_{answer}")
        return self._say(f"apply.town_{answer}" if self._audience.company else f"apply.brief_{answer}")

    def _is_worded(self, reason: str) -> bool:
        """Return whether a reason can be shown to the reader; one that says "ni" means the municipality, not a company."""
        means_reader = not (self._audience.company and " ni " in reason)
        return bool(reason) and means_reader and has_translation(reason, self._wording.language)

    def partners(self, card: FitCard) -> str:
        """Return with how many partners from how many countries; empty where neither is stated."""
        partners, countries = card.partners.value, card.countries.value
        words = [
            self._say(name, n=number)
            for name, number in (("card.partners", partners), ("card.countries", countries))
            if number is not None
        ]
        if len(words) == 2:
            return self._say("card.least_from", partners=words[0], countries=words[1])
        return self._say("card.at_least", amount=words[0]) if words else ""

    def next_step(self, call: Call, card: FitCard) -> str:
        """Return who to talk to at the municipality and by when; empty where there is nothing to do."""
        if call.kind is not Kind.CALL or card.municipality == "nej" or call_status(call, self._now) is Status.CLOSED:
            return ""
        contact = self._audience.contact
        deadline = next_deadline(call, self._now)
        if deadline is None:
            return self._say("next.any_time", contact=contact)
        start = self._start_by(deadline.at.astimezone(HOME).date())
        if start is None:
            return self._say("next.now", contact=contact)
        return self._say("next.by", contact=contact, day=self._wording.short_day(start, self._now))

    def _start_by(self, last_day: date) -> date | None:
        """Return the working day by which work on an application should begin; None where that is now."""
        start = Workdays().on_or_before(last_day - PREPARATION)
        return start if start - self._now.date() > _SOON else None


def _answer(card: FitCard) -> str:
    """Return the end of the names of the phrases for whether a municipality may apply; empty where nothing is known."""
    answer = _ANSWERS.get(card.municipality, "")
    return f"likely_{answer}" if answer and card.guessed else answer


def _about(amount: float) -> int:
    """Return an amount rounded to two figures: a rate of another day can promise no more."""
    whole = int(amount)
    step: int = 10 ** max(len(str(whole)) - 2, 0)
    return (whole + step // 2) // step * step
