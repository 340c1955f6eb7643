"""Addresses: those of our own pages, and which given ones are safe to link to or to continue at. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, urlencode

from monitor.calls import is_web_address

_HASH_CHARS = 16
"""Characters of a document's hash in its address."""


def page_address(path: str, language: str = "sv", /, **query: object) -> str:
    """Return the address of a page of ours in a language; query values that are None or "" are left out."""
    values = {name: value for name, value in query.items() if value not in (None, "")}
    if language == "en":
        values.setdefault("lang", "en")
    return f"{path}?{urlencode(values, doseq=True)}" if values else path


def address_in_language(path: str, arg_lists: Mapping[str, list[str]], language: str) -> str:
    """Return the address of the same page, with the same query, in another language."""
    return page_address(path, **{**arg_lists, "lang": language})


def call_path(number: int) -> str:
    """Return the path of the page of the call with a number (`monitor.archive.numbers`)."""
    return f"/u/{number}"


def long_call_path(source: str, call_id: str) -> str:
    """Return the path that a call's page had until November 2026, which leads to the page of a call that has a number."""
    return f"/utlysning/{quote(source, safe='')}/{quote(call_id, safe='')}"


def calendar_path(source: str, call_id: str) -> str:
    """Return the path of a call's calendar file."""
    return f"/kalender/{quote(source, safe='')}/{quote(call_id, safe='')}.ics"


def document_path(digest: str, number: int) -> str:
    """Return the path of a page of a document in the archive, by the first letters of the document's hash."""
    return f"/dokument/{digest[:_HASH_CHARS]}/{number}"


def safe_url(url: str) -> str:
    """Return a publisher's address if it is a plain web address, else "": a feed may hold `javascript:` or a password."""
    text = url.strip()
    return text if is_web_address(text) and not any(char.isspace() or char < " " for char in text) else ""


def typed_address(text: str) -> str:
    """Return an address as a person typed or pasted it: without spaces and line breaks around, and its scheme in small letters.

    Raises:
        ValueError: The text is no address of the web; in Swedish.
    """
    address = text.strip(" \t\r\n\v\f\u00a0\u200b\u200c\u200d\u2060\ufeff")
    if address and any(char.isspace() or char == "\u200b" for char in address):
        raise ValueError("Klistra in en adress i taget, utan mellanslag eller radbrytning inne i den.")
    scheme, mark, rest = address.partition("://")
    if not mark or scheme.casefold() not in ("http", "https") or not rest:
        raise ValueError("Klistra in en adress som börjar med https://.")
    return f"{scheme.casefold()}://{rest}"


def local_path(text: str, default: str = "/") -> str:
    """Return a path of this site to continue at, or `default` for an address that leads elsewhere (an open redirect, CWE-601)."""
    is_local = text.startswith("/") and not text.startswith(("//", "/\\")) and "\\" not in text and text.isprintable()
    return text if is_local else default
