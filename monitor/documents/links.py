"""Sorting of a call's links into documents, pages and doubles, and what each document is. Pure.

The Commission's addresses tell: `.../docs/2021-2027/<programme>/wp-call/<year>/call-fiche_<call>_en.pdf` is a call document,
`temp-form` forms, `agr-contr` agreements, `guidance` guides. Elsewhere the words of the link tell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit, urlunsplit

from monitor.calls import Link, is_web_address


class DocumentRole(StrEnum):
    """Purpose of a document for its call."""

    CALL = "call"
    PROGRAMME = "programme"
    OTHER = "other"
    FORM = "form"
    AGREEMENT = "agreement"
    GUIDE = "guide"
    LAW = "law"


ROLE_LABELS: Mapping[DocumentRole, str] = {
    DocumentRole.CALL: "Utlysningens dokument",
    DocumentRole.PROGRAMME: "Arbetsprogram",
    DocumentRole.OTHER: "Dokument",
    DocumentRole.FORM: "Blankett",
    DocumentRole.AGREEMENT: "Avtalsmall",
    DocumentRole.GUIDE: "Vägledning",
    DocumentRole.LAW: "Rättsakt",
}
FETCHED_ROLES = (DocumentRole.CALL, DocumentRole.PROGRAMME, DocumentRole.OTHER)
"""Documents that are about the call or its programme. Forms, agreements and guides are the same for every call of the portal."""

ENDINGS = frozenset({"pdf", "docx", "docm", "xlsx", "xlsm", "doc", "xls"})
"""Endings of addresses and names that are files; `doc` and `xls` cannot be read, which is told."""
_ENDING = re.compile(r"\.([a-z]{3,4})$")
_BROKEN = re.compile(r"[\s<>\"\\]")
_PATHS: tuple[tuple[str, DocumentRole], ...] = (
    ("/call-fiche", DocumentRole.CALL),
    ("/wp-call/", DocumentRole.PROGRAMME),
    ("/temp-form/", DocumentRole.FORM),
    ("/agr-contr/", DocumentRole.AGREEMENT),
    ("/guidance/", DocumentRole.GUIDE),
    ("/ftp/", DocumentRole.GUIDE),
    ("/legal-content/", DocumentRole.LAW),
    ("/eli/", DocumentRole.LAW),
)
_WORDS: tuple[tuple[DocumentRole, tuple[str, ...]], ...] = (
    (DocumentRole.PROGRAMME, (r"\bwork programme", r"\barbetsprogram", r"\bprogramme guide")),
    (
        DocumentRole.CALL,
        (
            r"^call document$",
            r"\bcall text\b",
            r"\bcall for proposals\b",
            r"\butlysning(?:en|s)?\W*(?:text|dokument|pdf)",
            r"^utlysning",
        ),
    ),
    (
        DocumentRole.FORM,
        (r"\bform\b", r"\btemplate\b", r"\bbudget table", r"\bcalculator", "blankett", r"\bmall\b", "ansökningsformulär"),
    ),
    (DocumentRole.AGREEMENT, (r"\bMGA\b", r"\bgrant agreement")),
    (DocumentRole.LAW, (r"\bregulation\b", r"\bförordning")),
    (
        DocumentRole.GUIDE,
        (
            *(r"\bguide", r"\bguidance", r"\bmanual\b", r"\bvägledning", r"\bhandledning", r"_guide_"),
            *(r"\bFAQs?\b", r"\bfrequently asked\b", r"\bprivacy\b", r"\bintegritet"),
        ),
    ),
)
_LABELS = tuple((re.compile("|".join(words), re.IGNORECASE), role) for role, words in _WORDS)


@dataclass(frozen=True, slots=True)
class DocumentLink:
    """Document that a call links to, once per address."""

    url: str
    """Address without the part after #, and without blanks around it."""
    title: str
    role: DocumentRole


@dataclass(frozen=True, slots=True, kw_only=True)
class SortedLinks:
    """Links of one or several calls, by what they lead to."""

    documents: tuple[DocumentLink, ...] = ()
    """Files, each address once, in the order of the links."""
    pages: tuple[str, ...] = ()
    """Addresses of web pages, each once."""
    doubles: int = 0
    """Number of links to an address that came before."""
    broken: tuple[str, ...] = ()
    """Links that are no web address, each once."""


def sort_links(links: Iterable[Link]) -> SortedLinks:
    """Return links by what they lead to. An address with several texts is named by the longest that says what it is."""
    documents: dict[str, DocumentLink] = {}
    pages: dict[str, None] = {}
    broken: dict[str, None] = {}
    doubles = 0
    for link in links:
        address = clean_address(link.url)
        if address in documents or address in pages or (not address and link.url in broken):
            doubles += 1
            if address in documents:
                documents[address] = _better(documents[address], link)
        elif not address:
            broken[link.url] = None
        elif is_file_address(address):
            documents[address] = DocumentLink(address, _title(link.title), role_of(address, link.title))
        else:
            pages[address] = None
    return SortedLinks(documents=tuple(documents.values()), pages=tuple(pages), doubles=doubles, broken=tuple(broken))


def clean_address(url: str) -> str:
    """Return a web address without its fragment and blanks around it, "" for a text that is none."""
    text = url.strip()
    if _BROKEN.search(text) or not is_web_address(text):
        return ""
    return urlunsplit(urlsplit(text)._replace(fragment=""))


def is_file_address(url: str) -> bool:
    """Return whether an address ends as a file does, in its path or in the file name that its query has."""
    return any(_ending(name) in ENDINGS for name in _names(urlsplit(url)))


def role_of(url: str, title: str) -> DocumentRole:
    """Return what a document is for its call, by its address, then by the words of the link."""
    path = urlsplit(url).path.casefold()
    for part, role in _PATHS:
        if part in path:
            return role
    for pattern, role in _LABELS:
        if pattern.search(title):
            return role
    return DocumentRole.OTHER


def _names(parts: SplitResult) -> Iterable[str]:
    yield unquote(parts.path).casefold()
    yield from (value.casefold() for value in parse_qs(parts.query).get("filename", ()))


def _ending(name: str) -> str:
    found = _ENDING.search(name)
    return found[1] if found else ""


def _title(text: str) -> str:
    """Return the words of a link; "" for a full stop that the publisher has made a link of."""
    words = " ".join(text.split())
    return words if any(letter.isalpha() for letter in words) else ""


def _better(known: DocumentLink, link: Link) -> DocumentLink:
    title = _title(link.title)
    role = known.role if known.role is not DocumentRole.OTHER else role_of(known.url, link.title)
    return DocumentLink(known.url, title if len(title) > len(known.title) else known.title, role)
