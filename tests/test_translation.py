"""Catalogues: what code and templates ask for is there, what is there is asked for, and mistakes are named with file and line."""

import ast
import re
import subprocess
import sys
from pathlib import Path
from string import Formatter

import pytest
from jinja2 import Environment, nodes

import monitor
from monitor.matching import gates
from monitor.translation import CatalogueError, has_translation, parse_catalogue, program_catalogue, translate, translate_count

PACKAGE = Path(monitor.__file__).parent
FUNCTIONS = ("_", "say", "translate", "translate_count", "_translate", "_quoted")
"""Functions whose first argument is a Swedish text of the program."""
WORDED = (
    *sorted((PACKAGE / "web").rglob("*.py")),
    PACKAGE / "corrected.py",
    PACKAGE / "digest" / "fit_wording.py",
    PACKAGE / "matching" / "gates.py",
    PACKAGE / "jobs" / "receipts.py",
    PACKAGE / "documents" / "facts.py",
    PACKAGE / "documents" / "wording.py",
    PACKAGE / "documents" / "links.py",
    PACKAGE / "documents" / "model.py",
)
"""Modules whose Swedish texts are shown in English."""
TEMPLATES = sorted((PACKAGE / "web" / "templates").glob("*.html"))
HEADER = 'msgid ""\nmsgstr "Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'


def literals(node):
    """Texts that an argument can be: a constant, or either side of a choice."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from literals(node.body)
        yield from literals(node.orelse)


def asked_in_code(path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and node.args:
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in FUNCTIONS:
                yield from literals(node.args[0])


def parsed(path):
    return Environment().parse(path.read_text("utf-8"))


def texts_of(node):
    """Constant texts of an expression of a template: itself, or either side of a choice."""
    if isinstance(node, nodes.Const) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, nodes.CondExpr):
        yield from texts_of(node.expr1)
        yield from texts_of(node.expr2)


def asked_in_template(path):
    calls = [call for call in parsed(path).find_all(nodes.Call) if getattr(call.node, "name", "") == "_"]
    return {text for call in calls for text in texts_of(call.args[0])}


def constants(path):
    """Every constant text of a module; a msgid can stand in a table of it."""
    found = {node.value for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Constant)}
    return {value for value in found if isinstance(value, str)}


def in_template(path):
    """Every constant text of a template."""
    return {node.value for node in parsed(path).find_all(nodes.Const) if isinstance(node.value, str)}


def of_gates():
    groups = gates._OTHERS.values()
    yield from (*gates._MAY.values(), *gates._OWNED.values(), *gates._ABROAD.values(), gates._TOWNS_ABROAD)
    yield from (f"Bara {group} får söka." for group in groups)
    yield from (f"Texten nämner bara {group} som sökande." for group in groups)
    yield from (f"Texten säger att {who} inte kan söka." for who in ("offentliga organisationer", "kommuner"))


ENGLISH = program_catalogue("en")


@pytest.mark.parametrize("path", [*WORDED, *TEMPLATES], ids=lambda path: str(path.relative_to(PACKAGE)))
def test_every_phrase_that_pages_and_cards_ask_for_has_english(path):
    asked = asked_in_template(path) if path.suffix == ".html" else set(asked_in_code(path))
    assert sorted(text for text in asked if text not in ENGLISH.messages) == []


def test_some_phrases_are_asked_for():
    assert len({text for path in WORDED for text in asked_in_code(path)}) > 40
    assert len({text for path in TEMPLATES for text in asked_in_template(path)}) > 150


def test_no_phrase_is_unused():
    used = set(of_gates()).union(*map(constants, (*WORDED, PACKAGE / "vocabulary.py")), *map(in_template, TEMPLATES))
    assert sorted(ENGLISH.messages.keys() - used) == []


def test_every_reason_of_the_gates_has_english():
    assert [text for text in of_gates() if not has_translation(text, "en")] == []


def fields(text):
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("msgid", sorted(ENGLISH.messages))
def test_the_english_of_a_phrase_fills_in_the_same_values(msgid):
    for form in ENGLISH.messages[msgid].forms:
        assert fields(form) == fields(msgid)
        assert not re.search("[åäöÅÄÖ]", form)


def test_a_text_without_a_translation_stays_swedish():
    assert translate("Finns inte i katalogen", "en") == "Finns inte i katalogen"
    assert (translate("Sök", "en"), translate("Sök", "sv"), translate("Sök", "fi")) == ("Search", "Sök", "Sök")
    assert not has_translation("Finns inte i katalogen", "en")


@pytest.mark.parametrize(
    ("n", "swedish", "english"), [(0, "0 länder", "0 countries"), (1, "1 land", "1 country"), (2, "2 länder", "2 countries")]
)
def test_counts(n, swedish, english):
    assert translate_count("{n} land", "{n} länder", n, "sv") == swedish
    assert translate_count("{n} land", "{n} länder", n, "en") == english


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('msgid "a"\nmsgstr "bcd\n', "x.po, line 2: is not a line of a catalogue"),
        ('msgid "a"\nmsgstr "b "c" d"\n', "x.po, line 2: is not a line of a catalogue"),
        ("heading = 1\n", "x.po, line 1: is not a line of a catalogue"),
        ('msgid "a"\n\nmsgid "c"\nmsgstr "d"\n', "x.po, line 3: is not a catalogue"),
        (HEADER + 'msgid "a"\nmsgstr "b"\n\nmsgid "a"\nmsgstr "c"\n', "x.po, line 7: the message 'a' is there twice"),
        (HEADER.replace("!=", ">>"), "x.po: is not a catalogue"),
    ],
)
def test_mistakes_are_named_with_file_and_line(text, said):
    with pytest.raises(CatalogueError) as error:
        parse_catalogue(text, "x.po")
    assert str(error.value).startswith(said)


def test_a_catalogue_over_another_replaces_its_messages_alone():
    below = parse_catalogue(
        HEADER + 'msgid "a"\nmsgstr "A"\n\nmsgid "b"\nmsgid_plural "b"\nmsgstr[0] "one"\nmsgstr[1] "many"\n', "x"
    )
    above = parse_catalogue('msgid "a"\nmsgstr "Å"\n\n#, fuzzy\nmsgid "c"\nmsgstr "C"\n\nmsgid "d"\nmsgstr ""\n', "y").laid_over(
        below
    )
    assert (above.text("a"), above.text("b", 1), above.text("b", 2), above.text("c"), above.text("d")) == (
        "Å",
        "one",
        "many",
        None,
        None,
    )
    assert above.text("b") is None, "a message that counts needs a number"


def test_nothing_is_read_before_it_is_asked_for():
    """A command that translates nothing must not wait for catalogues."""
    script = (
        "import sys, monitor.cli, monitor.digest.fit_wording, monitor.web.framework.request;"
        "from monitor.translation import program_catalogue;"
        "assert not {'polib', 'babel'} & set(sys.modules); assert not program_catalogue.cache_info().currsize"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
