"""From a publisher's HTML to plain text."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.collect.text import html_to_text, plain_text, title_text


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
        ("<table><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></table>", "1 2\n3"),
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


@given(st.text(st.one_of(st.sampled_from("<>/&;#pbli x\n\u200b\x0b\xa0å(),."), st.characters(codec="utf-8")), max_size=60))
def test_any_markup_gives_tidy_text(markup):
    text = html_to_text(markup)
    assert text == plain_text(text)
    assert not any(unicodedata.category(character) == "Cc" and character != "\n" for character in text)
