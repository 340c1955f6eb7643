"""Data files of the readers: every row is held to its examples, and a faulty row is reported with its place."""

import re
import subprocess
import sys
from datetime import date
from decimal import Decimal

import pytest

from monitor.language import (
    applicant_clauses,
    applicant_countries,
    applicant_limits,
    application_language,
    closed,
    cofinancing,
    countries,
    datafile,
    date_cues,
    date_words,
    invited,
    money_words,
    partner_searches,
    places,
    project_terms,
    share_words,
)
from monitor.language.applicant_phrases import read_tokens
from monitor.language.applicant_roles import Role, municipal_role
from monitor.language.applicant_words import Group
from monitor.language.applicants import find_applicants
from monitor.language.datafile import DataFileError, Patterns, read_rows, read_tables
from monitor.language.dates import find_dates
from monitor.language.detect import count_votes, decide, decide_between_siblings, votes_of
from monitor.language.lemma import lexicon
from monitor.language.money import find_amounts
from monitor.language.number_words import parse_number
from monitor.language.places import find_place
from monitor.language.spelling import british

PATTERNS = {
    "calendar.toml": date_words.CALENDAR,
    "date_cues.toml": date_cues.PATTERNS,
    "money.toml": money_words.PATTERNS,
    "shares.toml": share_words.PATTERNS,
    "cofinancing.toml": cofinancing._PATTERNS,
    "places.toml": places._PATTERNS,
    "project_terms.toml": project_terms._PATTERNS,
    "closed.toml": closed._PATTERNS,
    "partner_searches.toml": partner_searches._PATTERNS,
    "invited.toml": invited._PATTERNS,
    "application_language.toml": application_language._PATTERNS,
    "applicant_countries.toml": applicant_countries._PATTERNS,
    "applicant_limits.toml": applicant_limits._PATTERNS,
}
FILES = sorted(entry.name for entry in datafile.data_file("").iterdir() if entry.name.endswith(".toml"))
WORDS = re.compile(r"[\w-]+")


def pattern_rows():
    for file, patterns in PATTERNS.items():
        for table in read_tables(file):
            for row in patterns.rows(table):
                yield pytest.param(file, table, row, id=f"{file} {table} {row['example'][:50]}")


def list_rows():
    for file in FILES:
        for table, rows in read_tables(file).items():
            if isinstance(rows, list):
                for row in rows:
                    yield pytest.param(file.removesuffix(".toml"), table, row, id=f"{file} {table} {row['example'][:50]}")


@pytest.mark.parametrize(("file", "table", "row"), list(pattern_rows()))
def test_a_pattern_finds_its_example(file, table, row):
    pattern = re.compile(PATTERNS[file].expand(row["pattern"]), re.IGNORECASE)
    hit = pattern.search(row["example"])
    assert hit, row["pattern"]
    assert hit.end() > hit.start()
    assert not row.get("not_example") or not pattern.search(row["not_example"])
    if file == "date_cues.toml" and table in date_cues._CUE_TABLES:
        found = date_cues.find_cues(row["example"], 0, len(row["example"]))
        assert (date_cues._CUE_TABLES[table], *hit.span()) in [(cue.cue, cue.start, cue.end) for cue in found]
    if file == "money.toml" and table in (*money_words._CURRENCIES, *money_words._SCALES):
        (amount,) = find_amounts(row["example"], "nb" if table == "kroner" else "sv")
        assert amount.amount is not None
        assert amount.currency
        assert table not in money_words._CURRENCIES or len(table) != 3 or amount.currency == table.upper()
    if table in ("nordic_or_union", "refusal"):
        assert invited.is_open_to_sweden(row["example"]) == (table == "nordic_or_union")
    if file == "calendar.toml":
        assert [found.precision for found in find_dates(row["example"], reference=None)] == ["season"]


def some_day(row):
    (found,) = find_dates(row["example"], reference=None)
    return found


def is_day_in_words(row):
    days = [words.split("|") for words in row["words"].split()]
    day = some_day(row).date.day
    return any(word in days[day - 1] for word in WORDS.findall(row["example"]))


def words_in_example(row):
    """Return the words of an example that are in the row."""
    listed = set(row["words"].split())
    return [word for word in WORDS.findall(row["example"].casefold()) if word in listed]


def changes(row):
    return any(
        british(word) != word and any(word.startswith(start) for start in row["words"].split())
        for word in row["example"].casefold().split()
    )


def groups(row):
    return {found.group for found in find_applicants(row["example"])}


def answers(role):
    """Return a check that the example gives a municipality this part."""

    def check(row):
        found = municipal_role(find_applicants(row["example"]))
        return (found.role if found else None) is role

    return check


def has_tag(row):
    phrases = " ".join(row["words"].split()).split(", ")
    found = {token.word for token in read_tokens(row["example"], 0, len(row["example"]), "") if token.tag == row["tag"]}
    return bool(found & {phrase.casefold() for phrase in phrases})


def is_told_from_its_sibling(row):
    return {decide_between_siblings(language, row["example"]) for language in ("da", "nb")} == {row["code"]}


def has_language(row):
    votes = count_votes([votes_of(word) for word in WORDS.findall(row["example"].casefold())])
    return len(words_in_example(row)) > 1 and decide(votes) in (row["code"], "")


def has_base_form(row):
    """Tell whether a form in the example has the row's first word as its base form, or the base form of that ("heta" of "het")."""
    base = row["words"].split()[0]
    return any(lexicon().lemma(word, "sv") == lexicon().lemma(base, "sv") for word in words_in_example(row))


def names_a_group_with(*expected):
    return lambda row: groups(row) == set(expected)


CHECKS = {
    ("spelling", "our"): changes,
    ("spelling", "re"): changes,
    ("spelling", "ogue"): changes,
    ("spelling", "doubled"): changes,
    ("spelling", "kept_ize"): lambda row: all(british(word) == word for word in words_in_example(row)) and words_in_example(row),
    ("spelling", "whole"): lambda row: row["american"] in row["example"].split() and british(row["american"]) == row["british"],
    ("small_words", "language"): has_language,
    ("small_words", "sibling"): is_told_from_its_sibling,
    ("compounds", "never_before"): lambda row: lexicon().parts(row["example"], "sv") == (),
    ("compounds", "never_after"): lambda row: lexicon().parts(row["example"], "sv") == (),
    ("compounds", "short_before"): lambda row: lexicon().parts(row["example"], "sv")[0] in row["words"].split(),
    ("irregular", "verb"): has_base_form,
    ("irregular", "word"): has_base_form,
    ("irregular", "prefix"): lambda row: "avgå" in [lexicon().lemma(word, "sv") for word in row["example"].casefold().split()],
    ("irregular", "own"): lambda row: (
        [lexicon().lemma(word, "sv") for word in words_in_example(row)] == words_in_example(row) != []
    ),
    ("irregular", "simple"): lambda row: {lexicon().parts(word, "sv") for word in words_in_example(row)} == {()},
    ("calendar", "month"): lambda row: some_day(row).date.month == row["number"],
    ("calendar", "month_beside_day"): lambda row: some_day(row).date.month == row["number"],
    ("calendar", "weekday"): lambda row: (some_day(row).date.weekday(), some_day(row).ambiguous) == (row["number"], ""),
    ("calendar", "day"): is_day_in_words,
    ("calendar", "day_of"): is_day_in_words,
    ("calendar", "zone"): lambda row: some_day(row).zone == row["zone"].replace("own", "Europe/Stockholm"),
    ("numbers", "ones"): lambda row: (
        row["words"].replace("\n", " ").split(", ")[int(parse_number(row["example"]))] == row["example"]
    ),
    ("numbers", "tens"): lambda row: parse_number(row["example"]) == 35,
    ("numbers", "word"): lambda row: parse_number(row["example"]) == Decimal(row["value"]),
    ("numbers", "half"): lambda row: parse_number(row["example"]) == Decimal(row["value"]),
    ("numbers", "before_scale"): lambda row: parse_number(row["example"]) == Decimal(row["value"]),
    ("places", "county"): lambda row: find_place(row["example"]) == (row["name"],),
    ("places", "area"): lambda row: find_place(row["example"]) == (row["name"],),
    ("countries", "country"): lambda row: (
        re.search(rf"\b{countries.adjective_pattern()} ", row["example"]) and row["example"][0].isupper()
    ),
    ("places", "host"): lambda row: find_place("Kommuner kan söka.", row["example"]) == (row["country"],),
    ("applicants", "noun"): lambda row: groups(row) == {row["group"]},
    ("applicants", "adjective"): lambda row: groups(row) == {row["group"]},
    ("applicants", "local"): names_a_group_with(Group.MUNICIPALITY),
    ("applicants", "company_adjective"): names_a_group_with(Group.MUNICIPALITY),
    ("applicants", "plain"): lambda row: not find_applicants(row["example"])[0].partial,
    ("applicants", "narrowing"): lambda row: find_applicants(row["example"])[0].partial,
    ("applicants", "wide_clause"): lambda row: not find_applicants(row["example"])[0].partial,
    ("applicants", "gathering"): names_a_group_with(Group.MUNICIPALITY),
    ("applicants", "tag"): has_tag,
    ("applicants", "part_refused"): answers(None),
    ("applicants", "no_purpose"): answers(Role.NOT),
    ("applicants", "list_opener"): answers(Role.NOT),
    ("applicants", "some"): answers(None),
    ("applicants", "limited_to"): answers(None),
    ("applicants", "turned_down"): answers(Role.NOT),
    ("applicants", "taken_up"): answers(Role.NOT),
    ("applicants", "this_round"): answers(Role.NOT),
    ("applicants", "any_longer"): answers(Role.NOT),
    ("applicants", "higher_share"): answers(None),
    ("applicants", "both_and"): answers(Role.MAY),
    ("applicants", "says_that"): answers(Role.NOT),
    ("applicants", "run_by_applicants"): answers(Role.NOT),
    ("applicants", "nominated"): answers(None),
}


@pytest.mark.parametrize(("file", "table", "row"), list(list_rows()))
def test_the_words_of_a_row_are_read_in_its_example(file, table, row):
    holds = CHECKS[file, table]
    assert holds(row)
    assert "not_example" not in row or not holds({**row, "example": row["not_example"]})


def test_every_file_is_held_to_its_examples():
    """The facts of kinds.toml have their own tests, in test_kinds_hold.py."""
    lists = {f"{file}.toml" for file, _ in CHECKS}
    assert set(FILES) == lists | set(PATTERNS) | {"kinds.toml"}


def test_every_tag_of_a_clause_is_in_the_table():
    letters = {row["tag"] for row in read_rows("applicants.toml", "tag", tag=str, words=str)}
    used = set(
        "".join(
            re.sub(r"\\.|\(\?[:=!<]+|\{[\d,]+\}|[\[\](){}^$|?*+~_.:;,\\<!=#&n]", "", cue.pattern.pattern)
            for cue in applicant_clauses.CLAUSE_FORMS
        )
    )
    assert used - {"j"} <= letters


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[[x]]\nwords = 'a'\n", "broken.toml: x, row 1: 'example' must be a str, not None"),
        (
            "[[x]]\nwords = 'a'\nexample = 'a'\n[[x]]\nwords = 3\nexample = 'a'\n",
            "broken.toml: x, row 2: 'words' must be a str, not 3",
        ),
        ("[[x]]\nwords = ''\nexample = 'a'\n", "broken.toml: x, row 1: 'words' must be a str, not ''"),
        ("[[x]]\nwords = 'a'\nexample = 'a'\nexampel = 'b'\n", "broken.toml: x, row 1: unknown fields exampel"),
        ("x = ['a']\n", "broken.toml: x, row 1: a row is a table of fields, not 'a'"),
        ("[x]\nwords = 'a'\n", "broken.toml: table 'x' is missing or has no rows"),
        ("[[y]]\nwords = 'a'\n", "broken.toml: table 'x' is missing or has no rows"),
        ("[[x\n", "broken.toml: "),
    ],
)
def test_a_faulty_row_is_reported_with_its_place(broken, text, fault):
    broken(text)
    with pytest.raises(DataFileError, match=f"^{re.escape(fault)}"):
        read_rows("broken.toml", "x", words=str)


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ("{ pattern = 'a' }", "broken.toml: x, row 1: 'example' must be a str, not None"),
        ("{ pattern = 'a', example = 'a' }, { pattern = 'b(', example = 'b' }", "broken.toml: x, row 2: "),
        ("{ pattern = '{y}', example = 'a' }", "'y'"),
    ],
)
def test_a_faulty_pattern_is_reported_with_its_place(broken, rows, fault):
    broken(f"[x]\nrows = [{rows}]\n")
    with pytest.raises((DataFileError, KeyError), match=f"^{re.escape(fault)}"):
        Patterns("broken.toml")["x"]


def test_patterns_name_others_and_the_grammar_goes_first(broken):
    broken("[x]\nrows = [{ pattern = 'a{1,2}', example = 'aa' }, { pattern = 'b', example = 'b' }]\n")
    words = Patterns(
        "broken.toml", {"y": lambda: r"{x}\d", "is_x": r"^{x}$"}, others=(Patterns(grammar={"z": "{end}", "end": "c"}),)
    )
    assert words["y"].fullmatch("AA1")
    assert words["is_x"].search("b")
    assert not words["is_x"].search("ab")
    assert words["z"].fullmatch("c")


@pytest.fixture
def broken(tmp_path, monkeypatch):
    """Return a function that writes a data file of the given text, in place of the shipped ones."""
    datafile.read_tables.cache_clear()
    monkeypatch.setattr(datafile, "data_file", lambda name: tmp_path / name)
    yield lambda text: (tmp_path / "broken.toml").write_text(text, "utf-8")
    datafile.read_tables.cache_clear()


@pytest.mark.parametrize(
    "code",
    [
        "import monitor.language.kinds, monitor.language.deadlines, monitor.language.budget, monitor.language.places, "
        "monitor.language.applicants, monitor.language.invited, monitor.language.analyser, monitor.language.queries",
        "from click.testing import CliRunner; from monitor.cli import monitor; assert CliRunner().invoke(monitor, ['--help']).exit_code == 0",
    ],
    ids=["imports", "help"],
)
def test_no_data_is_read_before_a_text_is(code):
    after = "import sys; module = sys.modules.get('monitor.language.datafile'); print(module and module.read_tables.cache_info().misses)"
    done = subprocess.run([sys.executable, "-c", f"{code}\n{after}"], capture_output=True, text=True, check=True)
    assert done.stdout.strip() in ("0", "None")


def test_a_month_alone_is_one_only_by_its_whole_name():
    assert [found.precision for found in find_dates("Ansökan öppnar i oktober.", reference=date(2027, 1, 1))] == ["month"]
    assert find_dates("Ansökan öppnar till jul.", reference=date(2027, 1, 1)) == []
