"""Remove persons from the JSON answers of publishers before they are kept: `authorSurname`, `phone` and their like. Pure."""

from __future__ import annotations

import json
import re
from typing import Any

# Keys whose values name a person or reach one; no reader of such an answer needs them.
_PERSON_KEY = re.compile(
    r"^author(?!it)|mail|phone|mobile|\bfax|contact|kontakt|first_?name|sur_?name|last_?name|officer|spokes|person", re.IGNORECASE
)
_MAIL_ADDRESS = re.compile(r"(?:mailto:)?[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,8}[a-z]{2,24}", re.IGNORECASE)


def json_without_persons(body: bytes) -> bytes:
    """Return a JSON answer without the values that name persons; nothing of one that is cut, as they cannot be found there."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return b"" if body.lstrip()[:1] in (b"{", b"[") else body
    try:
        bare = _without_persons(data)
    except RecursionError:
        return b""
    return body if bare == data else json.dumps(bare, ensure_ascii=False).encode("utf-8", "surrogatepass")


def without_mail_addresses(text: str) -> str:
    """Return a text without the mail addresses in it."""
    return _MAIL_ADDRESS.sub("", text)


def _without_persons(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_persons(part) for key, part in value.items() if not _PERSON_KEY.search(key)}
    return [_without_persons(part) for part in value] if isinstance(value, list) else value
