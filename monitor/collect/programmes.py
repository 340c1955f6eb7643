"""Find the programme of a text by its name, its abbreviation or the prefix of a topic's identifier. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

# Topic and call identifiers of the EU portal: LIFE-2026-SAP-CLIMA-GOV, HORIZON-CL5-2026-02-D3-01, CERV-2026-CITIZENS-TOWN-TT.
IDENTIFIER = re.compile(
    r"(?<![\w-])[A-Z][A-Za-z0-9]{1,11}(?:-[A-Za-z0-9]+){0,4}-20[2-9][0-9]-[A-Z0-9][A-Za-z0-9]*(?:-[A-Za-z0-9]+){0,6}(?![\w-])"
)
_MIN_NAME_CHARS = 4
"""Characters of a name that is looked for; shorter ones mean other things too often."""


def find_identifiers(text: str) -> tuple[str, ...]:
    """Return the portal's identifiers that a text names, each once, in order."""
    return tuple(dict.fromkeys(hit[0] for hit in IDENTIFIER.finditer(text)))


class Programmes:
    """Index of the programmes of `rules/programmes.toml` by code and by name."""

    def __init__(self, rows: Iterable[Mapping[str, Any]] = ()) -> None:
        self.codes: dict[str, str] = {}
        names: dict[str, str] = {}
        for row in rows:
            programme = str(row["id"])
            self.codes.update({str(code): programme for code in row.get("codes", [])})
            for name in _names(row):
                # A name that two programmes share finds neither.
                names[name] = "" if names.get(name, programme) != programme else programme
        self._names = {name: programme for name, programme in names.items() if programme}
        longest_first = sorted(self._names, key=len, reverse=True)
        self._pattern = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, longest_first))})(?!\w)") if longest_first else None

    def __repr__(self) -> str:
        return f"Programmes({sorted(self.codes.items())}, {sorted(self._names.items())})"

    def of_code(self, code: str) -> str:
        """Return our id for a publisher's code; the code itself where it is not known."""
        return self.codes.get(code, code)

    def named(self, *texts: str) -> str:
        """Return the id of the programme that the first text with any names; "" when it names several, or no text names one."""
        for text in texts:
            programmes = {self._names[hit[0]] for hit in self._pattern.finditer(text)} if self._pattern else set()
            if programmes:
                return programmes.pop() if len(programmes) == 1 else ""
        return ""


def _names(row: Mapping[str, Any]) -> Iterable[str]:
    full = str(row.get("name", ""))
    plain = re.sub(r"\s*\([^)]*\)", "", full)
    if "," not in plain and len(plain) >= _MIN_NAME_CHARS:
        yield plain
    for letters in re.findall(r"\(([^)]*)\)", full):
        if letters[:1].isupper() and len(letters) >= _MIN_NAME_CHARS:
            yield letters
    for prefix in row.get("prefixes", []):
        if len(prefix) >= _MIN_NAME_CHARS and prefix.isalnum():
            yield str(prefix)
