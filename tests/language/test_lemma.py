"""Base forms and compounds, on words of our own and on the tables that lie beside the project."""

from __future__ import annotations

from collections import defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.language import Analyser, analyser
from monitor.language.detect import ENGLISH, SWEDISH, count_votes, decide, votes_of
from monitor.language.lemma import lexicon
from monitor.language.reading import BoundedCache
from monitor.language.spelling import british
from monitor.language.tokens import LONGEST_WORD
from monitor.language.wordfile import WordFile, write_words


@pytest.mark.parametrize(
    ("forms", "lemma"),
    [
        ("skola skolan skolor skolorna skolans skolornas", "skola"),
        ("hamn hamnen hamnarna hamnens", "hamn"),
        ("beslut beslutet besluten beslutens", "beslut"),
        ("ansökan ansökningar ansökningarna ansökningens", "ansökan"),
        ("deltagare deltagaren deltagarna deltagarnas", "deltagare"),
        ("boende boendet boenden boendena", "boende"),
        ("ung unga ungas yngre yngst", "ung"),
        ("skriva skriver skrev skrivit", "skriva"),
        ("bedriva bedriver bedrev bedrivs", "bedriva"),
        ("sälja säljer sålde sålt", "sälja"),
        ("fossilfri fossilfritt fossilfria", "fossilfri"),
        ("stadsbibliotek stadsbibliotekens", "stadsbibliotek"),
        ("budgetansökan budgetansökningarna", "budgetansökan"),  # in no dictionary
        ("leaderområde leaderområdet leaderområdena", "leaderområde"),
        ("vinnova vinnovas", "vinnova"),
        ("vårda vårdar vårdade", "vårda"),
        ("vårdare vårdaren vårdarna", "vårdare"),
        ("spela spelar spelade", "spela"),
        ("träna tränar tränade", "träna"),
        ("utnyttja utnyttjar", "utnyttja"),
        ("växla växlar", "växla"),
        ("bruka brukar brukade", "bruka"),
        ("tryck trycket tryckets trycken", "tryck"),
        ("träd trädet träden trädens", "träd"),
        ("stadium stadiet stadier stadierna", "stadium"),
        ("skötning skötningen skötningarna", "skötning"),  # in no dictionary
        ("skolning skolningen skolningar", "skolning"),
        ("hälsning hälsningen hälsningar", "hälsning"),
    ],
)
def test_swedish_forms_come_to_one_base_form(forms, lemma):
    assert {lexicon().lemma(form, SWEDISH) for form in forms.split()} == {lemma}


@pytest.mark.parametrize(
    ("forms", "lemma"),
    [
        ("city cities", "city"),
        ("child children", "child"),
        ("organisation organizations organisations", "organisation"),
        ("training trainings", "training"),
        ("programme programs programmes", "programme"),
        ("decarbonisation decarbonization", "decarbonisation"),
        ("microgrants microgrant", "microgrant"),
    ],
)
def test_english_forms_come_to_one_base_form(forms, lemma):
    assert {lexicon().lemma(form, ENGLISH) for form in forms.split()} == {lemma}


def test_other_languages_are_left_as_they_are():
    assert lexicon().lemma("kommunernes", "da") == "kommunernes"
    text = "Kommunerne kan søke støtte til prosjekter som ikke er ferdige, og det er mulig å få mer hjelp etter fristen."
    assert analyser().language(text) == "nb"
    assert "kommunerne kan søke støtte" in analyser().lemma_text(text)


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("vattenförsörjningsplanen", "vatten försörjning plan"),
        ("skolhälsovården", "skola hälsa vård"),
        ("gatubelysning", "gata belysning"),
        ("arbetsförmedlare", "arbete förmedlare"),
        ("musikskola", "musik skola"),
        ("gymnasieskolan", "gymnasium skola"),
        ("trafikkontoret", "trafik kontor"),
        ("biblioteksfilialer", "bibliotek filial"),
        ("läsfrämjande", "läsa främjande"),
        ("äldreomsorgsnämnd", "äldre omsorg nämnd"),
        ("tillväxtverket", "tillväxt verk"),
        ("kommunfullmäktige", "kommun fullmäktige"),
    ],
)
def test_compounds_part_into_base_forms(word, parts):
    assert lexicon().parts(word, SWEDISH) == tuple(parts.split())


@pytest.mark.parametrize(
    "word", ["kontakt", "kultur", "station", "utbildning", "medborgare", "fartyg", "samverkan", "dokument", "underlag", "ändring"]
)
def test_simple_words_stay_whole(word):
    assert lexicon().parts(word, SWEDISH) == ()


def read_table(shared, name):
    lines = (shared / "data/sv" / name).read_text("utf-8").split("\n")[1:]
    return [line.split("\t") for line in lines if line]


def test_word_forms_beside_the_project(shared):
    rows = read_table(shared, "inflections.tsv")
    keys = defaultdict(set)
    right = 0
    for form, lemma in rows:
        (found,), (wanted,) = analyser().analyse(form), analyser().analyse(lemma)
        right += found.lemma == wanted.lemma
        keys[wanted.lemma].add(lemma)
    assert right / len(rows) >= 0.97
    assert sum(len(lemmas) - 1 for lemmas in keys.values()) <= len(rows) / 100


def test_compounds_beside_the_project(shared):
    rows = read_table(shared, "compounds.tsv")
    right = 0
    for word, parts, _ in rows:
        (token,) = analyser().analyse(word)
        right += (list(token.parts) or [parts]) == parts.split("+") or (not token.parts and "+" not in parts)
    assert right / len(rows) >= 0.92


def test_term_matches_beside_the_project(shared):
    from monitor.language import TermSet, parse_term

    rows = read_table(shared, "term_matches.tsv")
    right = sum(
        bool(TermSet([parse_term(term)]).find(analyser().lemma_text(text))) == (match == "yes") for term, text, match, _ in rows
    )
    assert right / len(rows) >= 0.97


def test_base_forms_are_their_own():
    """A lemma analysed again is itself: what is stored can be asked for."""
    words = "ansökningar städerna hållbart beslutade museernas medlen budgetansökningarna små yngre vuxna".split()  # noqa: SIM905
    lemmas = [lexicon().lemma(word, SWEDISH) for word in words]
    assert [lexicon().lemma(lemma, SWEDISH) for lemma in lemmas] == lemmas


@given(st.text(alphabet="abdegiklmnoprstuvåäö", min_size=1, max_size=70))
def test_any_word_has_a_base_form(word):
    """It is one word that the lemma text can hold, and its parts, if any, are words."""
    for language in (SWEDISH, ENGLISH):
        assert lexicon().lemma(word, language).isalnum()
        assert all(part.isalnum() for part in lexicon().parts(word, language))


@settings(deadline=None, max_examples=30)
@given(
    st.dictionaries(
        st.text(alphabet="abcåäö1", min_size=1, max_size=8), st.text(alphabet="abcåäö", min_size=1, max_size=8), max_size=1500
    )
)
def test_a_word_file_gives_back_what_was_written(tmp_path_factory, words):
    path = tmp_path_factory.mktemp("words") / "x.words"
    write_words(path, words.items())
    read = WordFile(path)
    assert {word: read.get(word) for word in words} == words
    assert read.get("zz") is None
    assert read.get("") is None


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Kommunen kan söka stöd för att bygga ut fibernätet.", "sv"),
        ("Municipalities may apply for support to the network.", "en"),
        ("Kommunen kan ikke søge støtte, og det er muligt at få hjælp af os fra efteråret.", "da"),
        ("Die Gemeinden und die Länder werden mit den Mitteln der Union nicht für das Projekt bezahlt.", "de"),
    ],
)
def test_small_words_tell_the_language(text, language):
    assert decide(count_votes(votes_of(word.strip(".,").lower()) for word in text.split())) == language
    assert analyser().language(text) == language


def test_a_passage_in_another_language_is_read_in_it():
    text = "Kommunen kan söka pengar för att möta unga.\nThe cities and the villages will share what they have found.\nDet är öppet för alla."
    assert "the city and the village will share" in analyser().lemma_text(text)
    assert "kommun kan söka" in analyser().lemma_text(text).replace("kunna", "kan")


@pytest.mark.parametrize(
    ("american", "british_form"),
    [("color", "colour"), ("centers", "centres"), ("traveled", "travelled"), ("analyze", "analyse"), ("catalog", "catalogue"), ("laboratory", "laboratory"),
     ("size", "size"), ("citizen", "citizen"), ("pediatric", "paediatric"), ("kilometers", "kilometres")],
)  # fmt: skip
def test_american_spellings_become_british(american, british_form):
    assert british(american) == british_form
    assert british(british_form) == british_form


@pytest.mark.parametrize("letters", ["DP", "PP", "FU", "dp", "mhz", "pr"])
def test_letters_do_not_stand_for_the_words_that_they_abbreviate(letters):
    assert {analyser().lemmas([letters], language)[0] for language in ("sv", "en")} == {letters.casefold()}


@pytest.mark.parametrize("letter", ["a", "A", "å", "1", "s", "a\u00ad", "e\u0301", "ﷺ"])
def test_what_is_longer_than_any_word_is_one_token_cut_in_the_lemma_text(letter):
    text = letter * (1_500_000 // len(letter))
    lemma_text = Analyser().lemma_text(f"Stöd {text} kommuner")
    first, second, third = lemma_text.split("\n")[0].split()
    assert (first, third) == ("stöd", "kommun")
    assert 50 <= len(second) <= LONGEST_WORD
    assert len(lemma_text) < 4 * LONGEST_WORD


def test_a_long_word_has_no_parts_and_no_base_form():
    word = "kommun" * 20 + "förbundens"
    assert lexicon().lemma(word, SWEDISH) == word
    assert (lexicon().parts(word, SWEDISH), lexicon().tails(word, SWEDISH), lexicon().knows(word, SWEDISH)) == ((), (), False)


def test_pieces_of_a_long_word_are_cut_as_the_word_is():
    joined = Analyser().lemma_text("-".join(["kommunalförbundsordning" * 4] * 3))
    assert max(len(entry.partition(":")[0]) for entry in joined.split()) <= LONGEST_WORD + 1


def test_lines_without_end_do_not_fill_the_memory():
    read = BoundedCache(str.upper, 1_000)
    for number in range(30):
        assert read[f"{number}{'x' * 1_000_000}"].startswith(f"{number}X")
    assert sum(map(len, read)) <= 8_000_000
