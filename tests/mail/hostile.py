"""Titles as a hostile publisher writes them: each tries to end a header, begin another, or hide what it is."""

from base64 import b64encode

_LINES = ("\r\n", "\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029", "\x00", "\x1e")
_HEADERS = (
    "Bcc: a@evil.example",
    "X-Evil: 1",
    "Content-Type: text/html",
    "Subject: other",
    "To: a@evil.example",
    "",
    "\r\n<b>body</b>",
)


def _q(text: str, charset: str = "utf-8") -> str:
    return f"=?{charset}?q?{''.join(f'={byte:02X}' for byte in text.encode(charset))}?="


def _b(text: str, charset: str = "utf-8") -> str:
    return f"=?{charset}?b?{b64encode(text.encode(charset)).decode()}?="


_INJECTED = [f"Stöd{line}{header}" for line in _LINES for header in _HEADERS]
_ENCODED = [encode(f"A\r\n{header}") for header in _HEADERS for encode in (_q, _b, lambda text: _q(text, "latin-1"))]
_WORDS = [
    "=?utf-8?q?=FF?=",
    "=?utf-8?q?=FF?= stod till bibliotek",
    "=?utf-8?b?//79?=",
    "=?utf-8?q?",
    "?=",
    "=?=",
    "=?x?y?z?=",
    "=?utf-16?b?AAA=?=",
    "=?unknown-8bit?q?=E5?=",
    "=?utf-8?q?=?utf-8?q?=0D=0ABcc:_a=40evil.example?=?=",
    "a =?utf-8?q?b?= =?utf-8?q?c?= d",
    "=?utf-8?q?a?==?utf-8?q?b?=",
    "=?us-ascii*en?q?hej?=",
    "=?utf-8?q?=0D=0A=0D=0A?=" * 5,
    "=\r\n?utf-8?q?=0AX-Evil:_1?=",
]
_TEXTS = [
    "Bcc: a@evil.example",
    "Content-Type: text/html; charset=utf-8",
    "\u202eekcab\u202c och \u2066dold\u2069",
    "\u0645\u0646\u062d \u0627\u0644\u0628\u0644\u062f\u064a\u0627\u062a",
    "\u200f\u200e\u061c",
    "\ufeffStöd\ufeff",
    "\U0001f600" * 90,
    "\U0001f468\u200d\U0001f469\u200d\U0001f467 familjer",
    "e" + "\u0301" * 400,
    "å" * 200,
    "å ä ö " * 60,
    "a" * 1_000,
    "ord " * 300,
    " ",
    "\t\t",
    '"',
    '""" \\" \\',
    "\\\r\n",
    "<script>alert(1)</script>",
    "<b>fet</b> & co &amp; <!-- -->",
    "]]> ${x} {{ x }} {% raw %} %s {0} {title}",
    "'; DROP TABLE calls; --",
    "läsningen av källorna, läsningen av källorna, läsningen av källorna",
    "a@b.example, c@d.example; e@f.example: <g@h.example>",
    ".\r\n.\r\nQUIT",
    "--=_0\r\nContent-Type: text/html",
    "BEGIN:VCALENDAR\r\nEND:VEVENT",
    "From a@evil.example Mon Jan  1 00:00:00 2026",
    "=" * 500,
    "=0D=0ABcc: a@evil.example",
    "%0d%0aBcc:%20a@evil.example",
    "\x1b[31mröd\x1b[0m",
    "\x7f\x80\x9f",
    "\ufffe\uffff\U0010ffff",
    "\U000e0041\U000e0042",
    "Stöd till bibliotek " * 50_000,
]
_MIXED = [f"{text[:40]}{word}" for text in _TEXTS[:20] for word in _WORDS[:3]]

TITLES = [*_INJECTED, *_ENCODED, *_WORDS, *_TEXTS, *_MIXED]
HALVES = ["Stöd \ud83d till", "\ude00", "\ud83d\r\nBcc: a@evil.example", "=?utf-8?q?=ED=A0=BD?=\udfff"]
"""Titles with half a pair of surrogates, as a broken emoji leaves it."""
