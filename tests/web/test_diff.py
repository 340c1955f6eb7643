"""Differences between two versions of a text: complete, readable, and bounded whatever a publisher sends."""

from hypothesis import given
from hypothesis import strategies as st

from monitor.web.views.diff import diff_words

WORDS = st.lists(st.sampled_from(["bidrag", "till", "kommuner", "2027", "\n", "och", "söka"]), max_size=30).map(" ".join)


def joined(parts, leave_out):
    return "".join(text for operation, text in parts if operation != leave_out)


@given(WORDS, WORDS)
def test_the_parts_hold_both_texts_whole(old, new):
    parts = diff_words(old, new)
    assert joined(parts, "-") == new or "[…]" in joined(parts, "-")
    assert joined(parts, "+") == old or "[…]" in joined(parts, "+")


@given(WORDS)
def test_equal_texts_have_no_changes(text):
    assert {operation for operation, _ in diff_words(text, text)} <= {"="}


def test_neighbouring_changed_words_are_one_change():
    assert diff_words("Sök senast den 2 december", "Sök senast den 16 januari") == (
        ("=", "Sök senast den "),
        ("-", "2 december"),
        ("+", "16 januari"),
    )


def test_the_word_taken_out_of_a_list_that_is_set_anew_is_seen_alone():
    old = "Vem kan söka:\n- kommuner\n- regioner\n- föreningar"
    new = "Vem kan söka:\n- kommuner\n- föreningar"
    taken_out = [text for operation, text in diff_words(old, new) if operation == "-"]
    assert len(taken_out) == 1
    assert taken_out[0].split() == ["regioner", "-"] or taken_out[0].split() == ["-", "regioner"]


def test_six_thousand_short_lines_that_all_change_are_compared_within_bounds():
    old, new = ("\n".join(f"rad {turn} {number}" for number in range(6_000)) for turn in ("a", "b"))
    parts = diff_words(old, new)
    assert joined(parts, "+").startswith("rad a 0")
    assert joined(parts, "-").startswith("rad b 0")


def test_texts_beyond_the_bound_are_cut_and_compared_by_line():
    old, new = ("\n".join(f"{turn} {number}" for number in range(400_000)) for turn in ("a", "b"))
    assert sum(len(text) for _, text in diff_words(old, new)) < 500_000
