"""Source: one publisher's page, feed or API, as a row of `spiders/sources.toml` or of the installation's `monitor.toml`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from monitor.calls import Kind


class Source(BaseModel):
    """One row. A row is data only; `kind` names the spider that reads it (see `spiders/`).

    `publishes` is the kind an item gets when its text does not say otherwise; the first one is the usual one.
    `place` is the area that everything from this source is limited to, in the publisher's words; empty: EU-wide or national.
    `expected` is the least number of items a healthy reading gives; 0 for a source that may be empty.
    `source_timeout` is how many seconds a reading may take; 0: as `[network]` has it.
    `every` is the rhythm in days. `links` is a regular expression that the address of an article matches (kind `page`),
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
