"""Write the settings of the demo: the sample publishers as sources, a recipient for every department. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from monitor.demo import samples

PORTAL_SOURCE = "funding-tenders"
_LEAST_CALLS = 40
_HEAD = """\
# Inställningar för demonstrationen. Prova gärna på dem:
#   monitor --config {file} search ungdomsutbyte
#   monitor --config {file} status
# Exempelkällorna svarar bara medan `monitor demo` körs; annars går de inte att läsa.

data_dir = "data"

[municipality]
name = "Nässjö kommun"
contact = "eu@example.se"

[rules]
dir = "rules"

[network]
delay = 0.0
allow_loopback = true

[mail]
transport = "files"
"""


def settings_text(*, file: str, base: str, search_path: str, departments: Iterable[str], shipped: Iterable[str]) -> str:
    """Return the text of the demo's `monitor.toml`.

    `base` is the address of the sample server, `shipped` the ids of the shipped sources: all but the portal are switched off.
    """
    tables = [_HEAD.format(file=file)]
    tables += [_table("[recipient]", {"department": name, "email": recipient_address(name)}) for name in departments]
    for source in shipped:
        changed: dict[str, Any] = (
            {"url": f"{base}{search_path}", "expected": _LEAST_CALLS} if source == PORTAL_SOURCE else {"enabled": False}
        )
        tables.append(_table(f"sources.{source}", changed))
    for publisher in samples.load_publishers():
        row = {
            "id": publisher.id,
            "kind": publisher.kind,
            "name": publisher.name,
            "url": f"{base}{publisher.path}",
            "language": publisher.language,
            "publishes": list(publisher.publishes),
            "expected": 1,
        }
        tables.append(_table("[source]", {**row, "links": publisher.links} if publisher.links else row))
    return "\n".join(tables)


def recipient_address(department: str) -> str:
    """Return the made-up address of a department at example.se, which is reserved for examples."""
    return f"{department}@example.se"


def _table(name: str, row: dict[str, Any]) -> str:
    """Return a TOML table. Text, numbers, booleans and lists of text are written in TOML as in JSON."""
    return f"[{name}]\n" + "".join(f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in row.items())
