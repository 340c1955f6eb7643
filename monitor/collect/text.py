"""From a publisher's HTML to plain text: nothing that runs, no invisible characters, paragraphs kept."""

from __future__ import annotations

import html
import re
import unicodedata
from functools import partial

import html_text
import lxml.html
import nh3
from lxml.etree import ParserError

# Zero-width and direction marks, soft hyphens left to the analyser; a title must not be able to turn the text around it.
_INVISIBLE = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufffe\uffff]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_SPACES = re.compile(r"[^\S\n]+")
_BREAKS = re.compile(r" ?\n[ \n]*\n ?")
_NO_TEXT = {"script", "style", "template", "noscript", "iframe", "object", "svg"}


def plain_line(text: str) -> str:
    """One line of plain text: entities kept as they are, invisible characters gone, white space single."""
    return " ".join(_visible(text).split())


def plain_text(text: str) -> str:
    """Several lines of plain text, at most one blank line between paragraphs."""
    tidy = _SPACES.sub(" ", _visible(text).replace("\r\n", "\n").replace("\r", "\n"))
    return _BREAKS.sub("\n\n", re.sub(r" ?\n ?", "\n", tidy)).strip()


def html_to_text(markup: str) -> str:
    """The readable text of an HTML fragment, paragraphs and list items on lines of their own; "" for no text.

    Tags that are broken or unknown are survived; script, style and the like give nothing.
    """
    if not markup or not markup.strip():
        return ""
    if "<" not in markup:
        return plain_text(html.unescape(markup))
    safe = nh3.clean(_CONTROL.sub("", markup), clean_content_tags=_NO_TEXT - {"noscript", "svg"}, link_rel=None)
    try:
        tree = lxml.html.fromstring(f"<div>{safe}</div>")
    except ParserError:
        return ""
    return plain_text(_layout(tree))


def title_text(markup: str) -> str:
    """A title on one line, entities decoded once; markup that a feed put into it is taken out."""
    decoded = html.unescape(markup) if "&" in markup else markup
    return plain_line(html_to_text(decoded) if re.search(r"<\s*/?\s*[a-zA-Z!]", decoded) else decoded)


def _visible(text: str) -> str:
    return unicodedata.normalize("NFC", _INVISIBLE.sub("", _CONTROL.sub("", text)))


_layout = partial(html_text.etree_to_text, guess_layout=True)
