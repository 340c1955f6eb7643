"""Lines of a page are joined where a number or a sentence goes on, and stay apart elsewhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.documents.lines import UNSURE, join_lines
from monitor.language.money import find_amounts


@pytest.mark.parametrize(
    "text",
    [
        "The available call budget is EUR 6\nmillion.",
        "The grant is at most EUR 500\n000.",
        "The budget is EUR 13\n500 000.",
        "It is EUR 1 500\n000.",
        "The grant is\nEUR 2 million.",
        "At most EUR\n500 000 is paid.",
        "Högst 2\nmiljoner kronor",
        "Högst 500\n000 kronor",
        "between EUR 100 000 and\nEUR 300 000",
        "EUR 100 000 –\n200 000",
        "Funding rate: 60\n% of the costs",
        "Högst 60\nprocent",
        "60\n%",
        "It lasts 24\nmonths",
        "at least three partners and 2\ncountries",
        "Deadline: 22 September\n2027",
        "Bidraget är 500 000\nSEK",
        "Municipalities in the whole of the Union may\nnot apply.",
        "Climate governance and\ninformation",
    ],
)
def test_a_line_that_goes_on_is_joined(text):
    assert join_lines(text) == text.replace("\n", " ")


@pytest.mark.parametrize(
    "text",
    [
        "Table 3\n500 000 kronor per projekt",
        "14\nEUR 5 000 is paid",
        "14\neuro-budgets are told",
        "Projects: 3\nEUR 500 000 each",
        "In 2027\n500 000 kronor delas ut",
        "Who may apply:\nmunicipalities\nregions\nuniversities",
        "Budget (EUR)\n500 000",
        "Budget in EUR\n2027 topics",
        "EUR 500 000 000\n300 000 000 per topic",
        "EUR 500 000\n300 000",
        "The grant is EUR 500 000.\n300 000 people live there.",
        "EUR 6\n\nmillion",
        "1. Aim\n2. Budget",
    ],
)
def test_a_line_that_ends_stays(text):
    assert join_lines(text) == text


@pytest.mark.parametrize("text", ["EUR 1 500\n500", "Bidraget blir 3\n500 000 kronor"])
def test_figures_that_may_be_one_number_are_not_read(text):
    joined = join_lines(text)
    assert joined == text.replace("\n", UNSURE)
    assert [item.amount for item in find_amounts(joined, "sv") if item.amount] == []


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("At most EUR 500,\n000 per project.", {500_000}),
        ("At most 1.500,\n000 projects", set()),
        ("At most EUR 1,500,\n000 per project.", {1_500_000}),
        ("At most EUR 1,\n500,000 per project.", {1_500_000}),
        ("At most 500,\n000 euros per project.", {500_000}),
        ("Högst 1.\n500.000 kronor per projekt.", {1_500_000}),
        ("Stödet är högst 1,\n5 miljoner kronor per projekt.", {1_500_000}),
        ("up to EUR 2.\n25 million for each", {2_250_000}),
        ("Högst 3.\n25 projekt får stöd", set()),
        ("EUR 500,\n100 projects are expected, at most 12 000 euros each", {500, 12_000}),
    ],
)
def test_a_sum_that_ends_its_line_behind_the_sign_between_thousands_is_whole(text, amounts):
    joined = join_lines(text)
    assert len(joined) == len(text)
    assert {item.amount for item in find_amounts(joined) if item.amount} == amounts


@given(
    st.lists(
        st.sampled_from(["EUR", "500", "000", "5", "million", "60", "%", "and", "kr", ".", "|", "Del", "\n", "\n", " ", "Å"])
    )
)
def test_every_character_keeps_its_place(pieces):
    text = " ".join(pieces)
    joined = join_lines(text)
    assert len(joined) == len(text)
    assert all(one == other or other == "\n" for one, other in zip(joined, text, strict=True))


@given(
    st.sampled_from(["EUR 6 million", "EUR 4.5 million", "EUR 500 000", "EUR 13 500 000", "EUR 1 500 000", "2 miljoner kronor"]),
    st.data(),
)
def test_a_sum_is_never_read_as_another_wherever_the_line_ends(words, data):
    """A sum of which a line end divides the words is the same sum, or is not read."""
    blanks = [place for place, sign in enumerate(words) if sign == " "]
    place = data.draw(st.sampled_from(blanks))
    text = f"The maximum grant is {words[:place]}\n{words[place + 1 :]} per project."
    right = {item.amount for item in find_amounts(words, "en")}
    assert {item.amount for item in find_amounts(join_lines(text), "en") if item.amount} <= right
