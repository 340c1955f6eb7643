"""Source: one publisher's page, feed or API, as a row of `spiders/sources.toml` or of the installation's `monitor.toml`."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from monitor.vocabulary import Kind

READING_GRACE = timedelta(days=2)
"""Delay beyond its rhythm after which a source counts as not read: a failed night or two is ordinary."""
CLOCK_SLACK = timedelta(hours=1)
"""A time this much ahead of now was noted by a clock that went wrong; less is a clock being adjusted."""


class Source(BaseModel):
    """One row. A row is data only; `kind` names the spider that reads it (see `spiders/`).

    `publishes` is the kind an item gets when its text does not say otherwise; the first one is the usual one.
    `place` is the area that everything from this source is limited to, in the publisher's words; empty: EU-wide or national.
    `expected` is the least number of items a healthy reading gives; 0 for a source that may be empty.
    `source_timeout` is how many seconds a reading may take; 0: as `[network]` has it.
    `every` is the rhythm in days; after a reading that failed or did not count it is read again the next day. `links` is a regular expression that the address of an article matches (kind `page`),
    `within` a CSS selector for the part of the list page that holds them; `options` are the kind's own.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    kind: str = Field(pattern=r"^[a-z][a-z0-9_-]*$")
    name: str = Field(min_length=1)
    url: str = Field(pattern=r"^https?://")
    publisher: str = ""
    language: Literal["sv", "en", "da", "nb", "fi", ""] = ""
    publishes: tuple[Annotated[Kind, Field(strict=False)], ...] = Field((Kind.CALL,), strict=False, min_length=1)
    programme: str = ""
    place: str = ""
    every: int = Field(default=1, ge=1)
    expected: int = Field(default=0, ge=0)
    address: Literal["confirmed", "unconfirmed"] = "unconfirmed"
    enabled: bool = True
    links: str = ""
    within: str = ""
    source_timeout: int = Field(default=0, ge=0, le=86_400)
    time_zone: str = "Europe/Stockholm"
    note: str = ""
    options: dict[str, Any] = Field(default_factory=dict)

    def is_overdue(self, accepted: datetime | None, now: datetime) -> bool:
        """Return whether the source has not been read whole for longer than `every` days and a grace.

        `accepted` is when its last accepted reading ended, None when there was none. A time ahead of `now` comes from a wrong
        clock and counts as none.
        """
        if accepted is None or accepted > now + CLOCK_SLACK:
            return True
        return now - accepted > timedelta(days=self.every) + READING_GRACE
