"""Addresses of the links of a mail, at which the archive in a browser answers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from monitor.calls import Call, CallKey, is_eu_call, is_web_address
from monitor.digest.wording import Wording
from monitor.language.one_line import shorten
from monitor.vocabulary import Kind

# Stands in stored mails where the recipient's own token goes; it needs no quoting in an address, in HTML or in a header.
RECIPIENT_TOKEN = "RECIPIENT-TOKEN"  # noqa: S105 - a place, not a secret

_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
# In a link to a digest's page: only what the mail itself leaves to the link.
THE_REST = "resten"
_NAME_LIMIT = 40
"""Characters of a publisher's name in the words of a link."""


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses below the installation's base address, of pages in the mail's language."""

    base_url: str
    language: str = "sv"
    numbers: Mapping[CallKey, int] = field(default_factory=dict)
    """Number of each call in the archive, which makes its address."""

    def _at(self, path: str, **query: str) -> str:
        if self.language != "sv":
            query["lang"] = self.language
        address = f"{self.base_url.rstrip('/')}/{path}"
        return f"{address}?{urlencode(query)}" if query else address

    def call(self, call: Call) -> str:
        """Return the address of the call's page in the archive: /u/NUMBER, or for a call without a number /u/`CallKey.short`."""
        return self._at(f"u/{self.numbers.get(call.key) or call.key.short}")

    def identity(self, call: Call) -> str:
        """Return the name of a call for programs, such as readers of feeds. It leads to the page as well, and never changes."""
        return self._at(f"utlysning/{quote(call.source, safe='')}/{quote(call.call_id, safe='')}")

    def digest(self, digest: str, **query: str) -> str:
        """Return the address of the page with exactly the items of one digest; `query` narrows it to some of them."""
        return self._at(f"utskick/{quote(digest, safe='')}", **query)

    def department(self, department: str) -> str:
        """Return the address of the department's page."""
        return self._at(f"forvaltning/{quote(department, safe='')}")

    def answer(self, token: str, answer: str) -> str:
        """Return the address of the page on which a department answers about a call."""
        return self._at(f"svar/{token}", svar=answer)

    def short_answer(self, call: CallKey, mark: str, answer: str) -> str:
        """Return the short address of the same page, of a call with a number: /s/NUMBER-MARK (`Signer.mark`)."""
        return self._at(f"s/{self.numbers[call]}-{mark}", svar=answer)

    def plan(self, token: str) -> str:
        """Return the address of a department's plan for a call; the token is that of an answer."""
        return self._at(f"svar/{token}/plan")

    def leave(self, **query: str) -> str:
        """Return the address of the page on which a recipient stops the mails; the token is filled in when the mail is sent."""
        return self._at(f"avsluta/{RECIPIENT_TOKEN}", **query)

    def confirm(self, token: str) -> str:
        """Return the address of the page on which a sign-up for the mails is confirmed."""
        return self._at(f"anmal/{token}")

    def sources(self) -> str:
        """Return the address of the page about the sources and how their reading went."""
        return self._at("kallor")


def publisher_url(call: Call) -> str:
    """Return the publisher's page if it is a plain web address, else "": a feed may hold `javascript:`.

    Line breaks, other controls and halves of surrogate pairs, which no address holds (RFC 3986, section 2), are left out.
    """
    url = _CONTROLS.sub("", call.url).strip()
    return url if is_web_address(url) else ""


def publisher_words(call: Call, source: str, wording: Wording) -> str:
    """Return the words of the link to the publisher's page: where it leads, and in which language. `source` is its name."""
    if is_eu_call(call):
        words = wording.say("link.portal" if call.kind is Kind.CALL else "link.eu")
    else:
        words = wording.say("link.publisher" if call.kind is Kind.CALL else "link.source", source=shorten(source, _NAME_LIMIT))
    return f"{words} {note}" if (note := language_note(call, wording)) else words


def language_note(call: Call, wording: Wording) -> str:
    """Return the words after a text in another language than the reader's, that say which: (engelska)."""
    if not call.language or call.language == wording.language:
        return ""
    return wording.say("card.title_language", language=wording.language_name(call.language))
