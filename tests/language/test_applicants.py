"""Applicants, read from clauses in Swedish, English, Danish and Norwegian."""

from dataclasses import replace
from functools import reduce
from operator import or_
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.calls import Call, Section
from monitor.language.applicant_clauses import CLAUSE_FORMS, find_clauses
from monitor.language.applicant_phrases import _APPLIES, _ASKS, _NAMES, _WORD, _word, may_name_applicants
from monitor.language.applicant_roles import Applicant, Role, municipal_role
from monitor.language.applicant_words import Group, noun_rows, tags
from monitor.language.applicants import LONGEST, _Reader, find_applicants
from monitor.language.call_reading import read_call
from monitor.language.segments import split_segments

CLAUSES = [
    line.split("\t")
    for line in (Path(__file__).parent / "applicant_clauses.tsv").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]


def said(text, language="sv"):
    return [(found.group, found.role) for found in find_applicants(text, language)]


@pytest.mark.parametrize(("part", "language", "text"), CLAUSES)
def test_the_part_of_a_municipality_in_a_clause(part, language, text):
    found = municipal_role(find_applicants(text.replace("\\n", "\n"), language))
    assert (found[0].value if found else "open") == part


def test_the_clauses_cover_four_languages():
    counted = {language: sum(row[1] == language for row in CLAUSES) for language in ("sv", "en", "da", "nb")}
    assert sum(counted.values()) >= 120
    assert min(counted.values()) >= 30


@pytest.mark.parametrize("row", noun_rows(), ids=lambda row: row.example)
def test_each_row_of_the_table_has_an_example_that_is_read_as_its_group(row):
    assert {group for group, _ in said(row.example, "")} == {row.group}


@pytest.mark.parametrize("row", noun_rows(), ids=lambda row: row.words[:30])
def test_each_word_of_the_table_can_apply(row):
    for word in row.words.split(", "):
        shown = word.replace("*", "prov")
        assert row.group in {group for group, _ in said(f"{shown} kan söka.", "")}, shown


def test_a_statement_has_the_words_and_place_of_its_clause():
    text = "Nya pengar till klimatet.\nEndast kommuner och regioner kan söka stödet. Ansök i e-tjänsten."
    start = text.index("Endast")
    words = "Endast kommuner och regioner kan söka stödet."
    assert find_applicants(text, "sv") == (
        Applicant(Group.MUNICIPALITY, Role.MAY, words, start, only=True),
        Applicant(Group.REGION, Role.MAY, words, start, only=True),
    )
    assert text[start : start + len(words)] == words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Företag kan söka, men kommuner kan inte söka.", [(Group.COMPANY, Role.MAY), (Group.MUNICIPALITY, Role.NOT)]),
        ("Kommuner kan inte söka, men företag kan söka.", [(Group.MUNICIPALITY, Role.NOT), (Group.COMPANY, Role.MAY)]),
        ("Alla organisationer utom företag kan söka.", [(Group.ANY, Role.MAY), (Group.COMPANY, Role.NOT)]),
        ("Regioner, dock inte lärosäten, kan söka.", [(Group.REGION, Role.MAY), (Group.UNIVERSITY, Role.NOT)]),
        ("Inte kommuner utan regioner kan söka.", [(Group.MUNICIPALITY, Role.NOT), (Group.REGION, Role.MAY)]),
    ],
)
def test_a_negation_binds_to_its_clause(text, expected):
    assert said(text) == expected


@pytest.mark.parametrize(
    ("text", "only"),
    [
        ("Bara kommuner kan söka.", True),
        ("Det är bara kommuner som kan söka.", True),
        ("Stödet kan endast sökas av kommuner.", True),
        ("Sökande ska vara kommuner.", True),
        ("Kommuner kan söka. Andra kan inte söka.", True),
        ("Kommuner kan bara söka en gång.", False),
        ("Kommuner kan söka, men bara en gång.", False),
        ("Inte bara kommuner kan söka.", False),
    ],
)
def test_only_binds_to_the_applicants(text, only):
    (found,) = find_applicants(text, "sv")
    assert (found.group, found.only) == (Group.MUNICIPALITY, only)


@pytest.mark.parametrize(
    "text",
    [
        "Kommunens roll är att svara på frågor.",
        "Till nytta för kommuner.",
        "Det byggs mycket i kommunen.",
        "Invånare i kommuner får bättre service.",
        "Villkoren kan söka sitt ursprung i lagen.",
        "Kommunen söker en projektledare.",
        "Kan kommuner söka?",
        "Skriv i ansökan hur kommunen berörs.",
    ],
)
def test_a_clause_that_is_not_about_applying_says_nothing(text):
    assert said(text) == []


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("Ideella organisationer kan söka.", Group.ASSOCIATION),
        ("Offentliga organisationer kan söka.", Group.PUBLIC),
        ("Kommunala bolag kan söka.", Group.MUNICIPALITY),
        ("Statliga bolag kan söka.", Group.COMPANY),
        ("Local authorities can apply.", Group.MUNICIPALITY),
        ("National authorities can apply.", Group.AGENCY),
        ("Kommunala huvudmän kan söka.", Group.MUNICIPALITY),
        ("Enskilda huvudmän kan söka.", Group.COMPANY),
        ("Myndigheter kan söka.", Group.AGENCY),
    ],
)
def test_an_adjective_says_which_group_a_general_word_stands_for(text, group):
    assert {found for found, _ in said(text, "")} == {group}


@pytest.mark.parametrize(
    ("text", "role", "owned"),
    [
        ("Kommunala bolag kan söka.", Role.MAY, True),
        ("Bara kommunägda företag får söka.", Role.MAY, True),
        ("Allmännyttan kan söka stöd.", Role.MAY, True),
        ("Kommunala vattenbolag kan söka.", Role.MAY, True),
        ("Municipal companies can apply.", Role.MAY, True),
        ("Kommuner kan inte söka, men kommunala bolag kan söka.", Role.MAY, True),
        ("Kommuner kan vara med som partner. Kommunala bolag kan söka.", Role.MAY, True),
        ("Föreningar och kommunala bolag kan söka.", Role.MAY, True),
        ("Kommuner och kommunala bolag kan söka.", Role.MAY, False),
        ("Kommunala bolag och kommuner kan söka.", Role.MAY, False),
        ("Offentliga organisationer och kommunala bolag kan söka.", Role.MAY, False),
        ("Organisationer kan söka. Kommunala bolag kan inte söka.", Role.MAY, False),
        ("Föreningar kan söka. Kommunala bolag kan inte söka.", Role.NOT, False),
        ("Kommunala bolag kan inte söka.", None, False),
        ("Företag kan söka.", Role.NOT, False),
    ],
)
def test_a_municipalitys_companies_are_not_the_municipality(text, role, owned):
    """A municipality that may apply itself goes before its companies; their refusal says nothing of the municipality."""
    found = municipal_role(find_applicants(text, "sv"))
    assert (found and found.role, bool(found and found.statement.owned)) == (role, owned)


def test_a_word_means_what_it_means_in_the_language_of_the_text():
    assert said("Myndigheter kan søke.", "nb") == [(Group.PUBLIC, Role.MAY)]
    assert said("Myndigheter kan söka.", "sv") == [(Group.AGENCY, Role.MAY)]
    assert said("Virksomheder kan søge.", "da") == [(Group.COMPANY, Role.MAY)]
    assert said("Virksomheter kan søke.", "nb") == [(Group.ANY, Role.MAY)]


def test_support_to_others_decides_nothing_where_municipalities_are_named_or_far_down():
    assert municipal_role(find_applicants("Bidrag till idrottsföreningar", "sv"))[0] is Role.NOT
    assert municipal_role(find_applicants("Bidrag till idrottsföreningar. Ansökan prövas av varje kommun.", "sv")) is None
    far = "Så här ser det ut i landet. " * 40 + "Staten gav förr bidrag till företag."
    assert municipal_role(find_applicants(far, "sv")) is None


def test_the_answer_to_a_question_decides():
    assert said("Kan kommuner söka? Ja.") == [(Group.MUNICIPALITY, Role.MAY)]
    assert said("Kan kommuner söka?\nNej, tyvärr.") == [(Group.MUNICIPALITY, Role.NOT)]


def test_a_list_ends_where_its_items_end():
    text = "Vem kan söka?\n- Föreningar\n- Stiftelser\nHur går det till?\nKommuner, regioner och andra läser ansökan."
    assert said(text) == [(Group.ASSOCIATION, Role.MAY), (Group.ASSOCIATION, Role.MAY)]


def test_a_text_is_read_so_far_and_no_farther():
    assert said("x " * LONGEST + "\nKommuner kan söka.") == []


# ---- every group, verb, negation, "only" and order, in each language

WORDS = {
    "sv": {"kommuner": Group.MUNICIPALITY, "regioner": Group.REGION, "företag": Group.COMPANY, "ideella föreningar": Group.ASSOCIATION,
           "lärosäten": Group.UNIVERSITY, "länsstyrelser": Group.AGENCY, "förskolor": Group.SCHOOL, "privatpersoner": Group.INDIVIDUAL},
    "en": {"municipalities": Group.MUNICIPALITY, "regions": Group.REGION, "companies": Group.COMPANY, "NGOs": Group.ASSOCIATION,
           "universities": Group.UNIVERSITY, "schools": Group.SCHOOL, "public authorities": Group.PUBLIC},
    "da": {"kommuner": Group.MUNICIPALITY, "regioner": Group.REGION, "virksomheder": Group.COMPANY, "foreninger": Group.ASSOCIATION,
           "universiteter": Group.UNIVERSITY, "skoler": Group.SCHOOL},
    "nb": {"kommuner": Group.MUNICIPALITY, "fylkeskommuner": Group.REGION, "bedrifter": Group.COMPANY,
           "frivillige organisasjoner": Group.ASSOCIATION, "universiteter": Group.UNIVERSITY, "barnehager": Group.SCHOOL},
}  # fmt: skip
AND = {"sv": ("och", "eller", "samt"), "en": ("and", "or"), "da": ("og", "eller"), "nb": ("og", "eller")}
NOT = {"sv": "inte", "en": "not", "da": "ikke", "nb": "ikke"}
ONLY = {"sv": ("endast", "bara", "enbart"), "en": ("only",), "da": ("kun",), "nb": ("bare", "kun")}
# {x} applicants, {o} "only", {n} "not"; forms without {n} or {o} are not tried with it.
FORMS = {
    "sv": (
        "{o} {x} kan {n} söka stödet.", "{o} {x} får {n} ansöka om medel.", "I år kan {o} {x} {n} söka bidraget.",
        "Stödet kan {n} {o} sökas av {x}.", "Utlysningen är {n} öppen {o} för {x}.", "Vem kan söka: {o} {x}", "{o} {x} har {n} rätt till bidrag.",
        "{o} {x} är {n} behöriga sökande.", "Vem kan söka?\n{o} {x}", "Det är {o} {x} som kan söka.",
    ),
    "en": (
        "{o} {x} may {n} apply.", "{o} {x} can {n} submit a proposal.", "The call is {n} open {o} to {x}.", "{o} {x} are {n} eligible.",
        "Who can apply? {o} {x}", "Eligible applicants: {o} {x}",
    ),
    "da": ("{o} {x} kan {n} søge puljen.", "Puljen kan {n} {o} søges af {x}.", "Hvem kan søge: {o} {x}", "Puljen er {n} åben {o} for {x}."),
    "nb": ("{o} {x} kan {n} søke om tilskudd.", "Tilskuddet kan {n} {o} søkes av {x}.", "Ordningen er {n} åpen {o} for {x}.", "Hvem kan søke: {o} {x}"),
}  # fmt: skip


@st.composite
def clauses(draw):
    language = draw(st.sampled_from(sorted(FORMS)))
    form = draw(st.sampled_from(FORMS[language]))
    names = draw(st.lists(st.sampled_from(sorted(WORDS[language])), min_size=1, max_size=4, unique=True))
    negated = "{n}" in form and draw(st.booleans())
    only = not negated and "{o}" in form and draw(st.booleans())
    joined = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {draw(st.sampled_from(AND[language]))} {names[-1]}"
    text = form.format(x=joined, n=NOT[language] if negated else "", o=draw(st.sampled_from(ONLY[language])) if only else "")
    text = "\n".join(" ".join(line.split()) for line in text.split("\n"))
    return language, text, [WORDS[language][name] for name in names], negated, only


@given(clauses())
def test_every_group_verb_negation_and_order(clause):
    language, text, groups, negated, only = clause
    found = find_applicants(text, language)
    assert [statement.group for statement in found] == groups, text
    assert {statement.role for statement in found} == {Role.NOT if negated else Role.MAY}, text
    assert {statement.only for statement in found} == {only}, text


@given(clauses(), clauses())
def test_two_sentences_say_what_each_says(one, other):
    if one[0] != other[0] or not one[1].endswith("."):
        return
    language = one[0]
    alone = [(found.group, found.role) for text in (one[1], other[1]) for found in find_applicants(text, language)]
    assert said(f"{one[1]} {other[1].capitalize()}", language) == alone


statements = st.builds(
    Applicant,
    group=st.sampled_from(Group),
    role=st.sampled_from(Role),
    words=st.just("Bara skolor på landsbygden kan söka."),
    start=st.just(0),
    only=st.booleans(),
    partial=st.booleans(),
)


@given(st.lists(statements, max_size=4))
def test_only_groups_without_municipalities_shut_them_out(found):
    eligibility = municipal_role(found)
    if eligibility is not None and eligibility.role is Role.NOT and eligibility.statement.role is not Role.NOT:
        assert eligibility.statement.group not in {Group.MUNICIPALITY, Group.PUBLIC, Group.SCHOOL, Group.ANY}


words_of_the_tables = st.sampled_from(
    sorted({*tags(), "kommuner", "företag", "organisationer", ",", ".", "?", ":", "\n", "2027", "x" * 90})
)


@given(
    st.lists(words_of_the_tables, max_size=40).map(" ".join) | st.text(max_size=200),
    st.sampled_from(["", "sv", "en", "da", "nb", "fi"]),
)
def test_no_text_breaks_the_reader(text, language):
    for found in find_applicants(text, language):
        assert text[found.start : found.start + len(found.words)] == found.words
    municipal_role(find_applicants(text, language))


@given(
    st.lists(words_of_the_tables | st.sampled_from(["Alla", "Labs", "a", "the"]), min_size=1, max_size=25).map(" ".join),
    st.sampled_from(["", "sv", "en", "da", "nb"]),
)
def test_a_segment_that_is_left_unread_would_have_said_nothing(text, language):
    """Keep each segment whose first words of phrases seem to name a group and applying: only a closer look may leave it out."""
    for segment in split_segments(text):
        words = [_word(written, language) for written in _WORD.findall(text, segment.start, segment.end)]
        uses = reduce(or_, (word.uses for word in words))
        if not uses & _ASKS and uses & (_NAMES | _APPLIES) != _NAMES | _APPLIES:
            continue
        if not may_name_applicants(text, segment.start, segment.end, language):
            reader = _Reader(text, language)
            reader._read_segment(segment)
            assert (reader.found, reader._listing, reader._asked, reader.rest_excluded) == ([], 0, [], False), text


@given(st.text("mXacnbrswkMfT,.;:?$xtGEoipvAeulDPQ", max_size=30))
def test_clauses_are_those_that_each_form_finds(letters):
    starts = [match.start() for cue in CLAUSE_FORMS for match in cue.pattern.finditer(letters)]
    found = find_clauses(letters)
    assert bool(found) == bool(starts)
    assert not found or found[0].start == min(starts)


@pytest.mark.parametrize("title", ["Expected Outcome", "Expected Impact", "Förväntade effekter"])
def test_the_results_of_a_call_name_no_applicants(title):
    said = "Authorities will be enabled to develop programmes. Clinical researchers have access to new methods."
    sections = (Section(title=title, text=said), Section(title="Scope", text="Tests of new methods in hospitals."))
    call = Call(source="s", call_id="1", title="Cancer", url="", sections=sections, language="en")
    assert read_call(call).eligibility is None
    may = (*sections, Section(title="Conditions", text="Municipalities can apply."))
    assert read_call(replace(call, sections=may)).eligibility.role is Role.MAY
