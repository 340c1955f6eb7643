"""What a term matches, after the rules for words, compounds, stars, phrases, capitals, hyphens and spellings."""

from __future__ import annotations

import unicodedata
from unittest.mock import patch

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from monitor.language import Analyser, TermSet, analyser, locate, parse_term, reading


def hits(term: str, text: str) -> list[str]:
    found = TermSet([parse_term(term)]).find(analyser().lemma_text(text))
    return [text[start:end] for start, end in (locate(text, [hit])[hit] for hit in ((first, last) for _, first, last in found))]


MATCHES = [
    # words in any inflection, typed in any inflection
    ("bibliotek", "Kommunens biblioteks öppettider ses över.", "biblioteks"),
    ("kommuner", "Varje kommun får söka.", "kommun"),
    ("natt", "Nattens och nätternas trafik.", "Nattens nätternas"),
    ("ansökan", "Två ansökningar kom in.", "ansökningar"),
    ("stad", "I städernas centrum.", "städernas"),
    ("policy", "Youth policies in Europe.", "policies"),
    ("child", "Children's rights.", "Children's"),
    ("Vinnova", "Pengar ur Vinnovas program.", "Vinnovas"),
    # compounds
    ("skolbibliotek", "Skolbibliotekens personal.", "Skolbibliotekens"),
    ("klimatanpassningsplan", "Klimatanpassningsplanerna antas i höst.", "Klimatanpassningsplanerna"),
    # stars
    ("vatten*", "Stöd till vattenförsörjningen.", "vattenförsörjningen"),
    ("*vatten", "Grundvattnets nivå.", "Grundvattnets"),
    ("*skola", "Grundskolorna och skolan.", "Grundskolorna skolan"),
    ("skola*", "Skolans skolor.", "Skolans"),
    ("digitaliz*", "Digitalisation of libraries.", "Digitalisation"),
    ("EU*", "Ett EU-projekt i Europa.", "EU"),
    ("*rådgivning", "Energi- och klimatrådgivning ges.", "Energi- och klimatrådgivning klimatrådgivning"),
    # phrases
    ("hållbar stad", "Hållbara\u00a0 städer byggs.", "Hållbara\u00a0 städer"),
    ("hållbar stad", "Hållbara\nstäder byggs.", "Hållbara\nstäder"),
    ("öppna data", "O\u0308ppna data om luft.", "O\u0308ppna data"),
    # capitals
    ("LIFE", "LIFE:s utlysning och LIFE-projekt.", "LIFE:s LIFE"),
    ("SME", "SMEs and an SME.", "SMEs SME"),
    ("COVID-19", "Efter COVID-19 ökar behoven.", "COVID-19"),
    ("Life", "Life science och LIFE.", "Life LIFE"),
    # hyphens, spaces, nothing
    ("e-hälsa", "Om ehälsan, e-hälsan och e hälsa.", "ehälsan e-hälsan e hälsa"),
    ("ehälsa", "Om e\u2011hälsa och e hälsa.", "e\u2011hälsa e hälsa"),
    ("crossborder", "Cross-border and cross border.", "Cross-border cross border"),
    ("cross border", "Crossborder, cross-border.", "Crossborder cross-border"),
    ("IT-säkerhet", "it säkerhet och itsäkerheten", "it säkerhet itsäkerheten"),
    ("förskola", "Alla för\u00adskolor.", "för\u00adskolor"),
    ("återhämtning", "Stöd till återhämt-\nningen i år.", "återhämt-\nningen"),
    ("energirådgivning", "Energi- och klimatrådgivning.", "Energi- och klimatrådgivning"),
    ("hälsovård", "Hälso- och sjukvårdens personal.", "Hälso- och sjukvårdens"),
    ("vårdlokal", "Vård-, skol- och omsorgslokaler byggs.", "Vård-, skol- och omsorgslokaler"),
    # spellings
    ("neighbourhood centre", "Neighborhood centers open.", "Neighborhood centers"),
    ("labor market", "The labour market.", "labour market"),
    ("programme", "New programs.", "programs"),
    ("fulfil", "Fulfilled by two partners.", "Fulfilled"),
    # languages mixed
    ("smart city", "Projektet Smart Cities stöds av Vinnova och är öppet för alla.", "Smart Cities"),
    ("kommun", "The Swedish kommunerna may apply for this.", "kommunerna"),
]


@pytest.mark.parametrize(("term", "text", "found"), MATCHES)
def test_matches(term, text, found):
    assert " ".join(hits(term, text)) == found


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("ungdom", "Ett ungdomligt sätt."),
        ("klimat", "Klimatanpassning och klimatmål."),
        ("bibliotek*", "Skolbiblioteken."),
        ("*bibliotek", "Biblioteksverksamhet."),
        ("skola*", "Skolor."),
        ("LIFE", "life, Life och lifE."),
        ("EU", "eu och Europa."),
        ("får", "far"),
        ("vård", "Vard"),
        ("mål", "mal"),
        ("hållbar utveckling", "Den är hållbar. Utveckling sker."),
        ("hållbar utveckling", "Den är hållbar.\n\nUtveckling sker."),
        ("hållbar utveckling", "Det ska vara\n- hållbar\n- utveckling"),
        ("hållbar utveckling", "Är den hållbar? Utveckling sker."),
        ("hållbar utveckling", "hållbar • utveckling"),
        ("hållbar utveckling", "utveckling hållbar"),
        ("grön stad", "grön och ren stad"),
        ("medel", "Ett avtal med el."),
        ("prize", "A prise"),
        ("universe", "The university."),
        ("vara", "Det är så. Det var så."),
    ],
)
def test_does_not_match(term, text):
    assert hits(term, text) == []


@pytest.mark.parametrize(
    "term", ["", "  ", "*", "**", "-", "kli*mat", "*klimat*", "grön* stad", "grön stad*", "* stad", "en. Två", "!?"]
)
def test_a_term_that_cannot_match_is_refused_in_words(term):
    with pytest.raises(ValueError, match=r"\w+ \w+"):
        parse_term(term)


def test_several_terms_in_one_pass_in_order():
    text = "Skolan och biblioteken i EU. Skolan igen."
    finder = TermSet([parse_term(term) for term in ("bibliotek", "skola", "EU", "skola")])
    found = finder.find(analyser().lemma_text(text))
    assert found == [(0, 2, 2), (1, 0, 0), (1, 5, 5), (2, 4, 4), (3, 0, 0), (3, 5, 5)]
    assert finder.scan(analyser().lemma_text(text)).places == {0: (2, 2), 1: (0, 0), 2: (4, 4), 3: (0, 0)}
    assert finder.find("") == TermSet([]).find(" skola \n  ") == []


def test_locate_needs_a_token_that_is_there():
    with pytest.raises(IndexError, match="no word 3"):
        locate("Tre små ord", [(3, 3)])


@settings(deadline=None, max_examples=100)
@given(st.text(alphabet="abå .-’:s\n\u00ad\u0301–", max_size=40), st.integers(1, 30), st.data())
def test_locate_finds_single_words_of_a_long_text(text, times, data):
    text = text * times
    words = [(token.start, token.end) for token in analyser().analyse(text)]
    asked = data.draw(st.sets(st.integers(0, len(words) - 1), max_size=5)) if words else set()
    assert locate(text, [(number, number) for number in asked]) == {(number, number): words[number] for number in asked}


INFLECTED = [
    ("skola", ("skola", "skolan", "skolor", "skolorna", "skolas", "skolans", "skolornas")),
    ("klimatanpassning", ("klimatanpassning", "klimatanpassningen", "klimatanpassningar", "klimatanpassningarnas")),
    ("hållbar", ("hållbar", "hållbart", "hållbara")),
    ("museum", ("museum", "museet", "museer", "museerna")),
    ("strategy", ("strategy", "strategies")),
    ("e-hälsa", ("e-hälsa", "e-hälsan", "ehälsan")),
]
AROUND = ["", "Stöd ges till ", "Kommunen får pengar. Vi söker ", "The call is about ", "(", "År 2026 kom 14. ", "– "]


@given(st.sampled_from(INFLECTED), st.data())
def test_inflection_case_form_and_space_change_nothing(row, data):
    """Also: what is found is the word that was put in, whatever stands around it."""
    term, forms = row
    shape = data.draw(st.sampled_from([str, str.upper, str.capitalize]))
    word = shape(data.draw(st.sampled_from(forms)))
    if data.draw(st.booleans()):
        cut = data.draw(st.integers(1, len(word) - 1))
        assume(word[cut - 1] != "-" and word[cut] != "-")
        word = f"{word[:cut]}\u00ad{word[cut:]}"
    space = data.draw(st.sampled_from([" ", "  ", "\u00a0", "\n", "\t ", "\u202f"]))
    before, after = (
        data.draw(st.sampled_from(AROUND)).replace(" ", space),
        data.draw(st.sampled_from(["", ".", ", och mer", " i länet."])),
    )
    text = f"{before}{word}{after}"
    if data.draw(st.booleans()):
        text, word = unicodedata.normalize("NFD", text), unicodedata.normalize("NFD", word)
    assert hits(term, text) == [word]


@example("energi- /\nvattenfrågor")
@given(st.text(alphabet="abeåäöÅ éx.-!?:'’/+*•\n\t\u00ad\u00a0\u2011\u030112ABX–", max_size=60))
def test_lemma_text_has_the_tokens_that_locate_counts(text):
    """The stream, `analyse` and `locate` number the same words; every entry lies inside."""
    from monitor.language.analyser import read_entries, read_places

    stream, _, entries = analyser().lemma_text(text).partition("\n")
    lemmas = [lemma for lemma in stream.split() if lemma != "."]
    tokens = analyser().analyse(text)
    assert [token.lemma for token in tokens] == lemmas
    places = locate(text, [(number, number) for number in range(len(tokens))])
    for number, token in enumerate(tokens):
        assert places[number, number] == (token.start, token.end)
        assert text[token.start : token.end] == token.text
    assert all(
        0 <= first <= last < len(lemmas) for _, places, base in read_entries(entries) for first, last in read_places(places, base)
    )


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.sampled_from(
            ["Stöd till skolor.", "The call is open.", "energi- och", "klimatrådgivning", "• EU:s mål", "", "den 4.", "maj"]
        ),
        max_size=12,
    )
)
def test_what_was_read_before_changes_nothing(lines):
    text = "\n".join(lines)
    assert Analyser().lemma_text(text) == analyser().lemma_text(text)


_AROUND = "(),.;:\"'-–/•1"
_WORDS = ("energi", "skolorna", "EU", "e", "ca", "pro\u00adjekt")
_RUNS = st.tuples(st.text(_AROUND, max_size=2), st.sampled_from(_WORDS), st.text(_AROUND, max_size=2)).map("".join)


@given(st.lists(_RUNS, min_size=1, max_size=6))
def test_a_run_of_one_word_reads_as_if_it_were_taken_apart(runs):
    text = " ".join(runs)
    with patch.object(reading, "_AROUND", _AROUND + "".join(_WORDS)):  # of no run a word is left: all are taken apart
        taken_apart = Analyser().lemma_text(text, "sv")
    assert Analyser().lemma_text(text, "sv") == taken_apart


@settings(deadline=None, max_examples=100)
@given(text=st.lists(st.sampled_from(AROUND + [form for _, forms in INFLECTED for form in forms]), max_size=12).map(" ".join))
def test_a_quick_look_at_a_text_tells_what_a_thorough_one_tells(text):
    terms = [
        parse_term(word) for word in ("skola", "skol*", "*anpassning", "EU", "E*", "*U", "e-hälsa", "museum", "call", "hållbar*")
    ]
    finder = TermSet(terms)
    lemma_text = analyser().lemma_text(text)
    scan, found = finder.scan(lemma_text), finder.find(lemma_text)
    firsts = {term: min(span for other, *span in found if other == term) for term, *_ in found}
    assert {term: list(place) for term, place in scan.places.items()} == firsts
    assert scan.matching_terms(scan.found) == set(firsts)


def test_a_long_word_is_found_by_itself_and_by_its_beginning():
    word = "kommun" * 5_000
    assert hits(word, f"Stöd till {word}.") == [word]
    assert hits("kommunkommun*", f"Stöd till {word}.") == [word]
    assert hits("kommun", f"Stöd till {word}.") == []


@pytest.mark.parametrize("term", ["den den", "den", "*den", "de*", "d*"])
def test_a_term_that_stands_at_every_word_has_all_its_places(term):
    """Places counted from the beginning of the text each time took the square of its length."""
    words = 60_000
    assert len(TermSet([parse_term(term)]).find(Analyser().lemma_text("den " * words, "sv"))) == words - (" " in term)
