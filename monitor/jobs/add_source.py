"""Write a row that `sources find` found into the installation's settings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from monitor.config import Config
from monitor.errors import ConfigError
from monitor.jobs.members import open_installation, refuse_member
from monitor.jobs.save_settings import SETTINGS, save_edits
from monitor.toml_edit import Edit, EditRequest
from monitor.web.views.settings_form import make_id

READING = "reading"
"""Value of `confirmed_by` for an address that our own reader has read."""


def add_found_row(config: Config, found: Mapping[str, Any], number: int | None, now: datetime) -> str:
    """Write a row of the answer of `sources find` into `monitor.toml`, and return the id that it was given.

    Args:
        config: The installation.
        found: The answer.
        number: Number of the row, from 1; None for the first one, if it is sure.
        now: Time of the change.

    Raises:
        ConfigError: There is no such row, it is uncertain and was not chosen by its number, its address is read already, or the
            settings cannot be written.
    """
    refuse_member(config, "en ny källa")
    rows, address = found["rows"], str(found["address"])
    if not rows or (number or 1) > len(rows):
        raise ConfigError(address, f"har ingen rad {number or 1} att skriva. {' '.join(found['problems'])}".strip())
    chosen = rows[(number or 1) - 1]
    if number is None and not chosen["sure"]:
        raise ConfigError(
            address,
            f"den bästa raden är osäker och skrivs inte av sig själv: {' '.join(chosen['doubts'])}"
            " Stämmer den ändå, skriv den med: --row 1",
        )
    row = dict(chosen["row"])
    known = next((source for source in config.sources if source.url.rstrip("/") == str(row["url"]).rstrip("/")), None)
    if known is not None:
        raise ConfigError(address, f"läses redan: {known.id} ({known.name})")
    row["id"] = make_id(str(row["name"]), [{"id": source.id} for source in config.sources])
    if chosen["sure"]:
        row |= {"address": "confirmed", "confirmed": now.date().isoformat(), "confirmed_by": READING}
    request = EditRequest(
        file=SETTINGS,
        edits=(Edit(("source", row["id"]), row),),
        mark="",
        who="monitor sources find",
        note=f"Hittad via {address}",
    )
    with open_installation(config) as archive:
        outcome = save_edits(archive, config, request, now)
    if outcome.problems:
        raise ConfigError(str(config.path or SETTINGS), " ".join(outcome.problems))
    return str(row["id"])
