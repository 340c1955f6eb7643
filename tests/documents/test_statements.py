"""Statements of pages: each with the sentence it was read from, different ones all told, and those of other calls left out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.calls import Call
from monitor.documents.facts import DocumentSource, FactState, gather_facts
from monitor.documents.kept import decode_statements, encode_statements
from monitor.documents.model import DocumentPage, FileFormat
from monitor.documents.statements import FactName, locate, read_statements

FAR = "\n" + "Words about other things. " * 8 + "\n"
OURS, OTHER = "CERV-2026-CITIZENS-TOWN-TT", "CERV-2026-OTHER"


def read(*texts, language="en"):
    """Return the statements of pages as (name, value), in order."""
    return [(one.name.value, one.value) for one in statements(*texts, language=language)]


def statements(*texts, language="en"):
    return read_statements([DocumentPage(number, "", text) for number, text in enumerate(texts, start=1)], language)


def facts(*texts, identifier=OURS, parent=""):
    """Return the facts that a document of these pages gives a call, by name, without those that nothing states."""
    call = Call(source="s", call_id="1", title="T", url="https://example.org/", identifier=identifier, parent=parent)
    kept = decode_statements(encode_statements(statements(*texts)))
    source = DocumentSource(hash="a", title="D", version="", format=FileFormat.PDF, labels={}, statements=kept)
    found = gather_facts(call, None, [source])
    return {fact.name.value: fact.value or fact.state.value for fact in found if fact.state is not FactState.NOT_FOUND}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The available call budget is EUR 6\nmillion.", ("total", [6_000_000, "EUR"])),
        ("The maximum EU grant per project is EUR 500\n000.", ("project_max", [500_000, "EUR"])),
        ("The available call budget is EUR 13\n500 000.", ("total", [13_500_000, "EUR"])),
        ("Högsta bidrag per projekt är 2\nmiljoner kronor.", ("project_max", [2_000_000, "SEK"])),
        ("Funding rate: 60\n% of eligible costs. Maximum grant of another kind.", ("funder_share", 60)),
        ("Duration: 24\nmonths.", ("months", [24, 24])),
    ],
)  # fmt: skip
def test_a_value_that_a_line_end_divides_is_read_whole_and_quoted_with_the_line_end(text, expected):
    [one] = statements(text, language="sv" if "ö" in text else "en")
    assert (one.name.value, one.value) == expected
    assert one.quote in text
    assert "\n" in one.quote


@pytest.mark.parametrize(
    "texts",
    [
        ("The maximum EU grant per project is EUR 2", "million is paid."),
        ("The maximum EU grant per project is EUR 500", "000."),
        ("The grant per project is at most 1 500\n500 EUR.",),
    ],
)
def test_a_sum_that_may_be_half_of_one_is_not_told(texts):
    assert read(*texts) == []


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        ("The winner of last year, Malmö, got EUR 500 000.\n", "The maximum grant per project is EUR 500 000."),
        ("The winner of last year, Malmö, got EUR 500 000. ", "The maximum grant per project is EUR 500 000."),
        (f"The audit threshold is EUR 750 000.{FAR}", "The maximum grant per project is EUR 750 000."),
        (f"Reports are kept for 24 months.{FAR}", "The project duration is 24 months."),
        (f"The guarantee may be up to 80 %.{FAR}", "Funding rate: 80 %"),
        ("There were 12 partners.\n", "A minimum of 2 partners is needed."),
    ],
)
def test_the_quote_is_the_sentence_that_the_value_was_read_from(other, sentence):
    [one] = statements(other + sentence)
    assert one.quote == sentence


@pytest.mark.parametrize(
    ("words", "text", "expected"),
    [
        ("2 partners", "at least 12 partners", ""),
        ("2 partners", "at least 12 partners, 2 partners", "2 partners"),
        ("EUR 5", "EUR 500 000", ""),
        ("EUR 5", "EUR 5 000", ""),
        ("EUR 5-6", "is EUR\n5–6.", "EUR\n5–6"),
    ],
)
def test_words_are_found_whole(words, text, expected):
    assert locate(words, text) == expected


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("The funding rate is 80 % of the costs for municipalities.\nFor companies the funding rate is 60 % of the costs.", "funder_share"),
        ("The total budget of the call is EUR 10 million.\nThe available call budget is EUR 12 million.", "total"),
        ("The duration of projects is 24 months.\nProject duration: between 36 and 48 months.", "months"),
        ("The project lasts 24 months. The maximum project duration is 3 years.", "months"),
        ("Projects should range between 12 and 24 months.\nThe project duration is 48 months.", "months"),
        ("The application language is English. Proposals may be submitted in any official EU language.", "language"),
        ("The maximum EU contribution per project is EUR 500 000.\nThe grant per project shall not be more than EUR 400 000.", "project_max"),
        ("At least 12 partners are needed. A minimum of 2 partners is required.", "partners"),
    ],
)  # fmt: skip
def test_two_statements_on_one_page_that_differ_are_both_told(text, name):
    assert facts(text) == {name: "different"}


@pytest.mark.parametrize(
    "text",
    [
        "The grant per project shall not be more than EUR 400 000.",
        "The grant per project may never be higher than EUR 400 000.",
        "Bidraget per projekt får inte vara högre än 400 000 kronor.",
    ],
)
def test_a_maximum_is_no_minimum(text):
    assert [name for name, _ in read(text, language="sv" if "å" in text else "en")] == ["project_max"]


@pytest.mark.parametrize(
    "texts",
    [
        (f"{OTHER} Towns\nThe maximum EU grant per project is EUR 900 000.",),
        (f"Topic {OTHER}\nAims of the topic.", "The maximum EU grant per project is EUR 900 000."),
        (f"2.1 {OTHER}: Towns\nThe duration of projects is 24 months.",),
        ("The total budget for the other topic, LIFE-2027-X, is EUR 30 000 000.",),
        ("The total budget for LIFE-2027-X is EUR 30 000 000.",),
        ("The total budget of the LIFE programme is EUR 5 400 000 000.",),
        ("The budget of the programme 2021-2027 is EUR 5.4 billion.",),
        ("Annex: example. A project with a total budget of EUR 200 000.",),
        ("Annex 3 Examples of budgets\nA text.", "The maximum EU grant per project is EUR 200 000."),
        (f"{OURS}\nAims.\n{OTHER}\nAims.\n3. Budget\nThe available call budget is EUR 12 000 000.",),
        (f"The budget of {OURS} and of {OTHER} is together EUR 12 000 000.",),
    ],
)  # fmt: skip
def test_what_is_of_another_topic_or_of_a_whole_programme_is_no_fact_of_the_call(texts):
    assert facts(*texts) == {}


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ((f"{OURS} Towns\nThe maximum EU grant per project is EUR 900 000.",), {"project_max": [900_000, "EUR"]}),
        ((f"{OTHER}\nAims.\n{OURS}\nThe maximum EU grant per project is EUR 900 000.",), {"project_max": [900_000, "EUR"]}),
        (
            (f"{OURS}\nGrants of at most EUR 5 000 are paid per project.", f"{OTHER}\nGrants of at most EUR 9 000 are paid per project."),
            {"project_max": [5_000, "EUR"]},
        ),
        (
            (f"{OTHER}\nThe duration of projects is 24 months.", "3. Budget\nThe funding rate is 80 % of the costs."),
            {"funder_share": 80},
        ),
        (("Call CERV-2026-CITIZENS-TOWN\nThe maximum EU grant per project is EUR 900 000.",), {"project_max": [900_000, "EUR"]}),
        (("The total budget of this call of the LIFE programme is EUR 4 000 000.",), {"total": [4_000_000, "EUR"]}),
        ((f"{OURS} is for towns.\nAnnex 1 Examples\nA text.\nAnnex 2 Budget\nFunding rate: 80 %",), {"funder_share": 80}),
    ],
)  # fmt: skip
def test_what_is_of_the_call_itself_or_of_all_topics_is_its_fact(texts, expected):
    assert facts(*texts) == expected


def test_a_document_of_one_topic_serves_a_call_that_has_no_identifier():
    text = f"{OTHER}\nThe maximum EU grant per project is EUR 900 000."
    assert facts(text, identifier="") == {"project_max": [900_000, "EUR"]}
    assert facts(f"{text}\n{OURS}\nAims.", identifier="") == {}


PIECES = st.sampled_from(
    ["The maximum grant per project is", "EUR 500 000", "EUR 2", "million", "80 %", "funding rate", "24 months", "at least 3 partners",
     "duration", ".", "\n", "\n", OURS, OTHER, "Annex 1 Example", "1. Budget", "Municipalities may apply", "Eligibility", "|", "-", "total budget"]
)  # fmt: skip


@given(st.lists(st.lists(PIECES, max_size=20).map(" ".join), min_size=1, max_size=3))
def test_every_quote_stands_on_its_page_whatever_the_pages_hold(texts):
    for one in statements(*texts):
        assert one.quote
        assert one.quote in texts[one.page - 1]
        assert one.name is not FactName.PLACE
