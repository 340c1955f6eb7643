"""Swedish pages and calls of the EU portal, labelled by two readers who had not seen the rules.

`labelled_items/pages.jsonl` has 186 pages as their publishers write them, with the departments that each is for and those that may get
it (`maybe`, counted neither way). `labelled_items/portal_calls.jsonl` has the same for 80 calls whose texts are in the captures beside
the project. The rules were mended with both in view. `python -m tests.matching.test_labelled_pages` prints the shares.
"""

from pathlib import Path

import pytest

from monitor.matching.engine import judge_call
from monitor.matching.evaluate import Labelled, evaluate
from monitor.matching.match import matches_of
from monitor.matching.rules.load import load_rules
from monitor.paths import RULES
from monitor.vocabulary import Kind
from tests.conftest import SHARED
from tests.language.test_unseen import read
from tests.matching.labelled import captured_cascade_calls, captured_topics, plain_text, read_rows

ITEMS = Path(__file__).parent / "labelled_items"
PAGES = read_rows(ITEMS / "pages.jsonl")
PUBLISHED = "2026-11-28"
PUBLISHES = (Kind.CALL, Kind.NEWS, Kind.EVENT, Kind.POLICY)


@pytest.fixture(scope="module")
def rules():
    return load_rules(RULES)


def departments(rules, page):
    """Return the departments that get a page, read as its source gives it; none for a page that is left out."""
    call = read({**page, "language": "sv", "published": PUBLISHED}, PUBLISHES)
    return set() if call is None else {match.department for match in matches_of(judge_call(rules, call))}


def score_of_pages(rules):
    """Return F1 of the departments of the pages, and the pages with a department too many or too few."""
    right = wrong = 0
    differ = []
    for page in PAGES:
        sent, labels = departments(rules, page), set(page["labels"])
        extra, missed = sent - labels - set(page["maybe"]), labels - sent
        right += len(sent & labels)
        wrong += len(extra) + len(missed)
        if extra or missed:
            differ.append((page["id"], page["title"], sorted(extra), sorted(missed)))
    return 2 * right / (2 * right + wrong), differ


def score_of_calls(rules, shared):
    """Return F1 of the departments of the portal's calls, the share of right answers to who may take part, and the differing calls."""
    topics, cascade = captured_topics(shared), captured_cascade_calls(shared)
    rows = []
    for label in read_rows(ITEMS / "portal_calls.jsonl"):
        markup, parent = (cascade if label["id"].endswith("COMPETITIVE_CALLen") else topics)[label["id"]]
        known = {name: value for name, value in label.items() if name != "why"}
        rows.append(Labelled.model_validate({**known, "text": plain_text(markup), "call_title": parent, "language": "en"}))
    score = evaluate(rules, rows)
    right, wrong, lost = (sum(getattr(counts, name) for counts in score.departments.values()) for name in ("tp", "fp", "fn"))
    return 2 * right / (2 * right + wrong + lost), score.fit, score.errors


def test_pages_go_to_the_departments_they_are_for(rules):
    f1, differ = score_of_pages(rules)
    assert len(PAGES) >= 186
    assert f1 >= 0.85, differ


def test_calls_of_the_portal_go_to_the_departments_they_are_for(rules, shared):
    f1, _, differ = score_of_calls(rules, shared)
    assert f1 >= 0.88, differ


if __name__ == "__main__":
    shipped = load_rules(RULES)
    f1, differ = score_of_pages(shipped)
    print(f"pages: F1 {f1:.3f}")
    for page in differ:
        print(*page)
    f1, fit, differ = score_of_calls(shipped, SHARED)
    print(f"calls: F1 {f1:.3f}, may take part: {fit}")
    for call in differ:
        print(call)
