"""From a publisher's HTML to plain text."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.collect.text import html_to_text, plain_line, plain_text, table_row, title_text, whole_values
from monitor.language.budget import find_budget


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("", ""),
        ("  \n ", ""),
        ("<p></p>", ""),
        ("plain &amp; simple", "plain & simple"),
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("<div>One<br>Two</div><div>Three</div>", "One\nTwo\nThree"),
        ("Before<ul><li>a</li><li>b <b>c</b>, d</li></ul>after", "Before\n\na\nb c, d\n\nafter"),
        ("<p>see <a href='x'>the guide</a>(<i>new</i>).</p>", "see the guide (new)."),
        ("<table><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></table>", "1 | 2\n3"),
        ("<table><tr><th>Budget</th><td>5 mnkr</td></tr><tr><td></td><td>a</td><td></td></tr></table>", "Budget: 5 mnkr\na"),
        ("<table><tr><td>H\u00f6gst</td><td>500 000</td><td>600 000 kr</td></tr></table>", "H\u00f6gst | 500 000 | 600 000 kr"),
        ("<p>half &#55357; an emoji</p>", "half \ufffd an emoji"),
        ("half \ud83d, and two halves \ud83d\ude00", "half \ufffd, and two halves \U0001f600"),
        ("<p>a&nbsp;&nbsp;b &lt;c&gt; &amp;amp; d</p>", "a b <c> &amp; d"),
        ('<a title="<p>no</p>" href="x>y">yes</a>', "yes"),
        ("<script>x < 1</script><style>p{}</style><p>kept<!-- gone --></p>", "kept"),
        ("<p>open <b>and never closed", "open and never closed"),
        ("<p>ti\u200btle \u202eturned\x07 a\u030a</p>", "title turned å"),
        ("<p>&#8203;&#x202e;</p>", ""),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
    ],
)
def test_what_is_read(markup, text):
    assert html_to_text(markup) == text


def test_a_title_is_one_line_with_entities_decoded_once():
    assert title_text("Calls &amp;amp; news") == "Calls &amp; news"
    assert title_text("Calls <b>and</b>\n news") == "Calls and news"


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("Stöd till <AI> i skolan", "Stöd till <AI> i skolan"),
        ("Stöd till &lt;AI&gt;", "Stöd till <AI>"),
        ("<blink>Nytt</blink> <b>bidrag</b>", "<blink>Nytt</blink> bidrag"),
        ("1 < 2 <i>och</i> 3 > 2", "1 < 2 och 3 > 2"),
        ("<script>steal()</script>Bidrag<!-- x -->", "Bidrag"),
        ("half \ud83d", "half \ufffd"),
    ],
)
def test_words_between_angle_brackets_stay_in_titles(written, title):
    assert title_text(written) == title


def test_a_title_of_a_megabyte_is_cut_before_it_is_read():
    assert title_text("Utlysning " + "A" * 1_000_000) == ("Utlysning " + "A" * 490)
    assert title_text("<b>" * 300_000 + "x") == ""


def test_figures_of_neighbouring_cells_never_become_one_number():
    row = "<table><tr><td>Högst</td><td>500 000</td><td>600 000</td><td>800 000 kr per projekt</td></tr></table>"
    assert find_budget(html_to_text(row), "sv").project_max == 800_000
    assert table_row(["Budget:", "5 mnkr"]) == "Budget: 5 mnkr"
    assert table_row(["2027", "5 mnkr"]) == "2027 | 5 mnkr"


@given(st.recursive(st.none() | st.integers() | st.text(st.characters(), max_size=5), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(), max_size=3), inner, max_size=3), max_leaves=8))  # fmt: skip
def test_parsed_json_can_be_stored_once_its_halves_are_replaced(data):
    json.dumps(whole_values(data), ensure_ascii=False).encode()


@given(st.text(st.characters(), max_size=40))
def test_any_text_can_be_stored(text):
    for read in (plain_line, plain_text, html_to_text, title_text):
        read(text).encode()


@given(st.text(st.one_of(st.sampled_from("<>/&;#pbli x\n\u200b\x0b\xa0å(),."), st.characters(codec="utf-8")), max_size=60))
def test_any_markup_gives_tidy_text(markup):
    text = html_to_text(markup)
    assert text == plain_text(text)
    assert not any(unicodedata.category(character) == "Cc" and character != "\n" for character in text)
