"""State grants and consultations: a hundred items in words of our own, labelled before the rules were read for them."""

import json
from pathlib import Path

from monitor.matching.evaluate import evaluate, read_labelled
from monitor.matching.rules.load import load_rules
from monitor.paths import RULES

ITEMS = Path(__file__).parent / "labelled_items" / "state_grants.jsonl"


def test_the_right_departments_get_state_grants_and_policy():
    rules = load_rules(RULES)
    lines = ITEMS.read_text("utf-8").splitlines()
    score = evaluate(rules, read_labelled(lines, str(ITEMS), rules.departments))
    assert score.items >= 100
    assert score.micro.f1 >= 0.85
    assert score.micro.precision >= 0.85


def test_programmes_of_the_new_publishers_say_who_pays_and_whom_to_ask():
    rules = load_rules(RULES)
    named = {json.loads(line).get("programme") for line in ITEMS.read_text("utf-8").splitlines()} - {None}
    for programme in named | {"spsm", "bra", "arvsfonden", "trafikverket", "cbss", "si-baltic"}:
        row = rules.programmes[programme]
        assert row.pays, programme
        assert row.contact is not None, programme
