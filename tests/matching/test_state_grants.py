"""State grants and consultations: a hundred items in words of our own, labelled before the rules were read for them."""

import json
from pathlib import Path

import pytest

from monitor.archive.codec import decode_call
from monitor.matching.engine import judge_call
from monitor.matching.evaluate import evaluate, read_labelled
from monitor.matching.match import matches_of
from monitor.matching.rules.load import load_rules
from monitor.paths import RULES

PAGES = Path(__file__).resolve().parent.parent / "pages"
ITEMS = Path(__file__).parent / "labelled_items" / "state_grants.jsonl"


@pytest.fixture(scope="module")
def rules():
    return load_rules(RULES)


def test_the_right_departments_get_state_grants_and_policy(rules):
    lines = ITEMS.read_text("utf-8").splitlines()
    score = evaluate(rules, read_labelled(lines, str(ITEMS), rules.departments))
    assert score.items >= 100
    assert score.micro.f1 >= 0.85
    assert score.micro.precision >= 0.85


DEPARTMENTS = {
    "skolverket": "barn-utbildning", "skolverket-kalender": "barn-utbildning", "spsm": "barn-utbildning", "bra": "social",
    "folkhalsomyndigheten": "social", "arbetsformedlingen": "arbetsmarknad-integration", "trafikverket": "samhallsplanering",
    "robust-kommun": "raddning-beredskap", "mcf-finansiering": "raddning-beredskap", "eucf": "teknisk-service", "elena": "teknisk-service",
    "cbss": "kommunledning", "svenska-institutet": "kommunledning", "eui-kapacitet": "kommunledning", "otlas": "kultur-fritid",
    "een": "nav", "formas": "miljo-bygg", "arvsfonden": "kultur-fritid", "regeringen-remisser": "barn-utbildning", "tyck-till": "nav",
}  # fmt: skip


@pytest.mark.parametrize(("source", "department"), DEPARTMENTS.items())
def test_calls_of_the_saved_pages_reach_the_department_that_they_are_for(rules, source, department):
    saved = [json.loads(path.read_text("utf-8")) for path in (PAGES / source).glob("*.expected.json")]
    calls = [decode_call(json.dumps(call)) for case in saved for call in case.get("calls", [])]
    reached = {match.department for call in calls for match in matches_of(judge_call(rules, call))}
    assert department in reached


def test_programmes_of_the_new_publishers_say_who_pays_and_whom_to_ask(rules):
    named = {json.loads(line).get("programme") for line in ITEMS.read_text("utf-8").splitlines()} - {None}
    for programme in named | {"spsm", "bra", "arvsfonden", "trafikverket", "cbss", "si-baltic"}:
        row = rules.programmes[programme]
        assert row.pays, programme
        assert row.contact is not None, programme
