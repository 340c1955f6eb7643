"""Models of the rule files: themes, concepts and tables, checked key by key while they are built."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from monitor.fields import Caption

Id = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", description="små bokstäver a-z, siffror och bindestreck")]
Words = Annotated[tuple[Annotated[str, Field(min_length=1)], ...], Field(strict=False)]
Zone = Literal["title", "summary", "body", "context"]
Answer = Literal["ja", "som partner", "nej", "framgår inte"]
ALL_ZONES: tuple[Zone, ...] = ("title", "summary", "body", "context")
SHORT_TITLE = 24
"""Characters of a theme's short title: so many have room in every subject line of a mail, beside the day and the count."""
ShortTitle = Annotated[str, Field(max_length=SHORT_TITLE)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True)


class Condition(_Table):
    """Condition on a call: terms in its text, its programme, its identifier, or several of them together.

    `concepts` stands for all terms of the concepts of these ids, as if they were written behind `words`.
    """

    words: Words = ()
    concepts: Words = ()
    zones: Annotated[tuple[Zone, ...], Field(alias="in", strict=False, min_length=1)] = ALL_ZONES
    programme: Words = ()
    identifier: Words = ()
    """Patterns such as `ERASMUS-SPORT-*`."""

    @model_validator(mode="after")
    def _says_something(self) -> Condition:
        if not (self.words or self.concepts or self.programme or self.identifier):
            raise ValueError("väntade words, concepts, programme eller identifier")
        return self

    @property
    def structural(self) -> bool:
        """Return True for a condition without terms: such a signal can never carry a call over the threshold alone."""
        return not (self.words or self.concepts)

    @property
    def in_text(self) -> bool:
        """Return True for a condition that looks in the text of a call, not in its title or its keywords alone."""
        return "body" in self.zones


_WEIGHT = "ett heltal från -10 till 10, inte 0"
Weight = Annotated[int, Field(ge=-10, le=10, description=_WEIGHT)]


class SharedSignal(Condition):
    """Row of `rules/signals.toml`: a signal that several themes have, each with a weight of its own."""

    id: Id
    reason: str = ""
    """Purpose of the signal, for the person who reads the form of a theme."""
    needs: Words = ()
    """Terms of which one must be in some zone as well."""
    needs_concepts: Words = ()
    """Concepts whose terms count as written in `needs`."""


class SignalsFile(_Table):
    """File `rules/signals.toml`."""

    signal: Annotated[tuple[SharedSignal, ...], Field(strict=False, min_length=1)]


class Signal(SharedSignal):
    """Condition that speaks for a theme (weight above 0) or against it (below)."""

    weight: Weight

    @model_validator(mode="after")
    def _weighs_something(self) -> Signal:
        if self.weight == 0:
            raise ValueError(f"väntade en vikt: {_WEIGHT}")
        return self


class Veto(Condition):
    """Condition that rules a theme out, whatever speaks for it."""

    id: str = ""

    @property
    def name(self) -> str:
        """Return the id, else the first term, concept, programme or identifier."""
        return self.id or next(iter((*self.words, *self.concepts, *self.programme, *self.identifier)))


class Example(_Table):
    """Text that must match the theme, or must not; tried whenever the rules are checked."""

    title: str = Field(min_length=1)
    text: str = ""
    context: str = ""
    """Text of its surroundings: the title of a parent call or the publisher's keywords, which count for half."""
    programme: str = ""
    identifier: str = ""
    match: bool = True
    """True for a text that must match, False for a text that must not."""
    note: str = ""


class ThemeHead(_Table):
    """Head of a theme: its subject and the departments it concerns."""

    id: Id
    title: str = Field(min_length=1)
    short: ShortTitle = ""
    """Title in the subject lines of mails; needed where `title` is longer than SHORT_TITLE."""
    english: str = ""
    """Title in English, for mails in English; empty: that of `rules/areas.toml`, else the Swedish one."""
    english_short: ShortTitle = ""
    """English title in subject lines; empty: that of `rules/areas.toml`, else the English title."""
    departments: Annotated[tuple[str, ...], Field(strict=False, min_length=1)]
    strategy: Annotated[tuple[str, ...], Field(strict=False, min_length=1)]
    goals: Annotated[tuple[str, ...], Field(strict=False)] = ()
    sdgs: Annotated[tuple[Annotated[int, Field(ge=1, le=17)], ...], Field(strict=False)] = ()
    signals: dict[str, Weight] = {}
    """Weights of the theme's shared signals by their ids in `rules/signals.toml`; 0 for a signal that the theme does not want."""
    state: Literal["live", "draft"] = "live"
    probation: date | None = None
    """Last day on which the calls of this theme go to the coordinator instead of the departments; None for no probation."""
    documents: bool = False
    """True when words in the call's own documents count as well, for the signals that look in the text."""
    yields: bool = False
    """True when the departments get no call by this theme that the theme of another department clearly takes.

    It is for subjects that cut across, such as courses on EU money: a course on waste water is for the water company alone.
    """
    note: str = ""

    def is_on_probation(self, day: date) -> bool:
        """Return True when the theme sends nothing to a department on this day, because its calls are tried first."""
        return self.probation is not None and day <= self.probation


class ThemeFile(_Table):
    """File of `rules/themes/`."""

    theme: ThemeHead
    signal: Annotated[tuple[Signal, ...], Field(strict=False, min_length=1)]
    veto: Annotated[tuple[Veto, ...], Field(strict=False)] = ()
    example: Annotated[tuple[Example, ...], Field(strict=False)] = ()

    @property
    def own_signals(self) -> tuple[Signal, ...]:
        """Return the signals that the file of the theme has itself, without the shared ones behind them."""
        return tuple(signal for signal in self.signal if signal.id not in self.theme.signals)

    def signal_path(self, number: int) -> tuple[str | int, ...]:
        """Return the place of a signal in the file of the theme: its row, or the weight of a shared signal."""
        name = self.signal[number].id
        return ("theme", "signals", name) if name in self.theme.signals else ("signal", number)

    @property
    def conditions(self) -> tuple[Signal | Veto, ...]:
        """Return the signals, then the vetoes, each in the order of the file."""
        return (*self.signal, *self.veto)


NORMAL_THRESHOLD = 6.0
"""Points at which a theme reaches a department that has not chosen otherwise, and that the examples of themes reach."""


class Department(_Table):
    """Board, office or company that gets a digest."""

    id: Id
    name: Annotated[str, Caption("Namn", "Som det står i mejlen.", "ett namn")] = Field(min_length=1)
    mandate: Annotated[
        str, Caption("Uppdrag", "En mening om vad förvaltningen gör. Den står på sidan Förvaltningar.", form="long")
    ] = ""
    kind: Annotated[
        str,
        Caption(
            "Slag", "Till exempel förvaltning, bolag eller förbund. Till ett bolag skriver mejlen ”kommunen kan söka”, inte ”ni”."
        ),
    ] = ""
    threshold: Annotated[
        float,
        Caption(
            "Tröskel i poäng",
            "Så många poäng måste ett tema ge en utlysning för att den ska nå förvaltningen. Höj den för den som får för mycket.",
            "ett tal större än 0 och högst 100",
        ),
    ] = Field(NORMAL_THRESHOLD, gt=0, le=100, strict=False)
    """Points at which a theme reaches the department."""
    enabled: Annotated[
        bool,
        Caption(
            "Får mejl",
            "Nej: förvaltningen får inga mejl, och inga utlysningar väljs ut för den.",
            effect="Temana pekar fortfarande på förvaltningen, så det går att slå på den igen.",
        ),
    ] = True

    @property
    def is_company(self) -> bool:
        """Return whether the department is a company of the municipality by its kind, such as "bostadsbolag"."""
        return "bolag" in self.kind.casefold()


class DepartmentsFile(_Table):
    """File `rules/departments.toml`."""

    department: Annotated[tuple[Department, ...], Field(strict=False, min_length=1)]


class Area(_Table):
    """Strategic area."""

    id: Id
    name: str = Field(min_length=1)
    text: str = ""


class Goal(_Table):
    """Goal of the strategy."""

    id: Id
    name: str = Field(min_length=1)
    text: str = ""


class GlobalGoal(_Table):
    """Goal of the seventeen of Agenda 2030."""

    number: int = Field(ge=1, le=17)
    name: str = Field(min_length=1)


class AreasFile(_Table):
    """File `rules/areas.toml`."""

    area: Annotated[tuple[Area, ...], Field(strict=False, min_length=1)]
    goal: Annotated[tuple[Goal, ...], Field(strict=False, min_length=1)]
    sdg: Annotated[tuple[GlobalGoal, ...], Field(strict=False, min_length=1)]
    priority: Annotated[tuple[str, ...], Field(strict=False)] = ()
    """Ids of the themes that the strategy names as of special weight; their calls come first in a mail."""
    english: dict[str, str] = {}
    """English titles of themes by id, for mails in English."""
    english_short: dict[str, ShortTitle] = {}
    """The same for subject lines, where the title is too long for them."""


class Contact(_Table):
    """Contact in Sweden for a programme."""

    name: Annotated[str, Caption("namn", "Myndigheten eller organisationen.", "ett namn")] = Field(min_length=1)
    url: Annotated[str, Caption("webbadress", expects="en adress som börjar med https://")] = Field(
        pattern=r"^https?://", description="en adress som börjar med https://"
    )
    email: Annotated[str, Caption("e-post", form="email")] = ""
    phone: Annotated[str, Caption("telefon")] = ""
    address: Annotated[str, Caption("postadress")] = ""


_SENTENCE = r"^$|\bbetalar\b"


class Programme(_Table):
    """Programme that pays.

    `funder_share` and `own_share` are the usual shares, each as a sentence that names who pays: a bare percentage could be read
    as the other's.
    """

    id: Id
    name: Annotated[str, Caption("Namn", expects="ett namn")] = Field(min_length=1)
    codes: Words = ()
    """Codes of the programme at the sources."""
    prefixes: Words = ()
    """First parts of the programme's identifiers."""
    pays: Annotated[str, Caption("Vad programmet betalar", form="long")] = ""
    applicants: Annotated[str, Caption("Vilka som söker", form="long")] = ""
    municipality: Annotated[
        Answer,
        Caption("Kan en kommun vara med", "Hur det brukar vara. En utlysning som säger något annat går före."),
    ] = "framgår inte"
    """Usual answer to whether a municipality may take part."""
    funder_share: Annotated[
        str,
        Caption(
            "Vad finansiären betalar",
            "Hela meningar som säger vem: EU betalar 80 procent.",
            "en mening med ordet betalar, som EU betalar 80 procent",
            form="long",
        ),
    ] = Field(default="", pattern=_SENTENCE, description="en mening som säger vem som betalar: EU betalar 80 procent")
    own_share: Annotated[
        str,
        Caption(
            "Vad ni betalar",
            "Hela meningar som säger vem: Ni betalar 20 procent.",
            "en mening med ordet betalar, som Ni betalar 20 procent",
            form="long",
        ),
    ] = Field(default="", pattern=_SENTENCE, description="en mening som säger vem som betalar: Ni betalar 20 procent")
    language: Annotated[str, Caption("Ansökans språk")] = ""
    contact: Annotated[Contact | None, Caption("Kontakt")] = None

    @model_validator(mode="before")
    @classmethod
    def _has_two_shares(cls, values: Any) -> Any:
        if isinstance(values, dict) and "cofunding" in values:
            raise ValueError("väntade funder_share och own_share i stället för cofunding, som inte säger vem som betalar")
        return values


class ProgrammesFile(_Table):
    """File `rules/programmes.toml`."""

    programme: Annotated[tuple[Programme, ...], Field(strict=False, min_length=1)]


FitZone = Literal["title", "summary", "body", "context", "applicants", "conditions"]


class FitRow(_Table):
    """Row of `rules/fit.toml`: a condition on a call, and its consequence for who may take part.

    `concepts` and `unless_concepts` stand for the terms of these concepts, as if they were written in `words` and `unless`.
    """

    id: Id
    reason: str = Field(min_length=1)
    words: Words = ()
    concepts: Words = ()
    zones: Annotated[tuple[FitZone, ...], Field(alias="in", strict=False, min_length=1)] = (*ALL_ZONES, "applicants")
    programme: Words = ()
    identifier: Words = ()
    action: Words = ()
    unless: Words = ()
    """Terms of which none may be in the zones of the row."""
    unless_concepts: Words = ()

    @model_validator(mode="after")
    def _says_something(self) -> FitRow:
        if not (self.words or self.concepts or self.programme or self.identifier or self.action):
            raise ValueError("väntade words, concepts, programme, identifier eller action")
        return self


class OfferRow(FitRow):
    """Row that says that a page is nothing to apply for."""

    unless_open: bool = False
    """True when the row does not hold for a page with a last day that says that municipalities may take part."""
    unless_dated: bool = False
    """True when the row does not hold for a call with a last day."""


class AnswerRow(FitRow):
    """Row that answers whether a municipality in our county may take part. The first row of the file that holds decides."""

    answer: Answer
    stated: bool = False
    """True when the terms of the row say who may apply; else the answer counts as a guess."""
    score: Annotated[int | None, Field(ge=0, le=100)] = None


class OtherPlace(_Table):
    """Area that is not ours."""

    id: Id
    name: str = Field(min_length=1)
    words: Annotated[Words, Field(min_length=1)]
    alone: bool = False
    """True when one mention anywhere is enough; else it takes the title, or two such areas in the text."""
    country: bool = False
    """True for a country whose national pages these terms tell; they do not count where the text invites Sweden as well."""


class PlaceGate(_Table):
    """Gate of the place: `ours` anywhere lets a call pass; `languages`, `programme`, `identifier` and `other` stop it."""

    ours: Annotated[Words, Field(min_length=1)]
    languages: Words = ()
    programme: Words = ()
    identifier: Words = ()
    other: Annotated[tuple[OtherPlace, ...], Field(strict=False)] = ()


class FitFile(_Table):
    """File `rules/fit.toml`: the gates."""

    place: PlaceGate
    offer: Annotated[tuple[OfferRow, ...], Field(strict=False)] = ()
    answer: Annotated[tuple[AnswerRow, ...], Field(strict=False)] = ()


class ConceptRow(_Table):
    """Concept of a file of `rules/concepts/`: one meaning, with its terms in dictionary form."""

    id: Id
    sv: Annotated[Words, Field(min_length=1)]
    en: Annotated[Words, Field(min_length=1)]
    broader: str = ""
    """Id of the concept of the wider subject. It says how concepts lie; neither rules nor the search are widened by it."""
    programme: Words = ()
    """Ids of the programmes that the concept is."""
    also: bool = False
    """True when a term of the concept stands in another one on purpose."""
    note: str = ""


class ConceptFile(_Table):
    """File of `rules/concepts/`: the concepts of one subject area."""

    title: str = Field(min_length=1)
    subject: bool = True
    """False for concepts that say who pays and how one applies, not what a project is about."""
    concept: Annotated[tuple[ConceptRow, ...], Field(strict=False, min_length=1)]


class GenericFile(_Table):
    """File `rules/generic.toml`: terms that nearly every call has. They add points, but never complete a threshold alone."""

    words: Words = ()
    concepts: Words = ()
