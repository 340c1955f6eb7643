"""From a publisher's HTML to plain text: nothing that runs, no invisible characters, paragraphs kept."""

from __future__ import annotations

import html
import re
import unicodedata

import nh3

# Zero-width and direction marks, soft hyphens left to the analyser; a title must not be able to turn the text around it.
_INVISIBLE = "\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufffe\uffff"
_CONTROL = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
_CONTROLS = re.compile(f"[{_CONTROL}]")
_UNSEEN = re.compile(f"[{_CONTROL}{_INVISIBLE}]")
# JSON and HTML can name half a character: https://www.rfc-editor.org/rfc/rfc8259#section-8.2
_SURROGATE = re.compile("[\ud800-\udfff]")
_LONGEST_TITLE, _LONGEST_WORD = 5_000, 500
_BETWEEN = re.compile(r"(\s+)")
_SPACES = re.compile(r"[^\S\n]+")
_BREAKS = re.compile(r" ?\n[ \n]*\n ?")

# The cleaner parses as browsers do and gives back whole elements without attributes: a tag is then a name and nothing else.
_CLEANER = nh3.Cleaner(
    clean_content_tags={"script", "style", "template", "iframe", "object"}, attributes={"*": set()}, link_rel=None
)
_TAG = re.compile(r"<(/?[a-z0-9]+)>")
_LINE = "article aside br dd details div dt figcaption footer header hr li nav table tr"
_PARAGRAPH = "blockquote dl figure h1 h2 h3 h4 h5 h6 ol p pre ul"
# How many line breaks stand, at the least, where a tag does.
_BREAKS_AT = {
    f"{slash}{name}": number for number, names in ((1, _LINE), (2, _PARAGRAPH)) for name in names.split() for slash in ("", "/")
}
_CLINGS = tuple(',:;.!?")')


def sound(text: str) -> str:
    """The text with what stands for no character (half of a surrogate pair) replaced, so that it can be stored and sent."""
    if text.isascii():
        return text
    try:
        text.encode()  # ten times faster than searching for them
    except UnicodeEncodeError:
        return _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text)
    return text


def short_words(text: str) -> str:
    """The text with every word cut that is longer than any language's: patterns need not be tried on it in all ways there are."""
    # A word twice as long as a window fills one window at least, and most windows tell at their first letters that they hold a space.
    windows = range(_LONGEST_WORD, len(text) - _LONGEST_WORD, _LONGEST_WORD)
    if all(_has_space(text[at : at + _LONGEST_WORD]) for at in windows):
        return text
    return "".join(word if len(word) <= _LONGEST_WORD else f"{word[:_LONGEST_WORD]}…" for word in _BETWEEN.split(text))


def _has_space(text: str) -> bool:
    return " " in text or "\n" in text


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
    markup = sound(markup)
    if not markup or markup.isspace():
        return ""
    if "<" not in markup:
        return plain_text(html.unescape(markup))
    text = _layout(_CLEANER.clean(_CONTROLS.sub("", markup)))
    return plain_text(text) if _UNSEEN.search(text) else short_words(unicodedata.normalize("NFC", text))


def title_text(markup: str) -> str:
    """A title on one line, entities decoded once; markup that a feed put into it is taken out."""
    markup = markup[:_LONGEST_TITLE]
    decoded = html.unescape(markup) if "&" in markup else markup
    return plain_line(html_to_text(decoded) if re.search(r"<\s*/?\s*[a-zA-Z!]", decoded) else decoded)


def _visible(text: str) -> str:
    return unicodedata.normalize("NFC", _UNSEEN.sub("", short_words(sound(text))))


def _layout(clean: str) -> str:
    """The text of cleaned HTML: white space single, one space between elements on a line, breaks where elements have them."""
    found: list[str] = []
    breaks, before = 2, ""
    pieces = _TAG.split(clean)
    for text, tag in zip(pieces[::2], [*pieces[1::2], ""], strict=True):
        if "&" in text:
            text = text.replace("&nbsp;", " ").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
        words = text.split()
        if words:
            if not breaks and (before[-1].isspace() or not (words[0].startswith(_CLINGS) or before.endswith("("))):
                found.append(" ")
            found.append(" ".join(words))
            breaks, before = 0, text
        wanted = _BREAKS_AT.get(tag, 0)
        if wanted > breaks:
            found.append("\n" * (wanted - breaks))
            breaks = wanted
    return "".join(found).strip()
