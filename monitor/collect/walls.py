"""Walls against programs: pages that answer 200 with a puzzle or a refusal in place of what was asked for. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

# Ordinary pages load such scripts too, and articles write about such things: a wall has little else to say.
_LONGEST_TEXT = 700
_LOOKED_AT = 200_000

_MARKS: tuple[tuple[str, str], ...] = (
    (
        "Cloudflare",
        r"cf-browser-verification|cf[-_]chl[-_]|challenges\.cloudflare\.com|/cdn-cgi/challenge-platform|Attention Required! \| Cloudflare",
    ),
    ("Incapsula", r"_Incapsula_Resource|Incapsula incident ID"),
    ("Akamai", r"Access Denied.{0,600}Reference\s*(?:&#32;|\s)*(?:#|&#35;)|_sec/cp_challenge|ak-challenge"),
    ("DataDome", r"captcha-delivery\.com"),
    ("PerimeterX", r"px-captcha|_pxhd"),
    ("F5", r"The requested URL was rejected\. Please consult with your administrator"),
    ("AWS WAF", r"awsWafCookieDomainList|\.awswaf\.com/"),
    ("Sucuri", r"sucuri_cloudproxy|Sucuri WebSite Firewall"),
    ("Anubis", r"anubis_challenge|Making sure you(?:&#39;|\u2019|')re not a bot"),
    ("captcha", r"g-recaptcha|h-captcha|hcaptcha\.com|turnstile|friendlycaptcha"),
    (
        "kontroll av webbläsaren",
        r"Checking your browser|Just a moment\.\.\.|enable JavaScript and cookies to continue|Verifying you are human|Verify(?:ing)? (?:that )?you are (?:a )?human|"
        r"are you a robot|not a robot|är (?:inte )?en robot|du är (?:en )?människa|Kontrollerar din webbläsare|ovanlig trafik|unusual traffic|automated (?:access|requests)",
    ),
)
_PATTERNS = [(name, re.compile(pattern, re.IGNORECASE | re.DOTALL)) for name, pattern in _MARKS]
_HIDDEN = re.compile(r"<(script|style|noscript)\b.*?</\1\s*>|<!--.*?-->|<[^>]*>", re.IGNORECASE | re.DOTALL)


def wall(body: bytes, headers: Mapping[str, object]) -> str:
    """The name of the wall that an answer is, or "" for an answer that is what was asked for."""
    names = {str(name).lower(): str(value) for name, value in headers.items()}
    if names.get("cf-mitigated") == "challenge":
        return "Cloudflare"
    start = body[:_LOOKED_AT].decode("utf-8", "replace")
    if "<html" not in start[:5000].lower() and "<!doctype html" not in start[:5000].lower():
        return ""
    found = next((name for name, pattern in _PATTERNS if pattern.search(start)), "")
    return found if found and len(" ".join(_HIDDEN.sub(" ", start).split())) <= _LONGEST_TEXT else ""


def is_scripted(body: bytes) -> bool:
    """Whether a page is an empty shell that a browser fills by running scripts."""
    start = body[: 4 * _LOOKED_AT].decode("utf-8", "replace")
    return "<script" in start.lower() and len(" ".join(_HIDDEN.sub(" ", start).split())) < 200
