"""Numbers of a matter are read from texts as they are written, and documents that share one are joined."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.calls import CallKey
from monitor.language.dossiers import DossierStep, Phase, find_phase, find_references, join_dossiers, order_steps, other_steps

PROPOSAL, MEMORANDUM, REFERRAL, DECISION, OTHER = (CallKey("s", name) for name in ("forslag", "fpm", "remiss", "beslut", "annat"))


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Proposal for a Regulation COM(2025) 360 final", ["COM(2025) 360"]),
        ("COM(2025)0360 och KOM(2025) 360 slutlig", ["COM(2025) 360"]),
        ("COM/2025/360", ["COM(2025) 360"]),
        ("CELEX:52025PC0360", ["COM(2025) 360"]),
        ("förfarandet 2025/0360(COD)", ["2025/360(COD)"]),
        ("2025/0360/COD", ["2025/360(COD)"]),
        ("JOIN(2025) 12 final", ["JOIN(2025) 12"]),
        ("2025/26:FPM12", ["2025/26:FPM12"]),
        ("Faktapromemoria 2025/26 FPM 012", ["2025/26:FPM12"]),
        ("propositionen 2025/26:100 och prop. 2025/26:100", ["prop. 2025/26:100"]),
        ("betänkandet SOU 2026:12", ["SOU 2026:12"]),
        ("promemorian Ds 2026: 3", ["Ds 2026:3"]),
        ("kommittédirektiv Dir. 2026:4", ["dir. 2026:4"]),
        ("Diarienummer: KN2025/01234", ["KN2025/1234"]),
        ("Fi2026/00123", ["Fi2026/123"]),
        # Near misses.
        ("telefon 2025/0360, tomten 2025:12 och 1 COM(1999) 5", []),
        ("regulation (EU) 2026/1234", []),
        ("WiFi2026/00123", []),
        ("KOMMUNEN (2025) 360", []),
    ],
)
def test_numbers_are_kept_in_one_form(text, numbers):
    assert list(find_references("Rubrik", text)) == numbers
    assert list(find_references(text, "")) == numbers


def test_a_list_of_several_matters_belongs_to_none_and_what_is_cited_far_below_does_not_count():
    survey = "COM(2025) 1, COM(2025) 2 och COM(2025) 3 behandlades."
    assert find_references("Veckans förslag", survey) == ()
    assert find_references("Om COM(2025) 2", survey) == ("COM(2025) 2",)
    assert find_references("Rapport", "Ord " * 500 + "COM(2025) 9") == ()


@pytest.mark.parametrize(
    ("title", "url", "phase"),
    [
        ("Proposal for a Regulation on soil COM(2025) 360", "", Phase.PROPOSAL),
        ("Faktapromemoria 2025/26:FPM12 Förslag till förordning om mark", "", Phase.MEMORANDUM),
        ("Remiss av KOM(2025) 360 Förslag till förordning", "", Phase.REFERRAL),
        ("Mark", "https://www.regeringen.se/remisser/2026/02/mark/", Phase.REFERRAL),
        ("Public consultation on soil", "", Phase.CONSULTATION),
        ("Regulation (EU) 2027/12 on soil", "", Phase.DECISION),
        ("Proposition 2025/26:100 Vårproposition", "", Phase.BILL),
        ("Mark och vatten", "", Phase.DOCUMENT),
    ],
)
def test_the_phase_is_told_by_title_and_address(title, url, phase):
    assert find_phase(title, url) is phase


def test_documents_meet_through_the_one_that_names_both_numbers():
    dossiers = join_dossiers(
        [
            ("COM(2025) 360", PROPOSAL), ("COM(2025) 360", MEMORANDUM), ("2025/26:FPM12", MEMORANDUM), ("2025/26:FPM12", REFERRAL),
            ("2025/360(COD)", MEMORANDUM), ("2025/360(COD)", DECISION), ("COM(2025) 361", OTHER),
        ]
    )  # fmt: skip
    assert other_steps(dossiers, PROPOSAL) == {MEMORANDUM, REFERRAL, DECISION}
    assert other_steps(dossiers, REFERRAL) == {PROPOSAL, MEMORANDUM, DECISION}
    assert other_steps(dossiers, OTHER) == frozenset()


def test_a_number_that_very_many_documents_name_joins_none():
    many = [("COM(2025) 1", CallKey("s", str(number))) for number in range(41)]
    assert join_dossiers(many) == {}
    assert len(join_dossiers(many[:40])) == 40


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abcde"), st.integers(0, 8)), max_size=20), st.randoms())
def test_dossiers_part_the_documents_whatever_their_order(pairs, random):
    references = [(number, CallKey("s", str(key))) for number, key in pairs]
    dossiers = join_dossiers(references)
    random.shuffle(references)
    assert join_dossiers(references) == dossiers
    for key, members in dossiers.items():
        assert key in members
        assert all(dossiers[member] == members for member in members)


def test_steps_stand_in_order_of_time():
    days = {DECISION: date(2027, 1, 5), PROPOSAL: date(2025, 7, 1), REFERRAL: date(2025, 9, 1), MEMORANDUM: date(2025, 9, 1)}
    phases = {DECISION: Phase.DECISION, PROPOSAL: Phase.PROPOSAL, REFERRAL: Phase.REFERRAL, MEMORANDUM: Phase.MEMORANDUM}
    steps = [DossierStep(key=key, title="", phase=phases[key], day=day) for key, day in days.items()]
    assert [step.key for step in order_steps(steps)] == [PROPOSAL, MEMORANDUM, REFERRAL, DECISION]
