"""A funded project and its partners, as every importer hands them over, and the sources that they come from."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

FETCHED_PREFIX = "hamtad-"
"""Beginning of the names of pages that the program fetched; files that a person laid beside them are left alone."""
LEFT_OUT = "leftOut"
"""Field that a fetched page has when rows were left out before it was kept: their number."""


class PartnerRole(StrEnum):
    """Part of an organisation in a project."""

    COORDINATOR = "coordinator"
    PARTNER = "partner"
    ASSOCIATED = "associated"
    """Takes part without money of its own from the programme: its share is unknown, never "won 0"."""
    THIRD_PARTY = "third_party"


ROLE_LABELS = {
    PartnerRole.COORDINATOR: "samordnare",
    PartnerRole.PARTNER: "partner",
    PartnerRole.ASSOCIATED: "associerad partner",
    PartnerRole.THIRD_PARTY: "tredje part",
}
"""Swedish label of each role."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Award:
    """Project that a programme has funded, from one row of a publisher."""

    key: str
    """The publisher's own key of the project, unique within the source."""
    programme: str
    """Programme as the publisher names it, such as "LIFE" or "Interreg North Sea"."""
    title: str
    acronym: str = ""
    call: str = ""
    """Code of the call, such as "LIFE-2023-SAP-NAT"; "" when the publisher does not say."""
    topic: str = ""
    """Code of the topic, finer than the call; "" when the publisher does not say."""
    summary: str = ""
    starts: str = ""
    """First day, ISO 8601, or ""."""
    ends: str = ""
    year: int | None = None
    """Year of the call, or of the start when the publisher does not name the call's year."""
    total: Decimal | None = None
    """Whole budget in `currency`; None when not stated."""
    granted: Decimal | None = None
    """Part that the programme pays, in `currency`; None when not stated."""
    currency: str = "EUR"
    area: str = ""
    """Area that the project has effect in, which is not where its partners are; "" when not stated."""
    url: str = ""
    """Page of the project at its publisher, or ""."""
    is_sum: bool = False
    """True for what organisations got in several projects together, when the publisher does not name the projects."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """Organisation in a project, from one row of a publisher."""

    project: str
    """Key of the project."""
    name: str
    """Name as the publisher writes it; "" when it is missing."""
    role: PartnerRole = PartnerRole.PARTNER
    country: str = ""
    """ISO 3166 code of two letters (UK and EL become GB and GR), or ""."""
    place: str = ""
    """Town, or "" when not stated."""
    region: str = ""
    """NUTS 3 area as the publisher writes it, name or code."""
    kind: str = ""
    """Type of organisation in the publisher's words."""
    pic: str = ""
    """Participant Identification Code of the EU, nine digits, or ""."""
    number: str = ""
    """Swedish organisation number, ten digits, or ""."""
    vat: str = ""
    """VAT number from `fields.vat_number`, or ""."""
    granted: Decimal | None = None
    """Own share of what the programme pays, in the project's currency; None when not stated."""
    budget: Decimal | None = None
    """Own part of the whole budget, in the project's currency; None when not stated."""


Item = Award | Participant
"""Row that an importer yields. A project comes before its participants, though not always directly before them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Publisher of funded projects, with the file that it is read from."""

    id: str
    name: str
    """Publisher and contents, shown to people in Swedish."""
    url: str
    """Page where a person finds the file."""
    licence: str
    fetched: str = ""
    """Address of the file when the program can fetch it; "" for files that a person places in the folder."""
    months: int = 1
    """Months between two fetches."""
    language: str = "en"
    """Language of the projects' titles, for programs that read pages aloud."""
    shares_add_up: bool = False
    """True when the participants' shares of a project are together its grant, so that a cut list of participants shows."""
    has_shares_of_grants: bool = False
    """True when the participants' shares of a project are parts of its grant, though some may not be stated."""


_PORTAL_SEARCH = "https://api.tech.ec.europa.eu/search-api/prod/rest/search"

ORIGINS = {
    origin.id: origin
    for origin in (
        Origin(
            id="cordis-horizon",
            name="CORDIS, Horisont Europa",
            url="https://cordis.europa.eu/projects",
            licence="CC BY 4.0",
            fetched="https://cordis.europa.eu/data/cordis-HORIZONprojects-csv.zip",
            shares_add_up=True,
        ),
        Origin(
            id="cordis-h2020",
            name="CORDIS, Horisont 2020",
            url="https://cordis.europa.eu/projects",
            licence="CC BY 4.0",
            fetched="https://cordis.europa.eu/data/cordis-h2020projects-csv.zip",
            months=6,
            shares_add_up=True,
        ),
        Origin(
            id="kohesio",
            language="sv",
            name="Kohesio, EU:s fonder i Sverige",
            url="https://kohesio.ec.europa.eu/",
            licence="CC BY 4.0",
            fetched="https://kohesio.ec.europa.eu/data/projects/latest_SE.csv",
        ),
        Origin(id="keep", name="keep.eu, Interreg", url="https://keep.eu/", licence="keep.eu, med länk tillbaka"),
        Origin(
            id="interreg",
            name="Interregbarometern, svenska partner 2021–2027",
            url="https://keep.eu/",
            licence="framgår inte",
        ),
        Origin(
            id="erasmus",
            name="Erasmus+ och Europeiska solidaritetskåren, beviljade projekt",
            url="https://erasmus-plus.ec.europa.eu/projects",
            licence="CC BY 4.0",
            fetched="https://ec.europa.eu/programmes/service/search/project/search",
            months=3,
        ),
        Origin(
            id="portal",
            name="EU:s ansökningsportal, beviljade projekt",
            url="https://ec.europa.eu/info/funding-tenders/opportunities/portal/screen/opportunities/projects-results",
            licence="CC BY 4.0",
            fetched=_PORTAL_SEARCH,
            has_shares_of_grants=True,
        ),
        Origin(
            id="dashboard",
            name="EU:s ansökningsportal, export ur statistiken",
            url="https://dashboard.tech.ec.europa.eu/",
            licence="CC BY 4.0",
        ),
        Origin(
            id="life",
            name="LIFE, projektdatabasen",
            url="https://webgate.ec.europa.eu/life/publicWebsite/",
            licence="CC BY 4.0",
            fetched="https://webgate.ec.europa.eu/life/publicWebsite/api/rest/dissemination/search/excel",
            months=3,
        ),
        Origin(
            id="esf",
            language="sv",
            name="ESF-rådets projektbank",
            url="https://www.esf.se/resultat/projektbanken/",
            licence="framgår inte",
        ),
        Origin(
            id="projektbank",
            language="sv",
            name="Tillväxtverkets projektbank, regionalfonden 2014–2020",
            url="https://tillvaxtverket.se/",
            licence="framgår inte",
        ),
        Origin(
            id="vinnova",
            language="sv",
            name="Vinnova, beviljade projekt",
            url="https://data.vinnova.se/api/",
            licence="CC0",
            # Projects that were changed since then: the publisher's server gives up on ten years at once.
            fetched="https://data.vinnova.se/api/projekt/2021-01-01",
        ),
    )
}
"""Every source of funded projects, by id."""
LISTS = {
    origin.id: origin
    for origin in (
        Origin(
            id="closed-calls",
            name="EU:s ansökningsportal, stängda utlysningar",
            url="https://ec.europa.eu/info/funding-tenders/opportunities/portal/screen/opportunities/calls-for-proposals",
            licence="CC BY 4.0",
            fetched=_PORTAL_SEARCH,
        ),
        Origin(
            id="portal-updates",
            name="EU:s ansökningsportal, nyheter om utlysningar",
            url="https://ec.europa.eu/info/funding-tenders/opportunities/portal/screen/opportunities/calls-for-proposals",
            licence="CC BY 4.0",
            fetched=_PORTAL_SEARCH,
        ),
    )
}
"""Lists that tell of calls instead of projects, by id: they are added to and never replaced."""
