"""Models of `rules/gates.toml`: what the municipality has to do before it can apply, how long that takes, and what to look into.

Lead times are in working days. Texts of users are Swedish, each with an English one beside it.
"""

from __future__ import annotations

from datetime import date, timedelta
from graphlib import CycleError, TopologicalSorter
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
"""Names of the weekdays on which boards meet, Monday first, as the file has them."""
LONGEST = 250
"""Most working days of one lead time: a year."""
SUBMISSION = "inlamning"
"""Id of the last step of every plan: the application is handed in."""

Weekday = Literal["mon", "tue", "wed", "thu", "fri"]
Applies = Literal["always", "eu", "partners", "own-money"]
StepId = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", description="små bokstäver a-z, siffror och bindestreck")]
Text = Annotated[str, Field(min_length=1)]
Ids = Annotated[tuple[StepId, ...], Field(strict=False)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True)


class Words(_Table):
    """Name and text of a step or a check, in Swedish and English."""

    id: StepId
    name: Text
    english: Text
    text: Text
    """Text that says what to do, in one to three sentences."""
    english_text: Text

    def title(self, language: str) -> str:
        """Return the name in a language."""
        return self.english if language == "en" else self.name

    def body(self, language: str) -> str:
        """Return the text in a language."""
        return self.english_text if language == "en" else self.text


class Meetings(_Table):
    """Meetings of a board: exact days as far as they are decided, then the pattern that they usually follow."""

    days: Annotated[tuple[date, ...], Field(strict=False)] = ()
    """Days that are decided. Up to the last of them no other day counts."""
    weekday: Weekday
    """Weekday of the usual pattern."""
    weeks: Annotated[tuple[Annotated[int, Field(ge=1, le=5)], ...], Field(strict=False)] = ()
    """Which of these weekdays in a month: 1 is the first; empty: every one."""
    not_in: Annotated[tuple[Annotated[int, Field(ge=1, le=12)], ...], Field(strict=False)] = ()
    """Months without meetings."""
    papers: int = Field(ge=0, le=LONGEST)
    """Working days before the meeting at which the papers must be handed in."""

    @model_validator(mode="after")
    def _meets(self) -> Meetings:
        if len(set(self.not_in)) == 12:
            raise ValueError("väntade minst en månad med sammanträde; not_in har alla tolv")
        return self


class Gate(Words):
    """Step of the municipality's own before an application can be handed in."""

    days: int = Field(ge=0, le=LONGEST)
    """Usual lead time; for a board, until the papers are written."""
    least: int = Field(ge=0, le=LONGEST)
    """Shortest lead time, when everybody hurries."""
    before: Ids = ()
    """Ids of the gates that cannot begin before this one is done; empty: only the application waits for it."""
    when: Applies = "always"
    """Calls that need the gate: all, those of the EU, those that ask for partners, those that leave costs to the municipality."""
    meeting: Meetings | None = None
    faster: str = ""
    """Way to gain time, when there is too little."""
    english_faster: str = ""

    @model_validator(mode="after")
    def _is_least(self) -> Gate:
        if self.least > self.days:
            raise ValueError(f"least är {self.least}; väntade högst {self.days}, som days")
        if self.faster and not self.english_faster:
            raise ValueError("faster står utan english_faster; väntade båda")
        return self

    def shortcut(self, language: str) -> str:
        """Return the way to gain time in a language; "" for none."""
        return self.english_faster if language == "en" else self.faster


class LastStep(Words):
    """Last step: the application is handed in."""

    id: Literal["inlamning"] = "inlamning"
    margin: int = Field(ge=0, le=20)
    """Working days before the last day at which the application should be handed in."""


class Closed(_Table):
    """Period in which the municipality does not work, besides weekends and public holidays; both days included."""

    first: date = Field(alias="from")
    last: date = Field(alias="to")

    @model_validator(mode="after")
    def _has_order(self) -> Closed:
        if self.last < self.first:
            raise ValueError(f"to är {self.last}; väntade en dag som inte är före from, {self.first}")
        if self.last - self.first > timedelta(days=92):
            raise ValueError("perioden är längre än tre månader; väntade en kortare")
        return self


class GatesFile(_Table):
    """File `rules/gates.toml`."""

    submission: LastStep
    gate: Annotated[tuple[Gate, ...], Field(strict=False, min_length=1)]
    check: Annotated[tuple[Words, ...], Field(strict=False)] = ()
    """Subjects to look into: state aid, VAT, personal data, procurement."""
    closed: Annotated[tuple[Closed, ...], Field(strict=False)] = ()

    @property
    def step_ids(self) -> tuple[str, ...]:
        """Return the ids of all that a person can tick off: gates, the submission, and checks."""
        return (*(gate.id for gate in self.gate), self.submission.id, *(check.id for check in self.check))


def gate_problems(gates: GatesFile) -> list[tuple[tuple[str | int, ...], str]]:
    """Return the place and the problem of each reference between gates that does not hold; sentences in Swedish."""
    problems: list[tuple[tuple[str | int, ...], str]] = []
    seen: set[str] = {gates.submission.id}
    rows = [("gate", number, row.id) for number, row in enumerate(gates.gate)]
    for table, number, id_ in [*rows, *(("check", number, row.id) for number, row in enumerate(gates.check))]:
        if id_ in seen:
            problems.append(((table, number, "id"), f"{table} {id_}: id:t är redan taget"))
        seen.add(id_)
    known = [gate.id for gate in gates.gate]
    for number, gate in enumerate(gates.gate):
        unknown = [name for name in gate.before if name not in known]
        place = ("gate", number, "before")
        problems += [(place, f"gate {gate.id}: {name!r} finns inte; väntade en av {', '.join(known)}") for name in unknown]
    if not problems and (ring := _find_ring(gates)):
        first = ("gate", known.index(ring[0]), "before")
        problems.append((first, f"gate {ring[0]} väntar på sig själv: {' → '.join(ring)}"))
    return problems


def in_order(gates: GatesFile) -> tuple[Gate, ...]:
    """Return the gates so that each comes before those that wait for it.

    Raises:
        CycleError: Gates wait for each other (`gate_problems`).
    """
    by_id = {gate.id: gate for gate in gates.gate}
    sorter: TopologicalSorter[str] = TopologicalSorter(dict.fromkeys(by_id, ()))
    for gate in gates.gate:
        for later in gate.before:
            sorter.add(later, gate.id)
    return tuple(by_id[id_] for id_ in sorter.static_order())


def _find_ring(gates: GatesFile) -> list[str]:
    """Return the ids of gates that wait for each other, first and last the same; an empty list where none do."""
    try:
        in_order(gates)
    except CycleError as error:
        return list(error.args[1])
    return []
