"""The rules as values: themes, departments, areas, programmes and the gates, checked key by key while they are built."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Id = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", description="små bokstäver a-z, siffror och bindestreck")]
Words = Annotated[tuple[Annotated[str, Field(min_length=1)], ...], Field(strict=False)]
Zone = Literal["title", "summary", "body", "context"]
Answer = Literal["ja", "som partner", "nej", "framgår inte"]
ALL_ZONES: tuple[Zone, ...] = ("title", "summary", "body", "context")


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True)


class Condition(_Table):
    """When something holds: words in the text, a programme, or both together.

    `identifier` takes patterns such as `ERASMUS-SPORT-*`.
    """

    words: Words = ()
    zones: Annotated[tuple[Zone, ...], Field(alias="in", strict=False, min_length=1)] = ALL_ZONES
    programme: Words = ()
    identifier: Words = ()

    @model_validator(mode="after")
    def _says_something(self) -> Condition:
        if not (self.words or self.programme or self.identifier):
            raise ValueError("väntade words, programme eller identifier")
        return self

    @property
    def structural(self) -> bool:
        """True when no word of the text is asked for: such a signal can never carry a call over the threshold alone."""
        return not self.words


class Signal(Condition):
    """What speaks for a theme (weight above 0) or against it (below).

    With `needs` it counts only if one of those words stands there as well.
    """

    id: Id
    weight: int = Field(ge=-10, le=10, description="ett heltal från -10 till 10, inte 0")
    needs: Words = ()

    @model_validator(mode="after")
    def _weighs_something(self) -> Signal:
        if self.weight == 0:
            raise ValueError("väntade en vikt: ett heltal från -10 till 10, inte 0")
        return self


class Veto(Condition):
    """What rules a theme out, whatever speaks for it."""

    id: str = ""

    @property
    def name(self) -> str:
        """What to call it when it strikes."""
        return self.id or next(iter((*self.words, *self.programme, *self.identifier)))


class Example(_Table):
    """A text that must match the theme, or must not. Both are tried whenever the rules are checked."""

    title: str = Field(min_length=1)
    text: str = ""
    programme: str = ""
    identifier: str = ""
    match: bool
    note: str = ""


class ThemeHead(_Table):
    """What a theme is about and whom it concerns."""

    id: Id
    title: str = Field(min_length=1)
    departments: Annotated[tuple[str, ...], Field(strict=False, min_length=1)]
    strategy: Annotated[tuple[str, ...], Field(strict=False, min_length=1)]
    goals: Annotated[tuple[str, ...], Field(strict=False)] = ()
    sdgs: Annotated[tuple[Annotated[int, Field(ge=1, le=17)], ...], Field(strict=False)] = ()
    state: Literal["live", "draft"] = "live"
    note: str = ""


class ThemeFile(_Table):
    """One file of `rules/themes/`."""

    theme: ThemeHead
    signal: Annotated[tuple[Signal, ...], Field(strict=False, min_length=1)]
    veto: Annotated[tuple[Veto, ...], Field(strict=False)] = ()
    example: Annotated[tuple[Example, ...], Field(strict=False)] = ()

    @property
    def conditions(self) -> tuple[Signal | Veto, ...]:
        """Signals, then vetoes: the order by which they are numbered."""
        return (*self.signal, *self.veto)


class Department(_Table):
    """A board, office or company that gets a digest. `threshold`: the points at which a theme reaches it."""

    id: Id
    name: str = Field(min_length=1)
    mandate: str = ""
    kind: str = ""
    threshold: float = Field(6.0, gt=0, le=100, strict=False)
    enabled: bool = True


class DepartmentsFile(_Table):
    """`rules/departments.toml`."""

    department: Annotated[tuple[Department, ...], Field(strict=False, min_length=1)]


class Area(_Table):
    """A strategic area."""

    id: Id
    name: str = Field(min_length=1)
    text: str = ""


class Goal(_Table):
    """A goal of the strategy."""

    id: Id
    name: str = Field(min_length=1)
    text: str = ""


class GlobalGoal(_Table):
    """One of the seventeen goals of Agenda 2030."""

    number: int = Field(ge=1, le=17)
    name: str = Field(min_length=1)


class AreasFile(_Table):
    """`rules/areas.toml`."""

    area: Annotated[tuple[Area, ...], Field(strict=False, min_length=1)]
    goal: Annotated[tuple[Goal, ...], Field(strict=False, min_length=1)]
    sdg: Annotated[tuple[GlobalGoal, ...], Field(strict=False, min_length=1)]


class Contact(_Table):
    """Whom to ask in Sweden."""

    name: str = Field(min_length=1)
    url: str = Field(pattern=r"^https?://", description="en adress som börjar med https://")
    email: str = ""
    phone: str = ""
    address: str = ""


_SENTENCE = r"^$|\bbetalar\b"


class Programme(_Table):
    """A programme that pays.

    `codes` are what sources call it, `prefixes` how its identifiers begin, `municipality` the usual answer there. `funder_share` and `own_share`
    are what is usual there, each as a sentence that names who pays: a bare percentage could be read as the other's.
    """

    id: Id
    name: str = Field(min_length=1)
    codes: Words = ()
    prefixes: Words = ()
    pays: str = ""
    applicants: str = ""
    municipality: Answer = "framgår inte"
    funder_share: str = Field(
        default="", pattern=_SENTENCE, description="en mening som säger vem som betalar: EU betalar 80 procent"
    )
    own_share: str = Field(
        default="", pattern=_SENTENCE, description="en mening som säger vem som betalar: Ni betalar 20 procent"
    )
    language: str = ""
    contact: Contact | None = None

    @model_validator(mode="before")
    @classmethod
    def _has_two_shares(cls, values: Any) -> Any:
        if isinstance(values, dict) and "cofunding" in values:
            raise ValueError("väntade funder_share och own_share i stället för cofunding, som inte säger vem som betalar")
        return values


class ProgrammesFile(_Table):
    """`rules/programmes.toml`."""

    programme: Annotated[tuple[Programme, ...], Field(strict=False, min_length=1)]


FitZone = Literal["title", "summary", "body", "context", "applicants", "conditions"]


class FitRow(_Table):
    """One line of `rules/fit.toml`: what stands in a call, and what that says about who may take part.

    `unless`: the row does not hold when one of these words stands in the same zones.
    """

    id: Id
    reason: str = Field(min_length=1)
    words: Words = ()
    zones: Annotated[tuple[FitZone, ...], Field(alias="in", strict=False, min_length=1)] = (*ALL_ZONES, "applicants")
    programme: Words = ()
    identifier: Words = ()
    action: Words = ()
    unless: Words = ()

    @model_validator(mode="after")
    def _says_something(self) -> FitRow:
        if not (self.words or self.programme or self.identifier or self.action):
            raise ValueError("väntade words, programme, identifier eller action")
        return self


class AnswerRow(FitRow):
    """Row that answers whether a municipality in our county may take part. The first row of the file that holds decides.

    `stated`: the words of the row say who may apply; without it the answer counts as a guess.
    """

    answer: Answer
    stated: bool = False
    score: Annotated[int | None, Field(ge=0, le=100)] = None


class OtherPlace(_Table):
    """Area that is not ours. `alone`: one mention anywhere is enough; else it takes the title, or two such areas in the text.

    `country`: a country whose national pages are told by these words; they do not count where the text invites Sweden as well.
    """

    id: Id
    name: str = Field(min_length=1)
    words: Annotated[Words, Field(min_length=1)]
    alone: bool = False
    country: bool = False


class PlaceGate(_Table):
    """Where a call must be for: `ours` anywhere lets it pass; `languages`, `programme`, `identifier` and `other` stop it."""

    ours: Annotated[Words, Field(min_length=1)]
    languages: Words = ()
    programme: Words = ()
    identifier: Words = ()
    other: Annotated[tuple[OtherPlace, ...], Field(strict=False)] = ()


class FitFile(_Table):
    """`rules/fit.toml`: the gates that stand before the words."""

    place: PlaceGate
    offer: Annotated[tuple[FitRow, ...], Field(strict=False)] = ()
    answer: Annotated[tuple[AnswerRow, ...], Field(strict=False)] = ()
