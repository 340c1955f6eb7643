"""Reading the phrases of mails: catalogues by key (`sv.po`, `en.po`), and the TOML files that earlier versions had instead."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from monitor.errors import MailError
from monitor.translation import Catalogue, CatalogueError, Message, parse_catalogue


def read_phrases(text: str, file: str) -> Catalogue:
    """Return the phrases of a `.po` file by key.

    Raises:
        MailError: The text is not a catalogue; file and line are named.
    """
    try:
        return parse_catalogue(text, file)
    except CatalogueError as error:
        raise MailError(error.where, error.problem) from error


def read_old_phrases(text: str, file: str) -> Catalogue:
    """Return the phrases of a `.toml` file of an earlier version by key.

    An installation's own copy is still read, since the municipality's words would else vanish from its mails without a word.

    Raises:
        MailError: The text is not TOML.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise MailError(file, f"is not valid TOML: {error}") from error
    return Catalogue({key: Message(forms, file, 0) for key, forms in _flat(table, "")})


def _flat(table: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        elif isinstance(value, str):
            yield f"{prefix}{name}", (value,)
        elif isinstance(value, list) and len(value) == 2:
            # Lists of another length were the names of days and months, which now come with the language.
            yield f"{prefix}{name}", tuple(str(form) for form in value)


def unknown_phrases(own: Catalogue, shipped: Catalogue) -> list[str]:
    """Return a problem for each phrase of an own catalogue that no mail uses, with file and line."""
    problems = []
    for key, message in own.messages.items():
        if key not in shipped.messages:
            near = get_close_matches(key, shipped.messages, n=1)
            hint = f" (did you mean {near[0]!r}?)" if near else ""
            problems.append(f"{message.where}: no mail uses a phrase {key!r}{hint}")
    return problems


def changed_phrases(own: Catalogue, shipped: Catalogue) -> list[str]:
    """Return the keys of the phrases whose words differ from the shipped ones, in the order of the own catalogue."""
    return [
        key
        for key, message in own.messages.items()
        if key in shipped.messages and set(message.forms) != set(shipped.messages[key].forms)
    ]
