"""Steps of a plan: when each must begin and be done, which are late, and which cannot be made before the last day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum

from monitor.calls import Deadline
from monitor.fit import FitCard
from monitor.plan.gates import Applies, Gate, GatesFile, LastStep, Meetings, in_order
from monitor.plan.workdays import Workdays, is_decided
from monitor.vocabulary import StepState

SOON = timedelta(days=14)
"""Period in which a step is due: the weekly mail reminds of it."""


class StepVerdict(StrEnum):
    """Verdicts on a step at one day."""

    DONE = "done"
    NOT_NEEDED = "not-needed"
    IMPOSSIBLE = "impossible"
    """Cannot be made before the last day, even if everybody hurries."""
    LATE = "late"
    """Should have begun or be done by now, or will be done after its day; can still be made before the last day."""
    NOW = "now"
    """Goes on, or must begin within `SOON`."""
    LATER = "later"


OPEN_VERDICTS = (StepVerdict.IMPOSSIBLE, StepVerdict.LATE, StepVerdict.NOW, StepVerdict.LATER)
"""Verdicts on steps that are not done."""


@dataclass(frozen=True, slots=True)
class StepMark:
    """State of a step as a person noted it, and the day of it."""

    state: StepState
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Step of a plan. Days are working days; None where the call has no last day."""

    gate: Gate | LastStep
    verdict: StepVerdict
    begin: date | None = None
    """Last day to begin, with the usual lead time."""
    papers: date | None = None
    """Day by which the board must have the papers."""
    due: date | None = None
    """Last day to be done; for a board, the day of its meeting, if one is held in time."""
    earliest: date | None = None
    """Earliest day at which the step can be done, from today with the shortest lead times; None for a step that is done."""
    decided: bool = True
    """False where `due` or `earliest` is a meeting that only follows from the board's usual pattern."""
    stated: bool = True
    """False where the call does not say whether it needs the step."""
    mark: StepMark | None = None

    @property
    def id(self) -> str:
        """Return the id of the step."""
        return self.gate.id

    @property
    def is_open(self) -> bool:
        """Return whether the step is still to be done."""
        return self.verdict in OPEN_VERDICTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Plan of an application at one day."""

    today: date
    last_day: date | None
    """Last day at which something can be done about the application; None where the call has none."""
    passed: bool = False
    """True where every last day has passed: there is nothing to plan."""
    steps: tuple[Step, ...] = ()
    """Steps in the order in which they must be done."""

    @property
    def impossible(self) -> tuple[Step, ...]:
        """Return the steps that cannot be made before the last day."""
        return tuple(step for step in self.steps if step.verdict is StepVerdict.IMPOSSIBLE)

    @property
    def late(self) -> tuple[Step, ...]:
        """Return the steps that are late and can still be made."""
        return tuple(step for step in self.steps if step.verdict is StepVerdict.LATE)

    def due_soon(self) -> tuple[Step, ...]:
        """Return the steps that a reminder names: late ones, and those that must begin or be done within two weeks."""
        soon = self.today + SOON
        return tuple(
            step
            for step in self.steps
            if step.verdict in (StepVerdict.IMPOSSIBLE, StepVerdict.LATE)
            or (step.is_open and any(day is not None and day <= soon for day in (step.begin, step.due)))
        )


def last_day_of(deadline: Deadline, zone: tzinfo) -> date:
    """Return the local day at which an application can still be handed in.

    A moment at midnight ends the day before it: at 00:00 on 1 March, 28 February is the last day.
    """
    return (deadline.at.astimezone(zone) - timedelta(seconds=1)).date()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFacts:
    """Facts that a plan is made from."""

    card: FitCard
    deadline: Deadline | None
    """Next deadline; None for a call without one."""
    passed: bool = False
    """True for a call whose deadlines have passed, or that is gone."""
    marks: Mapping[str, StepMark] = field(default_factory=dict)
    """State of each step that a person noted, by its id."""
    applied: date | None = None
    """Day on which the department handed in its application, as the project has it."""


def make_plan(gates: GatesFile, facts: PlanFacts, now: datetime) -> Plan:
    """Return the plan of an application at `now`, whose zone is that of the municipality."""
    today = now.date()
    if facts.passed or now.tzinfo is None:
        return Plan(today=today, last_day=None, passed=True)
    last_day = last_day_of(facts.deadline, now.tzinfo) if facts.deadline is not None else None
    return Plan(today=today, last_day=last_day, steps=_Planner(gates, facts, today, last_day).steps())


class _Planner:
    """Maker of the steps of one plan: backwards from the last day, then forwards from today."""

    def __init__(self, gates: GatesFile, facts: PlanFacts, today: date, last_day: date | None) -> None:
        self._gates = gates
        self._facts = facts
        self._today = today
        self._last_day = last_day
        self._workdays = Workdays(gates.closed)
        self._needed = {gate.id: _is_needed(gate.when, facts.card) for gate in gates.gate}
        self._order = [gate for gate in in_order(gates) if self._needed[gate.id] is not False]
        needless = {id_ for id_, mark in facts.marks.items() if mark.state is StepState.NOT_NEEDED}
        self._skipped = {gate.id for gate in gates.gate if gate not in self._order or gate.id in needless}
        self._all = {gate.id: gate for gate in gates.gate}

    def steps(self) -> tuple[Step, ...]:
        """Return the steps: those that are done by the same day keep the order of the file."""
        latest = self._backwards()
        earliest = self._forwards()
        made = [self._step(gate, latest.get(gate.id), earliest.get(gate.id)) for gate in self._order]
        places = {gate.id: place for place, gate in enumerate(self._order)}
        made.sort(key=lambda step: (step.due or step.earliest or self._today, places[step.id]))
        return (*made, self._handed_in(earliest))

    def _state(self, id_: str) -> StepState | None:
        mark = self._facts.marks.get(id_)
        return mark.state if mark is not None else None

    def _later(self, gate: Gate) -> list[Gate]:
        """Return the gates that wait for a gate; those that wait for a skipped one wait for what comes before it."""
        found: dict[str, Gate] = {}
        for id_ in gate.before:
            if id_ in self._skipped:
                found |= {later.id: later for later in self._later(self._all[id_])}
            else:
                found[id_] = self._all[id_]
        return list(found.values())

    def _hand_in_by(self) -> date | None:
        if self._last_day is None:
            return None
        return self._workdays.before(self._last_day, self._gates.submission.margin)

    def _backwards(self) -> dict[str, tuple[date, date | None, date]]:
        """Return for each gate the last day to begin, the day of its papers, and the last day to be done."""
        hand_in = self._hand_in_by()
        found: dict[str, tuple[date, date | None, date]] = {}
        if hand_in is None:
            return found
        for gate in reversed(self._order):
            bound = min((found[later.id][0] for later in self._later(gate)), default=hand_in)
            papers, due = None, bound
            if gate.meeting is not None and (met := self._workdays.last_meeting(gate.meeting, bound)) is not None:
                due = met
                papers = self._workdays.before(met, gate.meeting.papers)
            found[gate.id] = (self._workdays.before(papers or due, gate.days), papers, due)
        return found

    def _forwards(self) -> dict[str, date]:
        """Return for each gate that is not done the earliest day at which it can be."""
        found: dict[str, date] = {}
        ready: dict[str, date] = {}
        for gate in self._order:
            state = self._state(gate.id)
            begin = max(self._today, ready.get(gate.id, self._today))
            if state is StepState.DONE or state is StepState.NOT_NEEDED:
                done = begin if state is StepState.NOT_NEEDED else self._today
            else:
                done = found[gate.id] = self._earliest(gate, begin)
            for later in self._later(gate):
                ready[later.id] = max(ready.get(later.id, done), done)
        return found

    def _earliest(self, gate: Gate, begin: date) -> date:
        mark = self._facts.marks.get(gate.id)
        if mark is not None and mark.state is StepState.STARTED:
            begin = min(begin, mark.day)
        done = max(self._workdays.after(begin, gate.least), self._workdays.on_or_after(self._today))
        if gate.meeting is None:
            return done
        met = self._workdays.next_meeting(gate.meeting, self._workdays.after(done, gate.meeting.papers))
        return met if met is not None else done

    def _step(self, gate: Gate, latest: tuple[date, date | None, date] | None, earliest: date | None) -> Step:
        begin, papers, due = latest if latest is not None else (None, None, None)
        return Step(
            gate=gate,
            verdict=self._verdict(gate.id, begin, due, earliest),
            begin=begin,
            papers=papers,
            due=due,
            earliest=earliest,
            # Without papers no meeting is held in time, and the due day is none of the board's.
            decided=_all_decided(gate.meeting, due if papers is not None else None, earliest),
            stated=self._needed[gate.id] is True,
            mark=self._facts.marks.get(gate.id),
        )

    def _handed_in(self, earliest: Mapping[str, date]) -> Step:
        """Return the last step; the project says whether the application was handed in."""
        due = self._hand_in_by()
        mark = self._facts.marks.get(self._gates.submission.id)
        if self._facts.applied is not None:
            mark = StepMark(StepState.DONE, self._facts.applied)
        first = max([*earliest.values(), self._workdays.on_or_after(self._today)])
        done = mark is not None and mark.state is StepState.DONE
        verdict = StepVerdict.DONE if done else self._verdict(self._gates.submission.id, due, due, first)
        return Step(gate=self._gates.submission, verdict=verdict, begin=due, due=due, earliest=None if done else first, mark=mark)

    def _verdict(self, id_: str, begin: date | None, due: date | None, earliest: date | None) -> StepVerdict:
        state = self._state(id_)
        if state is StepState.DONE:
            return StepVerdict.DONE
        if state is StepState.NOT_NEEDED:
            return StepVerdict.NOT_NEEDED
        if self._last_day is not None and earliest is not None and earliest > self._last_day:
            return StepVerdict.IMPOSSIBLE
        if begin is None or due is None:
            return StepVerdict.NOW if state is StepState.STARTED else StepVerdict.LATER
        if earliest is not None and earliest > due:
            return StepVerdict.LATE
        if due < self._today or (begin < self._today and state is not StepState.STARTED):
            return StepVerdict.LATE
        return StepVerdict.NOW if state is StepState.STARTED or begin <= self._today + SOON else StepVerdict.LATER


def _is_needed(when: Applies, card: FitCard) -> bool | None:
    """Return whether a call needs a gate; None where it does not say."""
    if when == "eu":
        return card.eu
    if when == "partners":
        stated = [term.value for term in (card.partners, card.countries) if term.value is not None]
        return any(number > 1 for number in stated) if stated else None
    if when == "own-money":
        if card.shares.own is not None:
            return card.shares.own > 0
        return None if card.shares.funder is None or card.shares.funder >= 100 else True
    return True


def _all_decided(meetings: Meetings | None, *days: date | None) -> bool:
    """Return whether every day that is shown of a board is a decided meeting."""
    return meetings is None or all(is_decided(meetings, day) for day in days if day is not None)
