"""Source: one publisher's page, feed or API, as a row of `spiders/sources.toml` or of the installation's `monitor.toml`."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from monitor.fields import Caption
from monitor.vocabulary import KIND_LABELS, Kind

READING_GRACE = timedelta(days=2)
"""Delay beyond its interval after which a source counts as not read: a failed night or two is ordinary."""
CLOCK_SLACK = timedelta(hours=1)
"""Time ahead of now that is still believed: clocks are adjusted. More than this comes from a wrong clock."""


ADDRESS_KINDS = {"feed": "flöde", "page": "sida", "calendar": "kalender", "rounds": "sida med ansökningstider"}
"""Kinds of source that an address may be read as, in Swedish; the other kinds are one publisher's each."""
BROWSED_KINDS = frozenset(("page", "calendar"))
"""Kinds of source whose list a browser can run, if the installation has one."""
LANGUAGES = {"sv": "svenska", "en": "engelska", "da": "danska", "nb": "norska", "fi": "finska", "": "känns igen i varje text"}
"""Names of the languages that texts of a source may have, in Swedish, by their codes (ISO 639-1)."""
CONFIRMED_BY = {
    "": "",
    "stored": "sparad sida eller öppen kod",
    "reading": "läst automatiskt",
    "person": "sedd av en person",
    "code": "öppen kod",
    "page": "sparad sida",
}
"""Ways in which an address was confirmed, in Swedish."""
_KINDS = {kind.value: label.many for kind, label in KIND_LABELS.items()}


class Source(BaseModel):
    """Row of a source: data only."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    kind: Annotated[str, Caption("Läses som", form="choice", choices=ADDRESS_KINDS)] = Field(pattern=r"^[a-z][a-z0-9_-]*$")
    """Name of the spider that reads the source (see `spiders/`)."""
    name: Annotated[str, Caption("Namn", "Som det står i mejlen och på sidan Källor.", "ett namn")] = Field(min_length=1)
    url: Annotated[str, Caption("Adress", "Flödets, listans eller kalenderns adress.", "en adress som börjar med https://")] = (
        Field(pattern=r"^https?://")
    )
    publisher: Annotated[str, Caption("Utgivare")] = ""
    language: Annotated[Literal["sv", "en", "da", "nb", "fi", ""], Caption("Språk", choices=LANGUAGES)] = ""
    """Language of the texts (ISO 639-1); empty: detected for each text."""
    publishes: Annotated[
        tuple[Annotated[Kind, Field(strict=False)], ...],
        Caption("Ger", "Vad källan brukar ha.", "minst ett slag", form="many", choices=_KINDS),
    ] = Field((Kind.CALL,), strict=False, min_length=1)
    """Kinds of its items: an item is of the first one unless its text says otherwise."""
    programme: str = ""
    """Programme of all its calls; empty: read from each call."""
    place: Annotated[str, Caption("Gäller bara platsen", "Till exempel Småland. Tomt: hela landet eller EU.")] = ""
    """Area that all its items are limited to, in the publisher's words. Empty: national, EU-wide, or a programme area that holds
    the whole country; also where it tells of calls everywhere."""
    every: Annotated[int, Caption("Läses var så många dagar", "1 är varje dag.")] = Field(default=1, ge=1)
    """Days between two readings. After a reading that failed or was not accepted it is read again the next day."""
    expected: Annotated[int, Caption("Minsta antal poster", "Ger en läsning färre räknas den inte. 0: källan får vara tom.")] = (
        Field(default=0, ge=0)
    )
    """Least number of items of a healthy reading; 0 for a source that may be empty."""
    address: Annotated[
        Literal["confirmed", "unconfirmed"],
        Caption("Adressen är prövad", choices={"confirmed": "ja, den ger rätt sida", "unconfirmed": "nej, inte än"}),
    ] = "unconfirmed"
    """State of `url`: whether a person has seen that it answers with the right page."""
    confirmed: Annotated[str, Field(pattern=r"^(?:\d{4}(?:-\d{2}(?:-\d{2})?)?)?$")] = ""
    """Day, month or year in which the address was last confirmed, as exact as it is known: YYYY-MM-DD, YYYY-MM or YYYY."""
    confirmed_by: Annotated[Literal["", "reading", "person", "code", "page", "stored"], Field()] = ""
    """Way of that: our own reader read it, a person opened it, public code of that time reads it, a stored page has it, or
    stored material has it that does not say whether it is a page or code."""
    enabled: Annotated[
        bool,
        Caption(
            "Läses",
            effect="Det som redan är läst finns kvar i arkivet. Nej: inget nytt läses, och källan räknas inte som trasig.",
        ),
    ] = True
    links: Annotated[
        str, Caption("Länkar som läses", "Mönster (regular expression) för artiklarnas adresser på en listsida.")
    ] = ""
    """Regular expression for the addresses of articles (kinds `page` and `calendar`)."""
    own: Annotated[bool, Caption("Listsidan är själv en utlysning", "Ja: sidan läses också, inte bara länkarnas sidor.")] = False
    """True when the list page is an item itself, beside those that it links to (kind `page`); without `links` it always is."""
    within: str = ""
    """CSS selector of the part of the list page that has the articles (kind `page`)."""
    source_timeout: int = Field(default=0, ge=0, le=86_400)
    """Seconds that a reading may take; 0: as in `[network]`."""
    browser: Annotated[
        bool,
        Caption(
            "Läses med webbläsare",
            "För listor som byggs av skript. EU-bevakningen hämtar allt som sidan ber om, webbläsaren kör bara skripten.",
            effect="Ja: sidans skript körs vid varje läsning, vilket tar längre tid.",
        ),
    ] = False
    """True where a browser is to run the scripts of its list (kinds `page` and `calendar`), if the installation names one."""
    time_zone: str = "Europe/Stockholm"
    note: str = ""
    applicants: Annotated[
        str,
        Caption("Vem kan söka", "Till exempel Kommuner. Gäller utlysningar vars text inte säger det. Tomt: okänt.", form="long"),
    ] = ""
    """Applicants of its calls in the publisher's words, for calls whose text names none. Empty: those of its programme
    (`rules/programmes.toml`), else only what the text of each call says."""
    options: dict[str, Any] = Field(default_factory=dict)
    """Keys of the kind's own."""

    def confirmation(self) -> str:
        """Return when and how the address was confirmed before the installation got it, as a Swedish sentence."""
        if self.address == "unconfirmed":
            return "Ingen har sett att adressen ger rätt sida."
        way = f" ({CONFIRMED_BY[self.confirmed_by]})" if self.confirmed_by else ""
        return f"Adressen är bekräftad {self.confirmed}{way}." if self.confirmed else f"Adressen är bekräftad{way}, okänt när."

    def is_overdue(self, accepted: datetime | None, now: datetime) -> bool:
        """Return whether the last accepted reading is older than `every` days and a grace of two days.

        Args:
            accepted: End of the last accepted reading, None for none. A time ahead of `now` comes from a wrong clock and counts
                as none.
            now: Present time.
        """
        if accepted is None or accepted > now + CLOCK_SLACK:
            return True
        return now - accepted > timedelta(days=self.every) + READING_GRACE
