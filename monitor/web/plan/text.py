"""A plan in words, in Swedish or English: steps with their days, the own share, checks and contacts. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from monitor.digest.wording import Wording
from monitor.language.one_line import clean, shorten
from monitor.plan.gates import SUBMISSION, Gate
from monitor.plan.money import EXAMPLE, KRONOR, OwnAmount, OwnShare
from monitor.plan.steps import Step, StepVerdict
from monitor.translation import translate, translate_count
from monitor.vocabulary import STEP_STATE_LABELS, StepState
from monitor.web.plan.facts import CallPlan

VERDICT_LABELS = {
    StepVerdict.DONE: "Klart",
    StepVerdict.NOT_NEEDED: "Behövs inte",
    StepVerdict.IMPOSSIBLE: "Hinns inte",
    StepVerdict.LATE: "Sent",
    StepVerdict.NOW: "Nu",
    StepVerdict.LATER: "Senare",
}
"""Label of each verdict."""
_TITLE_LIMIT = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class StepText:
    """Step of a plan in words."""

    id: str
    title: str
    body: str
    verdict: StepVerdict
    label: str
    when: str = ""
    """Days of the step: "Börja senast 3 december. Klart senast 17 december."."""
    notes: tuple[str, ...] = ()
    """Sentences on what is late, what is only probable, and how to gain time."""
    state: str = ""
    """State that a person noted (`StepState`); "" for none."""
    noted: str = ""
    """Person who noted the state, and when."""
    fixed: bool = False
    """True for a step whose state follows from the project, not from the plan's form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanText:
    """Plan in words."""

    title: str
    """Title of the call."""
    last_day: str
    """Last day with its weekday; "" for a call without one."""
    summary: tuple[str, ...]
    """Sentences on the whole: what cannot be made, what is late, what comes next."""
    hopeless: bool
    """True where something cannot be made before the last day."""
    steps: tuple[StepText, ...]
    share: tuple[str, ...]
    """Sentences on the municipality's own share."""
    years: tuple[tuple[str, str], ...]
    """Year and kronor of the own share."""
    checks: tuple[StepText, ...]
    contact: tuple[str, ...]
    reports: tuple[str, ...]
    """Days at which the project is to be reported, as the project has them."""


def write_plan(found: CallPlan, wording: Wording, now: datetime, *, rates_day: str) -> PlanText:
    """Return a plan in the language of `wording`; `rates_day` is the ISO day of the rates."""
    return _Writer(found, wording, now, rates_day).text()


class _Writer:
    """Writer of one plan."""

    def __init__(self, found: CallPlan, wording: Wording, now: datetime, rates_day: str) -> None:
        self._found = found
        self._plan = found.plan
        self._wording = wording
        self._now = now
        self._rates_day = rates_day
        self._language = wording.language

    def text(self) -> PlanText:
        plan, found = self._plan, self._found
        return PlanText(
            title=shorten(clean(found.call.title), _TITLE_LIMIT) or found.call.call_id,
            last_day=self._wording.day(plan.last_day, self._now) if plan.last_day is not None else "",
            summary=tuple(self._summary()),
            hopeless=bool(plan.impossible),
            steps=tuple(self._step(step) for step in plan.steps),
            share=tuple(self._share(found.share)),
            years=tuple(self._years(found.share)),
            checks=tuple(self._checks()),
            contact=found.card.contact,
            reports=tuple(self._reports()),
        )

    def _translate(self, text: str, /, **values: object) -> str:
        return translate(text, self._language).format(**values) if values else translate(text, self._language)

    def _day(self, day: date) -> str:
        return self._wording.short_day(day, self._now)

    def _names(self, steps: tuple[Step, ...]) -> str:
        names = [step.gate.title(self._language) for step in steps if step.id != SUBMISSION]
        return self._wording.join(name[0].lower() + name[1:] if name[1:2].islower() else name for name in names)

    def _summary(self) -> Iterator[str]:
        plan = self._plan
        if plan.passed:
            yield self._translate("Utlysningen går inte längre att söka, så det finns inget att planera.")
            return
        if plan.last_day is None:
            yield self._translate("Utlysningen har ingen sista dag. Planen räknar framåt från i dag.")
        last = plan.steps[-1]
        if last.verdict is StepVerdict.DONE and last.mark is not None:
            yield self._translate("Ansökan lämnades in {day}.", day=self._day(last.mark.day))
            return
        if plan.impossible and plan.last_day is not None:
            day = self._wording.day(plan.last_day, self._now)
            steps = self._names(plan.impossible)
            yield self._translate("Det här hinns inte före sista dagen, {day}: {steps}.", day=day, steps=steps)
            if last.earliest is not None:
                yield self._translate("Med alla steg kan ansökan tidigast vara klar {day}.", day=self._day(last.earliest))
        late = tuple(step for step in plan.late if step.id != SUBMISSION)
        if late:
            steps = self._names(late)
            yield self._translate("Det här borde ha börjat, men hinns om det går fortare än vanligt: {steps}.", steps=steps)
        following = next((step for step in plan.steps if step.verdict in (StepVerdict.NOW, StepVerdict.LATER)), None)
        if following is not None and following.begin is not None and not plan.impossible and not late:
            name = self._names((following,)) or following.gate.title(self._language)
            yield self._translate("Allt hinns. Näst på tur, senast {day}: {step}.", day=self._day(following.begin), step=name)

    def _step(self, step: Step) -> StepText:
        gate = step.gate
        stored = self._found.stored.get(step.id)
        state = step.mark.state if step.mark is not None else None
        fixed = step.id == SUBMISSION and self._found.project is not None and self._found.project.applied_on is not None
        noted = ""
        if fixed and step.mark is not None:
            noted = self._translate("Enligt projektet, {day}", day=self._day(step.mark.day))
        elif stored is not None:
            noted = ", ".join(part for part in (stored.who, self._day(stored.at.astimezone(self._now.tzinfo).date())) if part)
        return StepText(
            id=step.id,
            title=gate.title(self._language),
            body=gate.body(self._language),
            verdict=step.verdict,
            label=self._translate(STEP_STATE_LABELS[StepState.STARTED] if _is_going(step) else VERDICT_LABELS[step.verdict]),
            when=" ".join(self._when(step)),
            notes=tuple(self._notes(step)),
            state=state or "",
            noted=noted,
            fixed=fixed,
        )

    def _when(self, step: Step) -> Iterator[str]:
        if not step.is_open:
            return
        is_board = isinstance(step.gate, Gate) and step.gate.meeting is not None
        if step.due is None or step.begin is None:
            if step.earliest is not None:
                yield self._translate("Tidigast klart {day}.", day=self._day(step.earliest))
            return
        if step.verdict is StepVerdict.IMPOSSIBLE:
            return
        if step.verdict is StepVerdict.LATE:
            yield self._translate("Borde ha börjat {day}.", day=self._day(step.begin))
        elif step.begin < step.due:
            yield self._translate("Börja senast {day}.", day=self._day(step.begin))
        if step.due < self._plan.today:
            return
        if is_board and step.papers is not None:
            yield self._translate("Handlingar senast {day}.", day=self._day(step.papers))
            text = "Möte {day}." if step.decided else "Möte troligen {day}."
            yield self._translate(text, day=self._day(step.due))
        elif step.id == SUBMISSION:
            yield self._translate("Senast {day}.", day=self._day(step.due))
        else:
            yield self._translate("Klart senast {day}.", day=self._day(step.due))

    def _notes(self, step: Step) -> Iterator[str]:
        if not step.is_open:
            return
        early = self._day(step.earliest) if step.earliest is not None else ""
        if step.verdict is StepVerdict.IMPOSSIBLE and self._plan.last_day is not None:
            last = self._day(self._plan.last_day)
            if step.id == SUBMISSION:
                yield self._translate("Tidigast {early} med alla steg klara. Sista dagen är {last}.", early=early, last=last)
            elif isinstance(step.gate, Gate) and step.gate.meeting is not None:
                yield self._translate("Första möte som hinns är {early}. Sista dagen är {last}.", early=early, last=last)
            else:
                yield self._translate("Tidigast klart {early}. Sista dagen är {last}.", early=early, last=last)
        elif step.verdict is StepVerdict.LATE and early:
            is_board = isinstance(step.gate, Gate) and step.gate.meeting is not None
            yield self._translate("Första möte som hinns är {early}." if is_board else "Tidigast klart {early}.", early=early)
        if not step.decided:
            yield self._translate("Mötesdagen följer nämndens vanliga mönster. Kontrollera sammanträdesplanen.")
        if not step.stated:
            yield self._translate("Utlysningen säger inte om det behövs.")
        shortcut = step.gate.shortcut(self._language) if isinstance(step.gate, Gate) else ""
        if shortcut and step.verdict in (StepVerdict.IMPOSSIBLE, StepVerdict.LATE):
            yield shortcut

    def _checks(self) -> Iterator[StepText]:
        for check in self._found.gates.check:
            stored = self._found.stored.get(check.id)
            done = stored is not None and stored.state is not StepState.STARTED
            day = self._day(stored.at.astimezone(self._now.tzinfo).date()) if stored is not None else ""
            verdict = StepVerdict.LATER
            if stored is not None:
                verdict = StepVerdict.DONE if done else StepVerdict.NOW
                if stored.state is StepState.NOT_NEEDED:
                    verdict = StepVerdict.NOT_NEEDED
            yield StepText(
                id=check.id,
                title=check.title(self._language),
                body=check.body(self._language),
                verdict=verdict,
                label=self._translate(STEP_STATE_LABELS[stored.state]) if stored is not None else "",
                state=stored.state if stored is not None else "",
                noted=", ".join(part for part in (stored.who, day) if part) if stored is not None else "",
            )

    def _share(self, share: OwnShare) -> Iterator[str]:
        if share.entered is not None:
            amount = self._wording.money(share.entered, share.entered_currency, exact=True)
            yield self._translate("Ni har skrivit in {amount} som egen del i projektet.", amount=amount)
        if share.percent is None:
            yield self._translate("Utlysningen säger inte hur stor del ni betalar.")
            yield from self._usual()
            return
        if share.percent == 0:
            yield self._translate("Ni betalar ingenting själva, enligt utlysningen.")
            return
        text = (
            "Ni betalar minst {percent} procent av kostnaderna, enligt utlysningen."
            if share.stated
            else "Minst {percent} procent blir kvar för er, om finansiären betalar så mycket som den får."
        )
        yield self._translate(text, percent=share.percent)
        if share.quote:
            yield self._translate("Så står det: ”{quote}”", quote=share.quote)
        yield from self._amounts(share)

    def _usual(self) -> Iterator[str]:
        usual = self._found.card.usual
        # The sentences of the rules exist in Swedish alone.
        if usual is not None and usual.own_share and self._language == "sv":
            text = usual.own_share[0].lower() + usual.own_share[1:]
            yield self._translate("Vanligt i {programme}: {text}", programme=usual.programme, text=text)

    def _amounts(self, share: OwnShare) -> Iterator[str]:
        shown = [(name, amount) for name, amount in (("least", share.least), ("most", share.most)) if amount is not None]
        if len(shown) == 2 and shown[0][1].grant == shown[1][1].grant:
            shown = shown[1:]
        for name, amount in shown:
            text = (
                "Med det största bidraget, {grant}, betalar ni minst {own}."
                if name == "most"
                else "Med det minsta bidraget, {grant}, betalar ni minst {own}."
            )
            yield self._translate(text, grant=self._grant(amount, share.currency), own=self._own(amount, share.currency))
        if share.example is not None:
            text = "Utlysningen säger inte hur stort bidraget är. För varje {grant} i bidrag betalar ni minst {own}."
            grant = self._wording.money(EXAMPLE, share.currency)
            yield self._translate(text, grant=grant, own=self._own(share.example, share.currency))
        converted = any(amount is not None for amount in (share.least, share.most, share.example)) and share.currency != KRONOR
        if converted and (share.most or share.least or share.example):
            first = share.most or share.least or share.example
            if first is not None and first.kronor is not None:
                yield self._translate("Kursen är den {day}.", day=self._day(date.fromisoformat(self._rates_day)))

    def _grant(self, amount: OwnAmount, currency: str) -> str:
        return self._wording.money(amount.grant, currency, exact=True)

    def _own(self, amount: OwnAmount, currency: str) -> str:
        own = self._wording.money(amount.own, currency, exact=True)
        if currency == KRONOR or amount.kronor is None:
            return own
        return self._translate("{own} (omkring {kronor})", own=own, kronor=self._wording.money(amount.kronor, KRONOR))

    def _years(self, share: OwnShare) -> Iterator[tuple[str, str]]:
        for part in share.years:
            name = str(part.year) if share.calendar else self._translate("År {n}", n=part.year)
            rounded = part.kronor if share.entered is not None else round(part.kronor, -3)
            yield name, self._wording.money(rounded, KRONOR, exact=True)

    def _reports(self) -> Iterator[str]:
        project = self._found.project
        for report in project.reports if project is not None else ():
            name = report.label or self._translate("redovisning")
            done = f" ({self._translate('lämnad')})" if report.done else ""
            yield f"{self._day(report.day)}: {name}{done}"


def years_note(share: OwnShare, language: str) -> str:
    """Return how the own share is divided over the years; "" where it is not."""
    if not share.years:
        return ""
    if share.calendar:
        return translate("Jämnt fördelat över projektets dagar.", language)
    months = share.months or 0
    length = translate_count("{n} månad", "{n} månader", months, language)
    return translate("Jämnt fördelat, om projektet är så långt det får vara: {length}.", language).format(length=length)


def _is_going(step: Step) -> bool:
    return step.verdict is StepVerdict.NOW and step.mark is not None and step.mark.state is StepState.STARTED
