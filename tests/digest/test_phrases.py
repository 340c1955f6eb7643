"""Phrases of the mails: each that code can ask for is there in both languages with the same values, and none is unused."""

import ast
from pathlib import Path
from string import Formatter

import pytest

import monitor
from monitor.digest.calendar import Holds
from monitor.digest.phrases import read_phrases
from monitor.digest.render import LANGUAGES
from monitor.language.dossiers import Phase
from monitor.paths import DIGESTS
from monitor.vocabulary import BUILT_MAILS, TEMPLATE_MAILS, Level, MailChange, MailKind, MailSection

PACKAGE = Path(monitor.__file__).parent
MODULES = (*sorted((PACKAGE / "digest").glob("*.py")), PACKAGE / "jobs" / "digest.py", PACKAGE / "jobs" / "send.py")
CATALOGUES = {language: read_phrases((DIGESTS / f"{language}.po").read_text("utf-8"), f"{language}.po") for language in LANGUAGES}
SECTIONS = [section.value for section in MailSection]
APPLY = ["yes", "partner", "no", "likely_yes", "likely_partner", "likely_no"]
FILLED_IN = {
    "card.level_{}": [level.value for level in Level],
    "card.{}": ["at_most", "at_least"],
    "apply.brief_{}": APPLY,
    "apply.town_{}": APPLY,
    "apply.full_{}": APPLY,
    "apply.owned_{}": ["yes", "partner"],
    "apply.owned_full_{}": ["yes", "partner"],
    "card.pays_{}": ["both", "funder", "own"],
    "change.{}": [
        *(kind.value for kind in MailChange),
        "starts",
        "budget_new",
        "fact_alone",
        "budget_gone",
        "withdrawn_date",
    ],
    "count.{}": SECTIONS,
    "dossier.{}": [phase.value for phase in Phase],
    "moved.{}": [phase.value for phase in Phase],
    "group.{}": [section for section in SECTIONS if section not in ("changed", "closing")],
    "heading.{}": SECTIONS,
    "lead.{}": [kind.value for kind in BUILT_MAILS if kind is not MailKind.WEEKLY],
    "money.{}": ["million", "milliard"],
    "footer.attached{}": [kind.value for kind in Holds],
    "subject.what_{}": [
        *("budget", "fact", "back", "opened", "notice", "dossier"),
        *("answers", "rolling", "no_day", "no_time"),
    ],
    "summary.{}": ["yes", "partner", "no", "unknown", "likely_yes", "likely_partner", "likely_no", "owned_yes", "owned_partner"],
}
"""Values of each phrase whose name the code puts together. The sections of groups: those that come in numbers from one source."""
MAIL_HEADINGS = [f"heading.{kind.value}" for kind in TEMPLATE_MAILS]
CURRENCIES = {f"money.{code}" for code in ("EUR", "SEK", "DKK", "NOK", "USD", "GBP", "CHF", "PLN")}
"""Phrases with a fallback: a currency without a name is shown by its code."""


def names(node):
    """Names of phrases that an argument can be; what is filled in is {}."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from names(node.body)
        yield from names(node.orelse)
    elif isinstance(node, ast.JoinedStr):
        yield "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)


def asked():
    """Names in calls of `say`, and every constant of the modules that has the form of a name."""
    in_calls, constants = set(), set()
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and node.args
                and getattr(node.func, "attr", getattr(node.func, "id", ""))
                in (
                    "say",
                    "_say",
                    "_link",
                )
            ):
                in_calls |= set(names(node.args[0]))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                constants.add(node.value)
    return in_calls, constants


IN_CALLS, CONSTANTS = asked()
ASKED = {name for name in IN_CALLS if "{}" not in name} | {
    pattern.format(value) for pattern, values in FILLED_IN.items() for value in values
}


def test_every_name_that_is_put_together_is_listed():
    assert {name for name in IN_CALLS if "{}" in name} == FILLED_IN.keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_phrase_that_is_asked_for_is_there(language):
    assert sorted((ASKED | set(MAIL_HEADINGS)) - CATALOGUES[language].messages.keys()) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_phrase_is_unused(language):
    assert sorted(CATALOGUES[language].messages.keys() - ASKED - set(MAIL_HEADINGS) - CONSTANTS - CURRENCIES) == []


def fields(form):
    return {name for _, name, _, _ in Formatter().parse(form) if name is not None}


def test_the_languages_have_the_same_phrases_with_the_same_values():
    swedish, english = (CATALOGUES[language].messages for language in LANGUAGES)
    assert swedish.keys() == english.keys()
    for key in swedish:
        values = [set().union(*map(fields, messages[key].forms)) for messages in (swedish, english)]
        assert values[0] == values[1], key
