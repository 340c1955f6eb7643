"""Pages of another archive: whole, of a form that is known, and signed with the key of the source's row, or refused."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime

from scrapy.http import Response

from monitor.archive.signing import is_signed
from monitor.archive.takeover import FORMAT, VERSION, TakenPage
from monitor.collect.reading import ParsedResponse, ProblemKind
from monitor.sources import Source


def read_page(parsed: ParsedResponse, response: Response, source: Source, now: datetime) -> None:
    """Put a page into `parsed` if it is whole and signed with the key of the source's row. Pure."""
    try:
        parsed.taken.append(check_page(response.body, str(source.options.get("key", ""))))
    except ValueError as error:
        parsed.add_problem(ProblemKind.REFUSED, f"Arkivets sida togs inte emot: {error}.")
        return
    parsed.seen += len(parsed.taken[-1].lines)


def check_page(body: bytes, key: str) -> TakenPage:
    """Return a page that is whole, of this form and signed with a key.

    Raises:
        ValueError: It is not; the text says why, in Swedish.
    """
    content, _, last = body.rstrip(b"\n").rpartition(b"\n")
    content += b"\n"
    try:
        end = json.loads(last)
        signature, digest = str(end["signature"]), str(end["sha256"])
    except (ValueError, TypeError, KeyError) as error:
        raise ValueError("den är avbruten, eller inget arkiv av det här slaget") from error
    if hashlib.sha256(content).hexdigest() != digest or not is_signed(key, content, signature):
        raise ValueError("den är inte signerad med källans nyckel, eller ändrad på vägen")
    head, *lines = (json.loads(line) for line in content.splitlines())
    if head.get("format") != FORMAT or head.get("version") != VERSION:
        raise ValueError(f"den har formen {head.get('format')} {head.get('version')}, som den här versionen inte läser")
    if len(lines) != head["calls"]:
        raise ValueError("den har ett annat antal utlysningar än den säger")
    return TakenPage(since=head["since"], until=head["until"], more=head["more"], lines=tuple(lines))
