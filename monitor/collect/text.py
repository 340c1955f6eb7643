"""Turn a publisher's HTML into plain text, without scripts and invisible characters, with its paragraphs."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Sequence
from typing import Any

import nh3

from monitor.collect.markup import bound_markup

TITLE_LENGTH = 500
"""Characters of a title that are kept."""
_MAX_TITLE_MARKUP = 8 * TITLE_LENGTH
_MAX_MARKUP_CHARS, _MAX_MARKUP_TAGS = 500_000, 20_000
"""Characters and tags of one entry, description or page section that are read."""

# Zero-width and direction marks, soft hyphens left to the analyser; a title must not be able to turn the text around it.
_INVISIBLE = "\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufffe\uffff"
_CONTROL = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
_CONTROLS = re.compile(f"[{_CONTROL}]")
_HIDDEN = re.compile(f"[{_CONTROL}{_INVISIBLE}]")
_MAX_WORD_CHARS = 500
_BETWEEN = re.compile(r"(\s+)")
_SPACES = re.compile(r"[^\S\n]+")
_BREAKS = re.compile(r" ?\n[ \n]*\n ?")

# The cleaner parses as browsers do and gives back whole elements without attributes: a tag is then a name and nothing else.
_CLEANER = nh3.Cleaner(
    clean_content_tags={"script", "style", "template", "iframe", "object"}, attributes={"*": set()}, link_rel=None
)
_TAG = re.compile(r"<(/?[a-z0-9]+)>")
# Elements that publishers put into titles. Other words between angle brackets ("<AI>") are words.
_IN_TITLES = (
    "a abbr b bdi bdo big br cite code del dfn div em font h1 h2 h3 h4 h5 h6 i iframe img ins kbd li link mark meta object ol p "
    "pre q s samp script small span strike strong style sub sup svg template time title tt u ul var wbr"
)
_MARKUP = re.compile(rf"<(?:/?(?:{'|'.join(_IN_TITLES.split())})(?=[\s/>])|!--)", re.IGNORECASE)
_REFERENCE = re.compile(rb"&#(x[0-9a-f]+|[0-9]+);?", re.IGNORECASE)
_REFERENCES = re.compile(rb"(?:&#(?:x[0-9a-f]++|[0-9]++);?)++", re.IGNORECASE)
_CELL = "\x1f"
_CELLS = frozenset(("td", "th"))
_MAX_LABEL_CHARS = 60
_LINE = "article aside br dd details div dt figcaption footer header hr li nav table tr"
_PARAGRAPH = "blockquote dl figure h1 h2 h3 h4 h5 h6 ol p pre ul"
# Line breaks, at the least, in place of a tag.
_BREAKS_AT = {
    f"{slash}{name}": number for number, names in ((1, _LINE), (2, _PARAGRAPH)) for name in names.split() for slash in ("", "/")
}
_NO_SPACE_BEFORE = tuple(',:;.!?")')


def shorten_words(text: str) -> str:
    """Return the text with words of more than 500 characters cut, on which patterns may take more than linear time."""
    # A word twice as long as a window fills at least one window, and most windows have a space among their first letters.
    windows = range(_MAX_WORD_CHARS, len(text) - _MAX_WORD_CHARS, _MAX_WORD_CHARS)
    if all(_has_space(text[at : at + _MAX_WORD_CHARS]) for at in windows):
        return text
    return "".join(word if len(word) <= _MAX_WORD_CHARS else f"{word[:_MAX_WORD_CHARS]}…" for word in _BETWEEN.split(text))


def _has_space(text: str) -> bool:
    return " " in text or "\n" in text


def repair_surrogates(text: str) -> str:
    r"""Return the text without surrogates: a pair becomes its character, a lone one U+FFFD.

    Entities (`&#55357;`) and JSON escapes (`\ud83d`) can hold such halves, which neither UTF-8 nor SQLite can store. All
    functions of this module that return text call it; `whole_values` does so for parsed JSON.
    """
    if text.isascii():
        return text
    try:
        text.encode()  # ten times faster than searching for halves
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def whole_values(value: Any) -> Any:
    """Return a parsed JSON value in which every string has passed `repair_surrogates`, also the names of objects.

    Raises: RecursionError when the value is nested deeper than Python follows.
    """
    if isinstance(value, str):
        return repair_surrogates(value)
    if isinstance(value, list):
        return [whole_values(part) for part in value]
    if isinstance(value, dict):
        return {whole_values(name): whole_values(part) for name, part in value.items()}
    return value


def repair_references(body: bytes) -> bytes:
    """Return markup in an encoding that keeps ASCII, with the character references in it that name no character replaced.

    Halves that belong together (`&#55357;&#56832;`) become their character; lone halves and numbers beyond Unicode become U+FFFD.
    XML parsers refuse them, and feedparser fails on the whole feed.
    """
    return _REFERENCES.sub(_mend_references, body)


def _mend_references(run: re.Match[bytes]) -> bytes:
    numbers = [_number(hit[1]) for hit in _REFERENCE.finditer(run[0])]
    if not any(number > 0x10FFFF or 0xD800 <= number < 0xE000 for number in numbers):
        return run[0]
    signs = repair_surrogates("".join(chr(number) if number <= 0x10FFFF else "\ufffd" for number in numbers))
    return "".join(f"&#{ord(sign)};" for sign in signs).encode()


def _number(reference: bytes) -> int:
    if len(reference) > 9:
        return 0x110000
    return int(reference[1:], 16) if reference[:1] in b"xX" else int(reference)


def plain_line(text: str) -> str:
    """Return one line of plain text: entities kept as they are, invisible characters gone, white space single."""
    return " ".join(_visible(text).split())


def plain_text(text: str) -> str:
    """Return several lines of plain text, at most one blank line between paragraphs."""
    tidy = _SPACES.sub(" ", _visible(text).replace("\r\n", "\n").replace("\r", "\n"))
    return _BREAKS.sub("\n\n", re.sub(r" ?\n ?", "\n", tidy)).strip()


def html_to_text(markup: str) -> str:
    """Return the readable text of an HTML fragment, paragraphs, list items and table rows on lines of their own; "" for no text.

    Broken and unknown tags are ignored; script, style and the like have no text. Of a fragment of more than 500,000
    characters or 20,000 tags, or nested more than 200 deep, the beginning is read.
    """
    if not markup or markup.isspace():
        return ""
    markup = repair_surrogates(markup[:_MAX_MARKUP_CHARS])
    if "<" not in markup:
        return plain_text(html.unescape(markup))
    clean = bound_markup(_CONTROLS.sub("", markup), length=_MAX_MARKUP_CHARS, tags=_MAX_MARKUP_TAGS).markup
    text = _layout(_CLEANER.clean(clean))
    return plain_text(text) if _HIDDEN.search(text) else shorten_words(unicodedata.normalize("NFC", text))


def title_text(markup: str) -> str:
    """Return a title on one line of at most 500 characters, entities decoded once; markup that a feed put into it is taken out.

    Text that only looks like markup ("Stöd till <AI>") is kept.
    """
    markup = markup[:_MAX_TITLE_MARKUP]
    decoded = html.unescape(markup) if "&" in markup else markup
    if _MARKUP.search(decoded):
        decoded = html_to_text(_escape_other_tags(decoded))
    return plain_line(decoded)[:TITLE_LENGTH].rstrip()


def table_row(cells: Sequence[str]) -> str:
    """Return a row of a table as one line: "Budget: 5 miljoner kronor" for a label and its value, else cells with " | " between.

    Cells are never joined by white space alone: figures of neighbouring cells would become one number.
    """
    cells = [cell for cell in cells if cell]
    if len(cells) == 2 and len(cells[0]) <= _MAX_LABEL_CHARS and not any(sign.isdigit() for sign in cells[0]):
        return f"{cells[0].removesuffix(':').rstrip()}: {cells[1]}"
    return " | ".join(cells)


def _escape_other_tags(title: str) -> str:
    """Return the title with every "<" that begins none of the elements in `_IN_TITLES` written as an entity."""
    pieces: list[str] = []
    at = 0
    for hit in _MARKUP.finditer(title):
        pieces += (title[at : hit.start()].replace("<", "&lt;"), hit[0])
        at = hit.end()
    return "".join((*pieces, title[at:].replace("<", "&lt;")))


def _visible(text: str) -> str:
    return unicodedata.normalize("NFC", _HIDDEN.sub("", shorten_words(repair_surrogates(text))))


def _layout(clean: str) -> str:
    """Return the text of cleaned HTML: single spaces, also between elements on a line, and breaks where elements have them."""
    found: list[str] = []
    breaks, before, next_cell, in_table = 2, "", False, False
    pieces = _TAG.split(clean)
    for text, tag in zip(pieces[::2], [*pieces[1::2], ""], strict=True):
        if "&" in text:
            text = text.replace("&nbsp;", " ").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
        words = text.split()
        if words:
            if next_cell:
                found.append(_CELL)
                next_cell, in_table = False, True
            elif not breaks and (before[-1].isspace() or not (words[0].startswith(_NO_SPACE_BEFORE) or before.endswith("("))):
                found.append(" ")
            found.append(" ".join(words))
            breaks, before = 0, text
        wanted = _BREAKS_AT.get(tag, 0)
        if wanted > breaks:
            found.append("\n" * (wanted - breaks))
            breaks, next_cell = wanted, False
        elif tag in _CELLS and not breaks:
            next_cell = True
    text = "".join(found).strip()
    if not in_table:
        return text
    return "\n".join(table_row(line.split(_CELL)) if _CELL in line else line for line in text.split("\n"))
