"""Numbers of proposals in the portal's updates, with their parts, and none where none stands."""

import json

import pytest

from monitor.awards.chances import distinct_competitions, read_competition

CALL = "ESC-X-2021-QUAL-LABEL-FP"


def test_a_plain_number_with_its_sentence():
    found = read_competition(
        "The call closed on 21 March 2024 at 17:00. 49 proposals have been submitted. Results come later.", "LIFE-2024-X"
    )
    assert (found.submitted, found.parts, found.is_label, found.percent) == (49, (), False, None)
    assert found.sentence == "49 proposals have been submitted."


def test_parts_are_told_when_they_add_up():
    text = (
        "120 proposals have been submitted. The breakdown per topic is: AB-CD-2021-LP - Light Procedure: 89 proposals"
        " AB-CD-2021-FP - Full Procedure: 31 proposals Results in May."
    )
    assert read_competition(text).parts == (("AB-CD-2021-LP", 89), ("AB-CD-2021-FP", 31))
    assert read_competition(text.replace("31", "30")).parts == ()


def test_a_table_of_results():
    text = (
        "Number of proposals submitted 336 Number of inadmissible proposals 4 Number of ineligible proposals: 40"
        " Number of above-threshold proposals 235 Number of below threshold proposals 47"
    )
    found = read_competition(text, CALL)
    assert (found.submitted, found.inadmissible, found.ineligible, found.above, found.below) == (336, 4, 40, 235, 47)
    assert found.funded is None
    assert found.is_label


def test_the_year_before_is_not_this_years_number():
    found = read_competition(
        "A total of 561 proposals were submitted. In comparison to 2025 (with 489 proposals submitted), this is more."
    )
    assert found.submitted == 561


def test_thousands_and_a_share():
    found = read_competition("Number of proposals submitted: 1,120 Number of funded proposals: 140")
    assert (found.submitted, found.funded, found.percent) == (1120, 140, 12)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Proposals must be submitted by a consortium of at least 1 applicant.",
        "Each applicant may submit 2 proposals.",
        "The success rate of 2025 was low: HORIZON-CL2-2025-01 - 6.54%",
        "Budget 27.300.000 €",
    ],
)
def test_no_number_where_none_stands(text):
    assert read_competition(text) is None


def test_a_copied_text_counts_once():
    text = "22 proposals have been submitted."
    assert len(distinct_competitions([("A-1", text), ("A-2", f" {text} "), ("A-3", "No number.")])) == 1


@pytest.mark.shared
def test_the_captured_updates(shared):
    path = shared / "data" / "open" / "sedia-latest-infos" / "latest-infos.jsonl"
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert len(rows) == 694
    found = [(row["identifier"], read) for row in rows if (read := read_competition(row["text"], row["identifier"]))]
    assert {code for code, _ in found} == {
        "ESC-HUMAID-2021-QUAL-LABEL-FP",
        "ERASMUS-EDU-2022-ECHE-CERT-FP",
        "ERC-2026-POC",
        "CREA-MEDIA-2026-FILMOVE",
    }
    of = {code: [read for name, read in found if name == code] for code in {code for code, _ in found}}
    assert sorted(read.submitted for read in of["ESC-HUMAID-2021-QUAL-LABEL-FP"]) == [24, 49, 49, 120, 120]
    assert {read.parts and tuple(count for _, count in read.parts) for read in of["ESC-HUMAID-2021-QUAL-LABEL-FP"]} == {
        (), (12, 37), (11, 13), (89, 31),
    }  # fmt: skip
    echo = of["ERASMUS-EDU-2022-ECHE-CERT-FP"]
    assert (336, 4, 40, 235, 47) in {(one.submitted, one.inadmissible, one.ineligible, one.above, one.below) for one in echo}
    assert (431, 8, 43, 289, 71) in {(one.submitted, one.inadmissible, one.ineligible, one.above, one.below) for one in echo}
    assert (339, 7, 18, 239) in {(one.submitted, one.inadmissible, one.ineligible, one.funded) for one in echo}
    assert all(one.is_label for one in echo)
    assert [(one.submitted, one.is_label) for one in of["CREA-MEDIA-2026-FILMOVE"]] == [(22, False)]
    assert 561 in {one.submitted for one in of["ERC-2026-POC"]}
    assert 489 not in {one.submitted for one in of["ERC-2026-POC"]}
