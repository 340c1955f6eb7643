"""What is usual for a source is learned from its readings, and what a reading has lost is told."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.collect.health import RunFacts
from monitor.collect.usual import describe_usual, find_losses, learn

START = datetime(2026, 1, 1, tzinfo=UTC)


def reading(day, *, items=10, chars=1200, changes=1, **fields):
    counts = {"items": items, "deadline": items, "published": items, "text": items, **fields}
    return RunFacts(at=START + timedelta(days=day), accepted=True, items=items, changes=changes, fields=counts, chars=chars)


def whole(day, *, kept=8, chars=680, **fields):
    """Return a reading of eight items, `kept` of them passed on."""
    read = {"items": 8, "deadline": 8, "published": 8, "text": 8, "ahead": 8, **fields}
    counts = {name: min(read[name], kept) for name in ("items", "deadline", "published", "text")}
    at = START + timedelta(days=day)
    return RunFacts(
        at=at, accepted=True, items=8, changes=1, fields=counts, chars=chars if kept else None, read_fields=read, read_chars=chars
    )


USUAL = [reading(day) for day in range(6)]


def test_days_or_texts_that_nearly_all_items_had_and_none_has_now_are_lost():
    assert find_losses(reading(7), USUAL) == []
    assert find_losses(reading(7, deadline=0), USUAL) == [
        "Ingen av 10 poster har längre sista ansökningsdag. Förr hade de flesta det."
    ]
    assert len(find_losses(reading(7, published=0, text=0, chars=None), USUAL)) == 2
    assert find_losses(reading(7, deadline=2), USUAL) == [], "some have it"


def test_texts_that_became_a_fifth_as_long_are_lost():
    assert find_losses(reading(7, chars=90), USUAL) == ["Texterna har blivit korta: omkring 90 tecken. Förr var de omkring 1200."]
    assert find_losses(reading(7, chars=400), USUAL) == []
    short = [reading(day, chars=120) for day in range(6)]
    assert find_losses(reading(7, chars=20), short) == [], "its texts were never long"


def test_what_items_have_lost_that_are_left_out_for_it_is_told():
    earlier = [whole(day) for day in range(4)]
    short = "Texterna har blivit korta: omkring 36 tecken. Förr var de omkring 680."
    left_out = "Alla 8 poster lämnas utanför, fast 8 har en dag framåt. Förr sparades de flesta."
    assert find_losses(whole(5, kept=0, chars=36), earlier) == [short, left_out]
    assert find_losses(whole(5, kept=3, chars=36), earlier) == [short]
    assert find_losses(whole(5, kept=0), earlier) == [left_out]
    undated = "Ingen av 8 poster har längre sista ansökningsdag. Förr hade de flesta det."
    assert find_losses(whole(5, kept=0, deadline=0, ahead=0), earlier) == [undated]
    assert find_losses(whole(5, kept=3), earlier) == []


def test_items_that_are_left_out_when_they_are_over_are_no_loss():
    earlier = [whole(day) for day in range(4)]
    assert find_losses(whole(5, kept=0, ahead=0), earlier) == [], "all their last days have passed"
    assert find_losses(whole(5, kept=0, ahead=4), earlier) == []


def test_items_that_were_always_left_out_or_were_accepted_so_are_no_loss():
    always = [whole(day, kept=1) for day in range(4)]
    assert find_losses(whole(5, kept=0), always) == []
    accepted = [*(whole(day) for day in range(4)), whole(4, kept=0, chars=36)]
    assert find_losses(whole(5, kept=0, chars=36), accepted) == []
    unmeasured = [reading(day, items=8) for day in range(4)]
    assert find_losses(whole(5, kept=0, chars=36), unmeasured) == [], "older readings did not measure it"


def test_what_was_never_usual_is_not_lost_nor_what_a_person_has_accepted():
    seldom = [reading(day, deadline=3) for day in range(6)]
    assert find_losses(reading(7, deadline=0), seldom) == []
    accepted = [*USUAL, reading(6, deadline=0, chars=90)]
    assert find_losses(reading(7, deadline=0, chars=90), accepted) == []
    assert find_losses(reading(7, deadline=0), [reading(8), *accepted, reading(9)]) != [], "it came back, and is lost again"


def test_two_readings_and_three_items_teach_nothing():
    assert find_losses(reading(7, deadline=0), USUAL[:2]) == []
    assert find_losses(reading(7, items=3, deadline=0), USUAL) == []
    assert learn(USUAL[:2]) is None


def test_rhythm_numbers_shares_and_lengths_are_learned():
    weekly = [reading(7 * week, items=12 + week % 3, published=0, changes=week % 2) for week in range(12)]
    usual = learn(weekly)
    assert (usual.items, usual.days, usual.chars) == (13, 14, 1200)
    text = describe_usual(usual)
    assert text.startswith("Den brukar ge omkring 13 poster, med något nytt omkring var 14:e dag.")
    assert "procent har sista ansökningsdag" in text
    assert "publiceringsdatum" not in text


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(5, 40), min_size=3, max_size=12), st.integers(5, 40))
def test_a_reading_like_the_others_has_lost_nothing(sizes, size):
    earlier = [reading(day, items=items) for day, items in enumerate(sizes)]
    assert find_losses(reading(50, items=size), earlier) == []
