"""Translating: gettext catalogues (`.po`) for pages, mails, fit cards and jobs.

The form of the files: https://www.gnu.org/software/gettext/manual/html_node/PO-Files.html
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from monitor.errors import MonitorError

_FOLDER = Path(__file__).parent / "locale"
_LINE = re.compile(r'#.*|(?:(?:msgctxt|msgid|msgid_plural|msgstr(?:\[\d\])?)\s*)?"(?:[^"\\]|\\.)*"')
_POLIB_LINE = re.compile(r"\(line (\d+)\)")
_MSGID = re.compile(r"\s*msgid\s")
_PLURAL = re.compile(r"plural=([^;]*)")


class CatalogueError(MonitorError):
    """Error of a catalogue that cannot be read. `where` is its file with the line."""


@dataclass(frozen=True, slots=True)
class Message:
    """Translation of one message."""

    forms: tuple[str, ...]
    """The text; for a message that counts, the text for each plural form, first the one for a single thing."""
    file: str
    line: int
    """Line of its msgid in the file, from 1; 0 where the file has another form."""

    @property
    def where(self) -> str:
        """Return file and line, as errors name them."""
        return f"{self.file}, line {self.line}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Messages of one language by msgid."""

    messages: Mapping[str, Message] = field(default_factory=dict)
    plural: Callable[[int], int] = field(default_factory=lambda: gettext.c2py("n != 1"))
    """Return the plural form for a number."""

    def text(self, key: str, n: int | None = None) -> str | None:
        """Return the translation of `key`, for a message that counts in the form for `n`; None where there is none."""
        message = self.messages.get(key)
        if message is None:
            return None
        if len(message.forms) == 1:
            return message.forms[0]
        return None if n is None else message.forms[min(self.plural(n), len(message.forms) - 1)]

    def laid_over(self, below: Catalogue) -> Catalogue:
        """Return both catalogues as one; a message of this one replaces the same of `below`."""
        return Catalogue({**below.messages, **self.messages}, self.plural)

    def __iter__(self) -> Iterator[str]:
        return iter(self.messages)


def parse_catalogue(text: str, file: str) -> Catalogue:
    """Return the catalogue that the text of a `.po` file holds. Messages without a translation, and fuzzy ones, are left out.

    Raises:
        CatalogueError: The text is not a catalogue, or has a message twice; `file` and the line are named.
    """
    text = text.removeprefix("\ufeff")  # which some editors of Windows put first
    for number, line in enumerate(text.splitlines(), 1):
        # polib drops the last letter of a text without its closing quotation mark.
        if line.strip() and not _LINE.fullmatch(line.strip()):
            raise CatalogueError(f"{file}, line {number}", f'is not a line of a catalogue such as msgstr "...": {line.strip()}')
    # No command waits for polib that translates nothing.
    import polib

    try:
        entries = polib.pofile(f"{text}\n")
        plural = _PLURAL.search(entries.metadata.get("Plural-Forms", ""))
        form_of = gettext.c2py(plural[1] if plural else "n != 1")
    except (OSError, ValueError) as error:
        found = _POLIB_LINE.search(str(error))
        where = f"{file}, line {found[1]}" if found else file
        raise CatalogueError(where, "is not a catalogue: a msgid without msgstr, or a word that gettext does not know") from error
    current = [entry for entry in entries if not entry.obsolete]
    # polib counts from the comment above an entry. The header is no entry, but is a msgid of the file.
    places = [number for number, line in enumerate(text.splitlines(), 1) if _MSGID.match(line)]
    messages: dict[str, Message] = {}
    for entry, place in zip(current, places[len(places) - len(current) :], strict=True):
        if entry.msgid in messages:
            raise CatalogueError(f"{file}, line {place}", f"the message {entry.msgid!r} is there twice")
        forms = tuple(form for _, form in sorted(entry.msgstr_plural.items())) if entry.msgid_plural else (entry.msgstr,)
        messages[entry.msgid] = Message(() if entry.fuzzy or not all(forms) else forms, file, place)
    return Catalogue({key: message for key, message in messages.items() if message.forms}, form_of)


@cache
def program_catalogue(language: str) -> Catalogue:
    """Return the program's own catalogue of a language. Swedish has none: its texts are the msgids."""
    file = _FOLDER / f"{language}.po"
    return parse_catalogue(file.read_text("utf-8"), str(file)) if file.exists() else Catalogue()


def translate(text: str, language: str) -> str:
    """Return a Swedish text of the program in another language; one without a translation stays Swedish."""
    if language == "sv":
        return text
    found = program_catalogue(language).text(text)
    return text if found is None else found


def translate_count(one: str, many: str, n: int, language: str) -> str:
    """Return the form for `n` of a Swedish text that counts, in another language, with `{n}` filled in."""
    found = None if language == "sv" else program_catalogue(language).text(one, n)
    return (found or (one if n == 1 else many)).format(n=n)


def has_translation(text: str, language: str) -> bool:
    """Return whether a Swedish text of the program can be shown in the language."""
    return language == "sv" or text in program_catalogue(language).messages
