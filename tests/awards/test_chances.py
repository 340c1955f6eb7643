"""Numbers of proposals in the portal's updates, with their parts, and none where none stands."""

import json
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.awards.chances import distinct_competitions, read_competition
from monitor.awards.wording import chance_line

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


@pytest.mark.parametrize(
    ("text", "submitted"),
    [
        ("In 2024, 15 proposals were submitted; this year 112 were submitted.", 112),
        ("In 2024, 15 proposals were submitted; this year 112 proposals were submitted.", 112),
        ("In 2024, 15 proposals were submitted, this year 112 proposals were submitted.", 112),
        ("In 2024, 15 proposals were submitted; this year 112.", 112),
        ("In 2024, 15 proposals were submitted. This year, we received 112 proposals.", 112),
        ("Last year 15 proposals were submitted. This year, 112 proposals were received.", 112),
        ("15 proposals were submitted last year; this year the call had more.", None),
        ("Last year, 15 proposals were submitted; this year 14 were funded.", None),
        ("In 2022, 15 proposals were submitted.", None),
        ("112 proposals were submitted, compared to 15 proposals submitted in 2024.", 112),
        ("Compared with 15 proposals submitted in 2024, 112 proposals were submitted this year.", 112),
        ("In 2025, 112 proposals were submitted.", 112),
        ("112 proposals were submitted in 2025. Results are expected in 2026.", 112),
        ("112 proposals have been submitted this year.", 112),
    ],
)
def test_the_number_of_another_year_is_not_that_of_the_round(text, submitted):
    found = read_competition(text, "LIFE-2025-SAP-NAT")
    assert (found and found.submitted) == submitted


@pytest.mark.parametrize(
    ("text", "submitted"),
    [
        ("In the 2024 call, 98 proposals were submitted; this time 112 proposals were submitted.", 112),
        ("98 proposals were submitted to the 2024 call. 112 proposals were submitted to the 2025 call.", 112),
        ("112 proposals were submitted to the 2025 call.", 112),
        ("98 proposals were submitted under the 2024 edition.", None),
        ("The call of 2024 received 98 proposals.", None),
        ("While in 2024 98 proposals were received, in 2025 112 proposals were received.", 112),
    ],
)
def test_the_number_of_another_years_call_is_not_told(text, submitted):
    found = read_competition(text, "LIFE-2025-SAP-NAT")
    assert (found and found.submitted) == submitted


@pytest.mark.parametrize(
    "text",
    [
        "A maximum of 2 proposals submitted by the same applicant will be evaluated.",
        "If more than 2 proposals submitted by one organisation are found, only the last is kept.",
        "If an applicant has 2 proposals submitted, the last one counts.",
        "At most 2 proposals submitted per applicant are evaluated.",
        "Each applicant may have 2 proposals submitted.",
        "Applicants who submitted 2 proposals will be contacted.",
        "2 proposals submitted by the same organisation are not allowed.",
        "Up to 3 applications received from a single entity are accepted.",
        "Maximum number of proposals submitted: 2.",
        "More than 100 proposals were submitted.",
        "3 proposals received after the deadline were rejected.",
        "3 proposals were submitted after the call deadline.",
        "3 proposals submitted too late are not evaluated.",
        "3 proposals received were declared inadmissible.",
        "It is expected that 50 proposals are submitted.",
        "112 proposals were submitted under topic A and 50 proposals were submitted under topic B.",
        "Topic 1: 112 proposals were submitted. Topic 2: 50 proposals were submitted.",
        "Under topic A, 112 proposals were submitted.",
        "112 proposals were submitted for LIFE-2025-SAP-ENV and 50 proposals were submitted for LIFE-2025-SAP-GOV.",
        "112 full proposals were submitted.",
    ],
)
def test_rules_parts_and_single_topics_are_not_the_number_of_a_call(text):
    assert read_competition(text, "LIFE-2025-SAP-NAT") is None
    total = read_competition(f"{text} In total 162 proposals were submitted.", "LIFE-2025-SAP-NAT")
    assert total.submitted == 162
    assert total.sentence == "In total 162 proposals were submitted."


COMPARED = """\
Compared to 90 proposals submitted in 2024, we received 112 proposals.
Compared with the 90 proposals received in the 2024 call, this call received 112 proposals.
In comparison with 90 proposals submitted earlier, 112 proposals were submitted.
The number rose from 90 proposals submitted in 2024 to 112 proposals submitted in 2025.
This is more than the 90 proposals submitted before.
This is twice as many as the 90 proposals received in the first call.
Interest has grown, up from 90 proposals submitted in 2024; 112 proposals were submitted.
112 proposals were received, against 90 proposals received in 2024.
In contrast to the 90 proposals submitted before, 112 proposals were received.
Unlike the 90 proposals submitted in 2024, most were complete.
While 90 proposals were submitted in 2024, we received 112 proposals.
We received 90 proposals more than in 2024.
In comparison to 2024 (90 proposals submitted) the call was popular.
Since 2021, 90 proposals have been submitted.
On average, 90 proposals were submitted.
Over the last years 90 proposals were submitted.
So far 90 proposals have been submitted.
The 90 proposals submitted in 2024 were fewer.
Last time, 90 proposals were submitted.
There were 90 proposals submitted in 2024 and 112 proposals submitted in 2025.
Previously, 90 proposals were submitted.
The earlier call received 90 proposals."""
RULES = """\
Applicants that have 90 proposals submitted must choose.
Organisations with more than one idea and 90 proposals submitted must choose.
Organisations which have 90 proposals submitted are contacted.
90 proposals submitted under the same title must be merged.
90 proposals submitted with the same text may be rejected.
90 proposals received from partners of one group count as one.
90 proposals submitted for one site are considered as one.
For example, 90 proposals submitted in one week would be too many.
When 90 proposals are submitted for the same site, only the last counts.
Where 90 proposals are received for one place, the experts choose.
It is not possible to have 90 proposals submitted.
90 proposals submitted for one place should be written together.
Of 90 proposals submitted, only the last one is evaluated.
Please do not have 90 proposals submitted.
The limit is 90 proposals submitted per team."""
SOME = """\
20 proposals submitted by SMEs were funded.
20 proposals were submitted by SMEs.
20 proposals were submitted by Sweden.
20 proposals were received from Swedish municipalities.
We received 20 proposals from Spain.
20 proposals submitted by applicants from Sweden were retained.
SMEs submitted 20 proposals.
Swedish organisations submitted 20 proposals.
20 proposals received were funded.
20 proposals submitted late in the day will be selected.
Under the nature strand, 20 proposals were submitted.
20 proposals were submitted under the nature and biodiversity strand.
The nature strand received 20 proposals.
An additional 20 proposals were submitted.
The remaining 20 proposals submitted have no score.
20 proposals submitted twice were merged; in all 112 proposals were received.
20 proposals submitted in error were removed.
20 proposals were submitted on paper.
20 proposals submitted to the wrong call were transferred.
20 proposals received a seal of excellence."""
ALL = """\
112 proposals submitted by the deadline were evaluated.
112 proposals were submitted by the closing date.
112 proposals were received by 22 September 2025.
112 proposals were submitted by September 2025.
112 proposals were submitted by consortia from 27 countries.
112 proposals were received from applicants across Europe.
We received 112 proposals from 27 countries.
Applicants submitted 112 proposals.
340 organisations submitted 112 proposals.
Out of the 112 proposals received, 14 were retained for funding.
While 112 proposals were submitted, 14 were funded.
Since the call has closed, 112 proposals were submitted.
In May 112 proposals were submitted.
112 proposals were submitted in May.
112 proposals were submitted and applicants may expect their results in May.
Compared to last year, 112 proposals is more: 112 proposals were submitted.
When the call closed, 112 proposals had been submitted.
112 proposals were submitted in response to the call under this topic.
We received 112 proposals, more than in 2024.
112 proposals were received by the European Commission.
112 proposals have been received from eligible countries.
Earlier this year, 112 proposals were submitted."""


@pytest.mark.parametrize("text", [*COMPARED.splitlines(), *RULES.splitlines(), *SOME.splitlines()])
def test_a_number_compared_to_of_a_rule_or_of_some_is_not_that_of_the_call(text):
    found = read_competition(text, "LIFE-2025-SAP-NAT")
    assert (found and found.submitted) in (None, 112)
    total = read_competition(f"{text} In total 112 proposals were submitted, 14 were funded.", "LIFE-2025-SAP-NAT")
    assert total.submitted == 112


@pytest.mark.parametrize("text", ALL.splitlines())
def test_the_number_of_all_is_read_beside_words_like_those_of_a_part(text):
    assert read_competition(text, "LIFE-2025-SAP-NAT").submitted == 112


def test_the_funded_of_one_strand_or_of_a_comparison_are_not_told():
    for told in ("5 proposals were funded under the nature strand.", "This is more than the 5 projects that were funded."):
        found = read_competition(f"112 proposals were submitted. {told}", "LIFE-2025-SAP-NAT")
        assert (found.submitted, found.funded) == (112, None)


@pytest.mark.parametrize(
    "text",
    [
        "By the deadline of 22 September 2025, 112 proposals had been submitted.",
        "By 22 Sept 2025, 112 proposals are submitted.",
        "112 proposals have been received.",
        "112 applications were submitted.",
        "112 proposals were submitted by applicants from 27 countries and will be evaluated in May.",
        "112 proposals were submitted by 340 organisations.",
        "The call, which closed on 5 March 2025, received 112 proposals.",
        "112 proposals were submitted, of which 3 were rejected.",
        "112 proposals were submitted and most were rejected.",
        "112 proposals were submitted under this topic.",
        "112 proposals were submitted for topic LIFE-2025-SAP-NAT and 50 proposals were submitted for LIFE-2025-SAP-GOV.",
        "LIFE-2025-SAP-NAT: 112 proposals were submitted.",
        "Applicants who need help may write to us. Number of proposals submitted: 112 Number of inadmissible proposals: 4",
    ],
)
def test_the_number_of_the_call_is_read_in_each_form(text):
    assert read_competition(text, "LIFE-2025-SAP-NAT").submitted == 112


@pytest.mark.parametrize(
    ("told", "funded"),
    [
        ("14 have been selected for funding.", 14),
        ("Of these 14 were funded.", 14),
        ("14 of them were awarded a grant.", 14),
        ("14 proposals have been invited to grant agreement preparation.", 14),
        ("14 projects had been retained.", 14),
        ("14 applications are proposed for funding.", 14),
        ("Awarded: 14 proposals.", 14),
        ("Number of proposals funded: 14.", 14),
        ("14 of the 112 proposals submitted were funded.", 14),
        ("14 out of 112 submitted proposals have been selected for funding.", 14),
        ("5 were funded in 2024, this year 14 were funded.", 14),
        ("In 2024 5 were funded.", None),
        ("14.5 were funded.", None),
        ("12 % were funded.", None),
        ("Funded: 14 %.", None),
        ("Funded: 14.5 million EUR.", None),
        ("Awarded: 20,5 million euro.", None),
        ("120 were funded.", None),
        ("Up to 14 projects are funded.", None),
        ("It is expected that 14 projects are funded.", None),
        ("14 proposals were funded under topic A and 3 proposals were funded under topic B.", None),
        ("14 projects are selected each year.", None),
    ],
)
def test_the_number_of_the_funded_is_read_in_each_form_with_its_sentence(told, funded):
    for text in (f"112 proposals were submitted. {told}", f"{told} 112 proposals were submitted."):
        found = read_competition(text, "LIFE-2025-SAP-NAT")
        assert (found.submitted, found.funded) == (112, funded)
        said = " ".join(found.sentences)
        assert all(str(number) in said for number in (112, funded) if number is not None)
        assert (found.funded_sentence is None) == (funded is None)


def test_the_sentences_kept_hold_every_number_that_is_told():
    filler = "and the experts looked at each of them with care " * 12
    text = (
        f"In this round {filler}112 proposals were submitted {filler}; {filler} 14 were funded {filler}. Budget: EUR 20 million."
    )
    found = read_competition(text, "LIFE-2025-SAP-NAT")
    assert (found.submitted, found.funded, found.budget) == (112, 14, 20_000_000)
    assert all(len(sentence) <= 300 for sentence in found.sentences)
    assert "112 proposals were submitted" in found.sentence
    assert "14 were funded" in found.funded_sentence
    later = "The call closed on 5 March 2025. 112 proposals were submitted. Results follow."
    (_, merged), *_ = distinct_competitions([("LIFE-2025-SAP-NAT", later), ("LIFE-2025-SAP-NAT", text)])
    assert "14 were funded" in " ".join(merged.sentences)


@given(
    st.text(alphabet=string.ascii_letters + " ,.", max_size=400), st.integers(0, 9999), st.text(alphabet="ab .,", max_size=400)
)
def test_the_part_of_a_long_sentence_has_its_number(before, number, after):
    found = read_competition(f"{before} {number} proposals were submitted {after}")
    if found:
        assert str(number) in found.sentence
        assert len(found.sentence) <= 300


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
        f"{'1' * 50_000} proposals were submitted.",
        "The available budget is 27.300.000 €. The deadline is 5 March 2026.",
    ],
)
def test_no_number_where_none_stands(text):
    assert read_competition(text) is None


def test_a_copied_text_counts_once():
    text = "22 proposals have been submitted."
    assert len(distinct_competitions([("A-1", text), ("A-2", f" {text} "), ("A-3", "No number.")])) == 1


CLOSED = "The call closed on 5 March 2026 at 17:00:00 ({}). 112 proposals were submitted."
RESULTS = "Results of the deadline 05/03/2026. Number of proposals submitted: 112 Number of funded proposals: {}"


def brief(updates):
    """Return submitted, funded and day of closing of each competition of updates of one code."""
    found = distinct_competitions(("LIFE-2026-SAP-NAT", text) for text in updates)
    return [(one.submitted, one.funded, one.closed and one.closed.isoformat()) for _, one in found]


def test_the_updates_of_one_closing_day_are_one_competition():
    updates = [CLOSED.format("Brussels time"), CLOSED.format("Brussels Local Time"), RESULTS.format(14)]
    assert brief(updates) == brief(reversed(updates)) == [(112, 14, "2026-03-05")]
    assert brief([*updates, RESULTS.format(15)]) == [(112, 15, "2026-03-05")], "the later update counts"
    (_, one), *_ = distinct_competitions(("LIFE-2026-SAP-NAT", text) for text in updates)
    assert "funded proposals: 14" in one.sentence, "the sentence is that of the results"


def test_the_same_number_of_two_closing_days_stays_two():
    second = CLOSED.format("Brussels time").replace("5 March 2026", "5 September 2026")
    assert len(brief([CLOSED.format("Brussels time"), second])) == 2
    by_order = [
        "The first cut-off has closed. 112 proposals were submitted.",
        "The second cut-off has closed. 112 proposals were submitted.",
    ]
    assert len(brief(by_order)) == 2
    assert len(brief([CLOSED.format("Brussels time"), CLOSED.format("Brussels time").replace("112", "113")])) == 2


def test_an_update_without_a_day_repeats_the_only_competition_that_it_can_be_about():
    undated = "112 proposals have been submitted."
    assert brief([undated, CLOSED.format("Brussels time")]) == [(112, None, "2026-03-05")]
    second = CLOSED.format("Brussels time").replace("5 March 2026", "5 September 2026")
    assert len(brief([undated, CLOSED.format("Brussels time"), second])) == 2
    assert brief([undated, "Number of proposals submitted: 112 Number of funded proposals: 14"]) == [(112, 14, None)]


@pytest.mark.parametrize(
    ("told", "budget"),
    [
        ("Available budget: 27.300.000 €", 27_300_000),
        ("The available budget for topic LIFE-2024-X-10 is 7,800,000.00 €.", 7_800_000),
        ("The budget of the call is EUR 12 million.", 12_000_000),
        ("Budget: 27 300 000 EUR. Total budget requested for proposals retained for funding: 40.000.000 €", 27_300_000),
        ("Total budget requested: EUR 12 million.", None),
        ("Budget per project: EUR 1 million.", None),
        ("Budget: EUR 1 million to EUR 2 million per grant.", None),
        ("Budget: EUR 5 million. The budget is EUR 6 million.", None),
        ("Budget: 30 million kronor.", None),
        ("Grants of EUR 2 million were given.", None),
    ],
)
def test_the_budget_of_a_competition(told, budget):
    found = read_competition(f"112 proposals have been submitted, 14 were funded. {told}", "LIFE-2024-X")
    assert (found.submitted, found.funded, found.budget) == (112, 14, budget)
    assert len(found.sentences) == (2 if budget else 1)
    assert found.budget_sentence is None or found.budget_sentence in told
    assert read_competition(told) is None, "a budget alone is no competition"


def test_a_table_of_results_with_its_budget_adds_to_the_number_of_before():
    results = (
        "1 st cut-off deadline: 17 March 2026 at 17:00 (Brussels local time) Available Budget: 27.300.000 € Number of submitted"
        " proposals: 561 Number of proposals retained for funding [1]: 182 Number of rejected proposals (below thresholds): 28"
        " Total budget requested for proposals retained for funding: 27.300.000 €"
    )
    before = "Deadline 1: A total of 561 proposals were submitted in response to the deadline of this call (17 March 2026)."
    ((_, one),) = distinct_competitions([("ERC-2026-POC", before), ("ERC-2026-POC", results)])
    assert (one.submitted, one.funded, one.below, one.budget, one.percent) == (561, 182, 28, 27_300_000, 32)
    assert chance_line(one) == "561 ansökte, 182 fick (32 procent), budgeten var 27,3 miljoner euro"
    assert chance_line(one, "en") == "561 applied, 182 got it (32 per cent), the budget was 27.3 million euro"


def test_what_comes_after_the_number_is_another_deadline():
    text = "49 proposals have been submitted. Next deadline is 24 September 2024 at 17:00:00 (Brussels time)."
    assert read_competition(text).closed is None
    assert read_competition(f"The call closed on 21 September 2023. {text}").closed.isoformat() == "2023-09-21"


def test_other_topics_with_the_same_number_are_no_copies():
    updates = [("LIFE-2026-SAP-NAT", CLOSED.format("Brussels time")), ("LIFE-2026-CET-PDA", f"Hello. {CLOSED.format('CET')}")]
    assert [code for code, _ in distinct_competitions(updates)] == ["LIFE-2026-SAP-NAT", "LIFE-2026-CET-PDA"]


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
    assert (182, 27_300_000) in {(one.funded, one.budget) for one in of["ERC-2026-POC"]}
    once = distinct_competitions((row["identifier"], row["text"]) for row in rows)
    closed = {code: [(one.closed.isoformat(), one.submitted) for name, one in once if name == code] for code in of}
    assert closed == {
        "ESC-HUMAID-2021-QUAL-LABEL-FP": [("2023-09-21", 49), ("2022-09-22", 49), ("2022-03-24", 24), ("2021-09-22", 120)],
        "ERASMUS-EDU-2022-ECHE-CERT-FP": [("2026-03-24", 559), ("2025-01-28", 336), ("2024-01-25", 431), ("2022-05-03", 339)],
        "ERC-2026-POC": [("2026-03-17", 561)],
        "CREA-MEDIA-2026-FILMOVE": [("2026-03-19", 22)],
    }
