"""Bound markup before a parser gets it: in length, number and depth of tags, and attributes. Pure.

The parsers in use take more than linear time for some of what they are given (html5ever for deep nesting, libxml2 for many
attributes of one tag), and regular expressions over markup do for tags that never end. One pass over the text, in which no
character is looked at twice, cuts such markup where it stops being a page.
"""

from __future__ import annotations

import json
import re
from collections.abc import Container, Iterator
from itertools import islice
from typing import Any, NamedTuple

import lxml.html
from lxml import etree
from parsel.selector import create_root_node

PAGE_LENGTH = 3_000_000
"""Characters of a page that are read."""
PAGE_TAGS = 100_000
"""Opening tags of a list page that are read. An article has far fewer."""

_INVISIBLE_ELEMENTS = frozenset(("script", "style", "noscript", "template"))
_MAX_DEPTH = 200
_MAX_SCRIPTS = 200
_MAX_TAG_CHARS, _MAX_ATTRIBUTES, _MAX_ATTRIBUTE_CHARS = 2_000, 60, 2_100

_NAME = re.compile(r"/?([a-zA-Z][^\s/><]{0,60}+)")
# The rest of a tag: a quoted value may hold ">". Possessive, so that it ends where it ends and is never tried again.
_REST = re.compile(r"(?:[^>=]++|=\s*+(?:\"[^\"]*+\"|'[^']*+'|(?![\"'])))*+")
_ATTRIBUTE = re.compile(r"[^\s=/>]++(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s\"'>][^\s>]*+))?+")
_RAW = {name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE) for name in ("script", "style", "textarea", "title", "iframe")}
_VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"])
# Elements that a sibling ends by itself; publishing systems leave their end tags out.
_ENDED_BY_SIBLINGS = frozenset(
    [
        "p",
        "li",
        "dt",
        "dd",
        "tr",
        "td",
        "th",
        "tbody",
        "thead",
        "tfoot",
        "option",
        "optgroup",
        "colgroup",
        "caption",
        "rp",
        "rt",
        "a",
        "html",
        "head",
        "body",
    ]
)
# Elements that stay open in the blocks that follow until they are closed themselves (HTML, "list of active formatting elements").
_FORMATTING = frozenset(["b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"])


class BoundedMarkup(NamedTuple):
    """Markup that parsers may be given, and whether its end was cut off."""

    markup: str
    cut: bool


def bound_markup(markup: str, *, length: int = PAGE_LENGTH, tags: int = PAGE_TAGS) -> BoundedMarkup:
    """Return the markup up to where it exceeds `length` characters, `tags` opening tags or 200 levels of nesting.

    Of a tag of more than 2,000 characters the first 60 attributes of ordinary length are kept. A comment, tag or script that
    never ends is cut off, as browsers do (https://html.spec.whatwg.org/multipage/parsing.html).
    """
    text = markup[:length]
    scan = _Scan(text, tags)
    end = scan.run()
    if end == len(text) and not scan.pieces:
        return BoundedMarkup(text, len(text) < len(markup))
    return BoundedMarkup("".join(scan.pieces) + text[scan.kept : end], end < len(markup))


def parse_page(markup: str) -> lxml.html.HtmlElement:
    """Return the root element of a page; an empty one for markup without any. The markup is taken to be bounded."""
    root: lxml.html.HtmlElement = create_root_node(markup, lxml.html.HTMLParser, base_url=None, huge_tree=True)
    return root


def visible_text(root: lxml.html.HtmlElement) -> str:
    """Return the text that a browser without scripts shows, on one line."""
    parts = (text for _, text in walk(root, _INVISIBLE_ELEMENTS) if text)
    return " ".join(" ".join(parts).split())


def linked_data(root: lxml.html.HtmlElement) -> list[Any]:
    """Return the JSON-LD of a page, one value for each script that holds readable JSON.

    Format: https://www.w3.org/TR/json-ld11/#embedding-json-ld-in-html-documents.
    Raw line breaks inside strings, which calendar plug-ins write, are read.
    """
    values = []
    for script in islice(root.iterfind(".//script[@type]"), _MAX_SCRIPTS):
        if "ld+json" not in script.get("type", "").lower():
            continue
        try:
            text = (script.text or "").strip().removeprefix("<![CDATA[").removesuffix("]]>")
            values.append(json.loads(text, strict=False))
        except (ValueError, RecursionError):
            continue
    return values


def walk(root: lxml.html.HtmlElement, without: Container[str]) -> Iterator[tuple[lxml.html.HtmlElement | None, str]]:
    """Yield every element with the text after its start tag, and (None, text) for the text after an end tag, in page order.

    Elements named in `without` are left out with all they hold; comments always are.
    """
    walker = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    for event, element in walker:
        if event == "start":
            if element.tag in without:
                walker.skip_subtree()
            else:
                yield element, element.text or ""
        elif element is not root:
            yield None, element.tail or ""


class _Scan:
    """Pass over markup that finds where to cut it. `pieces` is the text kept before `kept`, where tags were shortened."""

    def __init__(self, text: str, most_tags: int) -> None:
        self.text = text
        self.left = most_tags
        self.pieces: list[str] = []
        self.kept = 0
        self._open: list[str] = []
        self._counts: dict[str, int] = {}
        self._formatting: dict[str, int] = {}

    def run(self) -> int:
        """Return where to cut the text; its length when all of it is within the bounds."""
        text, at = self.text, 0
        while (start := text.find("<", at)) >= 0:
            if text.startswith("<!--", start):
                at = text.find("-->", start + 4) + 3
                if at < 3:
                    return start
            elif text.startswith(("<!", "<?"), start):
                at = text.find(">", start) + 1
                if not at:
                    return start
            elif name := _NAME.match(text, start + 1):
                at = self._tag(start, name)
                if at < 0:
                    return start
            else:
                at = start + 1
        return len(text)

    def _tag(self, start: int, name: re.Match[str]) -> int:
        """Return the place behind a tag (behind the element when it holds raw text), or -1 where the text is to be cut."""
        end = _REST.match(self.text, name.end()).end()  # type: ignore[union-attr]  # it matches anywhere
        if end >= len(self.text) or self.text[end] != ">":
            return -1
        word = name[1].lower()
        if self.text[start + 1] == "/":
            self._close(word)
            return end + 1
        self.left -= 1
        if self.left < 0 or not self._enter(word):
            return -1
        if end - start > _MAX_TAG_CHARS:
            self._shorten(start, name.end(), end)
        if word not in _RAW:
            return end + 1
        closing = _RAW[word].search(self.text, end + 1)
        self._close(word)
        return closing.start() if closing else -1

    def _enter(self, name: str) -> bool:
        """Note an opened element, and return whether its depth is within the bound."""
        if name in _VOID or name in _ENDED_BY_SIBLINGS:
            return True
        if name in _FORMATTING:
            self._formatting[name] = self._formatting.get(name, 0) + 1
        else:
            self._open.append(name)
            self._counts[name] = self._counts.get(name, 0) + 1
        return len(self._open) + sum(self._formatting.values()) <= _MAX_DEPTH

    def _close(self, name: str) -> None:
        if self._formatting.get(name):
            self._formatting[name] -= 1
        elif self._counts.get(name):
            while self._open:
                closed = self._open.pop()
                self._counts[closed] -= 1
                if closed == name:
                    break

    def _shorten(self, start: int, name_end: int, end: int) -> None:
        attributes = []
        for hit in _ATTRIBUTE.finditer(self.text, name_end, end):
            if hit.end() - hit.start() <= _MAX_ATTRIBUTE_CHARS:
                attributes.append(hit[0])
            if len(attributes) == _MAX_ATTRIBUTES:
                break
        self.pieces += (self.text[self.kept : name_end], "".join(f" {attribute}" for attribute in attributes))
        self.kept = end
