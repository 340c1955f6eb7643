"""Stiff and wrong words that readers met, in mails and on pages: none comes back."""

import ast
import re
from pathlib import Path

import pytest

from monitor.matching.rules.load import load_rules
from monitor.paths import DIGESTS, RULES
from monitor.translation import parse_catalogue

MONITOR = Path(__file__).parents[1] / "monitor"
STIFF = {
    "what the funder and what the municipality pays are two rows": r"^Medfinansiering\b",
    "the nearest last day is said with what to do": r"\bNärmast sista dag\b",
    "can we apply": r"[Kk]an kommunen delta",
    "partners": r"(?<!arbetsmarknadens )\bparter\b",
    "what a text does not say": r"[Ff]ramgår inte",
    "who a call is for": r"är till för bland andra|Rubriken gäller sådant som",
    "how sure a match is": r"\b(?:Säker|Trolig|Svag) träff\b",
    "why a department gets a call": r"Därför får ni|\(orden ",
    "where a link leads": r"Läs hos utgivaren|Se i arkivet",
    "a changed day": r"Sista dag är ändrad|\bFörut:",
    "changes since the last mail": r"Ändrat sedan vi skrev",
    "other publishers of the same": r"[Bb]erättas (?:också )?av|[Oo]ckså berättat av",
    "partner searches and events are counted by their names": r"\d som söker partner|träff eller konferens|[Tt]räffar och konferenser",
    "the rest is on the web": r"Dessutom finns|att se i arkivet",
    "closed between two mails": r"[Hh]ann stänga",
    "sources are read": r"Den svarade som den ska",
    "the choice is made by a program": r"skrivna av människor",
    "whose address it is": r"står som mottagare för",
    "partner searches need more": r"den når inte fram ändå",
    "a note of one's own choice": r"\(behövs inte\)",
    "what was not understood": r"Webbläsaren skickade",
}
INNER = "framgår inte"
"""Value of an answer in rules and archive, which code compares with and no reader sees."""


def texts_of_mails():
    for message in parse_catalogue((DIGESTS / "sv.po").read_text("utf-8"), "sv.po").messages.values():
        yield from message.forms
    for template in (*DIGESTS.glob("*.mjml"), *DIGESTS.glob("*.txt")):
        yield template.read_text("utf-8")


def texts_of_pages():
    # The handbook as a site, where it is built, is no page of ours but docs/, whose glossary names the values.
    for template in (MONITOR / "web" / "templates").rglob("*.html"):
        yield template.read_text("utf-8").replace(f'== "{INNER}"', "")
    for module in MONITOR.rglob("*.py"):
        if "language" in module.parts or "demo" in module.parts:
            continue
        for node in ast.walk(ast.parse(module.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value != INNER:
                yield node.value


def texts_of_rules():
    rules = load_rules(RULES)
    for row in (*rules.fit.answer, *rules.fit.offer):
        yield row.reason
    for programme in rules.programmes.values():
        yield from (programme.pays, programme.applicants, programme.funder_share, programme.own_share)


SWEDISH = {"mails": tuple(texts_of_mails()), "pages": tuple(texts_of_pages()), "rules": tuple(texts_of_rules())}


@pytest.mark.parametrize("where", SWEDISH)
@pytest.mark.parametrize("form", STIFF.values(), ids=STIFF)
def test_no_stiff_words(where, form):
    assert [text[:120] for text in SWEDISH[where] if re.search(form, text)] == []


def test_the_texts_are_read():
    assert {where: len(texts) > 100 for where, texts in SWEDISH.items()} == dict.fromkeys(SWEDISH, True)
    assert any("Kan vi söka" in text for text in SWEDISH["pages"])
    assert any("Vi förstod inte datumet" in text for text in SWEDISH["pages"])
