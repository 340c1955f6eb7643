"""Recognise bot challenges: responses of bot protections that have a puzzle or a refusal in place of the page. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from monitor.collect.markup import bound_markup, parse_page, visible_text

_MAX_CHALLENGE_CHARS = 700
"""Characters of visible text of a challenge. Ordinary pages load such scripts too, and articles write about them."""
_MAX_SEARCHED_CHARS = 200_000

_MARKS: tuple[tuple[str, str], ...] = (
    (
        "Cloudflare",
        r"cf-browser-verification|cf[-_]chl[-_]|challenges\.cloudflare\.com|/cdn-cgi/challenge-platform|"
        r"Attention Required! \| Cloudflare",
    ),
    ("Incapsula", r"_Incapsula_Resource|Incapsula incident ID"),
    ("Akamai", r"Access Denied.{0,600}?Reference(?:&#32;|\s){0,20}(?:#|&#35;)|_sec/cp_challenge|ak-challenge"),
    ("DataDome", r"captcha-delivery\.com"),
    ("PerimeterX", r"px-captcha|_pxhd"),
    ("F5", r"The requested URL was rejected\. Please consult with your administrator"),
    ("AWS WAF", r"awsWafCookieDomainList|\.awswaf\.com/"),
    ("Sucuri", r"sucuri_cloudproxy|Sucuri WebSite Firewall"),
    ("Anubis", r"anubis_challenge|Making sure you(?:&#39;|\u2019|')re not a bot"),
    ("captcha", r"g-recaptcha|h-captcha|hcaptcha\.com|turnstile|friendlycaptcha"),
    (
        "kontroll av webbläsaren",
        r"Checking your browser|Just a moment\.\.\.|enable JavaScript and cookies to continue|Verifying you are human|"
        r"Verify(?:ing)? (?:that )?you are (?:a )?human|"
        r"are you a robot|not a robot|är (?:inte )?en robot|du är (?:en )?människa|Kontrollerar din webbläsare|"
        r"ovanlig trafik|unusual traffic|automated (?:access|requests)",
    ),
)
_PATTERNS = [(name, re.compile(pattern, re.IGNORECASE | re.DOTALL)) for name, pattern in _MARKS]
# Header of AWS WAF on an empty response, mostly with status 202
# (https://docs.aws.amazon.com/waf/latest/developerguide/waf-captcha-and-challenge-how-it-works.html).
_AWS_HEADER, _AWS_ACTIONS = "x-amzn-waf-action", ("challenge", "captcha")
_ACCEPTED = 202
_MAX_SHELL_CHARS = 200


def find_bot_challenge(body: bytes, headers: Mapping[str, object], status: int = 200) -> str:
    """Return the name of the bot protection whose challenge a response is, or "".

    A page with status 202 ("accepted") and without text is a challenge whatever its marks: nothing follows it.
    """
    names = {str(name).lower(): str(value).strip().lower() for name, value in headers.items()}
    if names.get("cf-mitigated") == "challenge":
        return "Cloudflare"
    if names.get(_AWS_HEADER) in _AWS_ACTIONS:
        return "AWS WAF"
    start = body[:_MAX_SEARCHED_CHARS].decode("utf-8", "replace")
    page = "<html" in start[:5000].lower() or "<!doctype html" in start[:5000].lower()
    if status == _ACCEPTED and (not start.strip() or (page and len(_visible_text(start)) < _MAX_SHELL_CHARS)):
        return "AWS WAF"
    if not page:
        return ""
    name = next((label for label, pattern in _PATTERNS if pattern.search(start)), "")
    return name if name and len(_visible_text(start)) <= _MAX_CHALLENGE_CHARS else ""


def is_scripted(body: bytes) -> bool:
    """Return whether a page is an empty shell that a browser fills by running scripts."""
    start = body[: 4 * _MAX_SEARCHED_CHARS].decode("utf-8", "replace")
    return "<script" in start.lower() and len(_visible_text(start)) < _MAX_SHELL_CHARS


def _visible_text(markup: str) -> str:
    return visible_text(parse_page(bound_markup(markup).markup))
