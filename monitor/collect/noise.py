"""Remove buttons, counters, today's date and banners, so that a page changes only when its text does. Pure."""

from __future__ import annotations

import re

import lxml.html

from monitor.collect.markup import visible_text
from monitor.collect.text import table_row

_DAYS = r"(?:mån|tis|ons|tors|fre|lör|sön)dag(?:en)?|(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_MONTHS = (
    r"jan(?:uari|uary)?|feb(?:ruari|ruary)?|mars|march|april?|maj|may|juni?|june|juli?|july|"
    r"aug(?:usti|ust)?|sep(?:tember)?|okt(?:ober)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_DAY = rf"(?:(?:den\s+)?\d{{1,2}}(?:\s*:?e)?\.?\s+(?:{_MONTHS})\.?(?:\s+\d{{4}})?|\d{{4}}-\d\d-\d\d)"
_TIME = r"(?:,?\s*(?:kl\.?|klockan|at)?\s*\d{1,2}[.:]\d{2}(?:[.:]\d{2})?)"
_NUMBER = r"\d[\d\s.,\u00a0]*"

_MAX_NOISE_CHARS = 120
"""Characters of a line that is tried as noise; longer ones are text, and slow to try."""

_LINES = re.compile(
    "|".join(
        (
            # buttons and helps of the publishing systems
            r"lyssna(?: på sidan)?|skriv ut(?: sidan)?|dela(?: sidan| på facebook| via e-post)?|tipsa en vän|"
            r"hoppa till huvudinnehåll(?:et)?|till toppen|tillbaka|läs mer|"
            r"skip to (?:main )?content|back to top|share(?: this page)?|print(?: this page)?|read more|listen",
            r"länk till annan webbplats(?:, öppnas i nytt fönster)?\.?|öppnas i nytt fönster\.?|"
            r"opens in (?:a )?new (?:window|tab)\.?",
            r"(?:fick du|hjälpte) (?:hjälp av )?(?:informationen|den här sidan)[^\n]*\?|"
            r"var (?:sidan|informationen) (?:till hjälp|användbar)\?|was this page (?:helpful|useful)\?|expired!",
            r"\[missing text [^\]\n]*\]",
            # counters
            rf"(?:antal\s+)?(?:sid)?(?:visningar|besök|läsningar|träffar|nedladdningar|views|hits|"
            rf"page\s?views)\s*:?\s*{_NUMBER}|{_NUMBER}\s*(?:sid)?(?:visningar|läsningar|views|page\s?views|hits)",
            rf"(?:sidan|artikeln|this page)\s+(?:har\s+)?(?:visats|lästs|besökts|has been (?:viewed|"
            rf"read))\s+{_NUMBER}\s*(?:gånger|times)\.?",
            rf"besökare (?:just nu|på sidan)\s*:?\s*{_NUMBER}",
            # today, and how long ago
            rf"(?:i\s?dag|today)\s*(?:är det|is)?\s*:?,?\s*(?:(?:{_DAYS}),?\s*)?{_DAY}{_TIME}?\.?",
            rf"(?:{_DAYS}),?\s+{_DAY}{_TIME}",
            r"(?:klockan är\s+|kl\.?\s+)?\d{1,2}[.:]\d{2}[.:]\d{2}",
            r"(?:publicera[dt]|uppdatera[dt]|ändra[dt]|published|updated|posted)?\s*:?\s*(?:för\s+)?(?:\d+|en|ett|"
            r"an?)\s+(?:minuter?|timm(?:e|ar)|dag(?:ar)?|veck(?:a|or)|månad(?:er)?|minutes?|hours?|days?|weeks?|"
            r"months?)\s+(?:sedan|sen|ago)",
            rf"(?:sidan\s+)?(?:senast\s+)?(?:uppdatera[dt](?:es)?|granska[dt](?:es)?|ändra[dt]|last\s+(?:updated|"
            rf"modified)|updated)\s*(?:den|on|av [^\n]{{0,40}})?\s*:?\s*(?:den\s+)?(?:(?:{_DAYS}),?\s*)?{_DAY}{_TIME}?\.?",
        )
    ),
    re.IGNORECASE,
)
_FIRST_DAY = re.compile(rf"\A\s*(?:(?:publicera[dt]|published)\s*:?\s*)?{_DAY}{_TIME}?\s*(?=\n)", re.IGNORECASE)
_SUM = (
    r"(?:högst |upp till |max |totalt |cirka |ca |up to )?"
    r"(?:\d[\d\s.,\u00a0]{0,20}(?:%|procent|kronor|kr\b|mkr|tkr|miljon|miljard|million|billion|euro|eur\b|€|sek\b)|(?:eur|€|sek)\s?\d)"
)
_LABEL = re.compile(rf"(?:^|(?<=\n))[-•* ]{{0,6}}([^\W\d][^\n.!?\d:]{{2,38}}?) ?:? ?\n[-•* ]{{0,6}}(?={_SUM})", re.IGNORECASE)
# The same phrases within a line of text.
_INSIDE = re.compile(
    r" ?\(?\blänk till annan webbplats(?:, öppnas i nytt fönster)?\.?\)?|\[missing text [^\]\n]*\]", re.IGNORECASE
)


def join_labels_to_amounts(text: str) -> str:
    """Return the text with each label and the amount of money on the line below it on one line, as in tables."""
    return _LABEL.sub(r"\1: ", text)


def remove_boilerplate(text: str) -> str:
    """Return the text without buttons, counters and dates of the day, which change while the article does not."""
    text = _FIRST_DAY.sub("", text)
    kept = [
        line
        for line in _INSIDE.sub("", text).split("\n")
        if len(line) > _MAX_NOISE_CHARS or not _LINES.fullmatch(line.strip(" \t*•·|-–"))
    ]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


# Cookie banners, by the names that their elements have in the usual consent managers and in publishers' own.
_BANNER = re.compile(
    r"cookie|consent|gdpr|onetrust|didomi|usercentrics|klaro|\bcc-(?:window|banner)|\bcmp\b|kakor\b", re.IGNORECASE
)
_MAX_BANNER_SHARE, _MAX_BANNERS = 0.4, 20
_NO_BANNERS = frozenset(("html", "head", "body", "main", "article"))
_COOKIES = re.compile(r"\b(?:cookies?|kakor(?:na)?|kakfil\w*|webbkakor|informationskapsler|evästeitä)\b", re.IGNORECASE)
_ASKS = re.compile(
    r"\b(?:använd\w*|samtyck\w*|godkänn\w*|accept\w*|tillåt\w*|uses?|using|consent\w*|allow\w*|bruger|bruker|käytämme|"
    r"inställningar|settings)\b",
    re.IGNORECASE,
)
_MAX_BUTTON_CHARS, _MAX_HEADINGS = 60, 6
_MIN_CELLS = 3
"""Cells of the rows of a table that has headings of columns; a row of two is a label and its value."""


def drop_banners(root: lxml.html.HtmlElement) -> None:
    """Remove the cookie banners from a parsed page. An element with more than 40 per cent of the page's text is none."""
    page_chars = 0
    banners: list[lxml.html.HtmlElement] = []
    for element in root.iter("div", "section", "aside", "dialog", "form", "p", "span", "footer", "header"):
        names = f"{element.get('id') or ''} {element.get('class') or ''} {element.get('aria-label') or ''}"
        if element.tag not in _NO_BANNERS and _BANNER.search(names):
            banners.append(element)
    for element in banners[:_MAX_BANNERS]:
        page_chars = page_chars or len(visible_text(root))
        if element.getparent() is not None and len(visible_text(element)) <= _MAX_BANNER_SHARE * page_chars:
            element.drop_tree()


# Menus that are no `<nav>`, by the names that publishing systems give them.
_MENU = re.compile(r"\b(?:menu|meny|nav|navbar|navigation|navigering|breadcrumbs?)\b|(?:menu|meny|navigation)\b", re.IGNORECASE)
_MIN_MENU_LINKS, _MIN_LINK_SHARE, _MAX_MENUS = 3, 0.6, 40


def drop_menus(root: lxml.html.HtmlElement) -> None:
    """Remove the menus from a parsed page, so that an article of one line is not given the words of its site's menu.

    A `<nav>` is a menu; a page's head and an element that is named as a menu are where most of their text is links.
    """
    candidates = [element for element in root.iter("nav", "header", "div", "ul", "section") if _may_be_menu(element)]
    for element in candidates[:_MAX_MENUS]:
        if element.getparent() is not None and next(element.iter("main", "article", "h1"), None) is None and _is_menu(element):
            element.drop_tree()


def _may_be_menu(element: lxml.html.HtmlElement) -> bool:
    names = f"{element.get('id') or ''} {element.get('class') or ''} {element.get('role') or ''}"
    return element.tag in ("nav", "header") or bool(_MENU.search(names))


def _is_menu(element: lxml.html.HtmlElement) -> bool:
    if element.tag == "nav" or (element.get("role") or "").strip().lower() == "navigation":
        return True
    links = [visible_text(link) for link in element.iter("a")]
    return len(links) >= _MIN_MENU_LINKS and sum(map(len, links)) >= _MIN_LINK_SHARE * len(visible_text(element))


def remove_banner_text(text: str, title: str) -> str:
    """Return the text without the lines of a cookie banner at its beginning or below its first headings.

    "" for a text that is nothing else. A page about cookies keeps them.
    """
    lines = text.split("\n")
    start = next((number for number, line in enumerate(lines[:_MAX_HEADINGS]) if _COOKIES.search(line) or _is_content(line)), 0)
    if _COOKIES.search(title) or not (
        _COOKIES.search(lines[start]) and any(_ASKS.search(line) for line in lines[start : start + 3])
    ):
        return text
    after = (number for number, line in enumerate(lines) if number > start and not _COOKIES.search(line) and _is_content(line))
    end = next(after, len(lines))
    return "\n".join(lines[:start] + lines[end:]).strip() if end < len(lines) else ""


def _is_content(line: str) -> bool:
    """Return whether a line is more than a button or a heading of a banner."""
    return len(line) > _MAX_BUTTON_CHARS or any(sign.isdigit() for sign in line)


def join_terms(root: lxml.html.HtmlElement) -> None:
    """Join each term of a `<dl>` to its one description, as "Plats: Stadshuset"; the article reader makes two items of them."""
    for term in list(root.iter("dt")):
        description = term.getnext()
        if (
            description is None
            or description.tag != "dd"
            or (description.getnext() is not None and description.getnext().tag == "dd")
        ):
            continue
        words = visible_text(term).rstrip(": ")
        if words and len(words) <= _MAX_BUTTON_CHARS and visible_text(description):
            description.text = f"{words}: {(description.text or '').lstrip()}"
            term.drop_tree()


def label_cells(text: str) -> str:
    """Return the text with the heading of its column before each cell of a table: "Sista dag: 1 mars | Högst: 50 000 kr".

    A table is lines of at least three cells; its first line names the columns, so it has no figures. Rows of another number of
    cells stay as they are.
    """
    if " | " not in text:
        return text
    lines: list[str] = []
    names: list[str] = []
    for line in text.split("\n"):
        cells = [cell.strip() for cell in line.split(" | ")]
        if len(cells) < _MIN_CELLS:
            names = []
        elif len(cells) == len(names):
            line = " | ".join(f"{name}: {cell}" for name, cell in zip(names, cells, strict=True))
        elif not names and all(len(cell) <= _MAX_BUTTON_CHARS and not re.search(r"[0-9.:]", cell) for cell in cells):
            names = cells
        lines.append(line)
    return "\n".join(lines)


def flatten_table_rows(text: str) -> str:
    """Return the text with the rows of tables, as the article reader writes them ("| Budget | 5 mnkr |"), as plain lines."""
    if "|" not in text:
        return text
    lines = []
    for line in text.split("\n"):
        if len(line) > 1 and line.startswith("|") and line.endswith("|"):
            if line.strip("|- :"):
                lines.append(table_row([cell.strip() for cell in line.strip("|").split("|")]))
        else:
            lines.append(line)
    return "\n".join(lines)
