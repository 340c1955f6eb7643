"""Probation of a theme: its calls reach no department before its day has passed, and another theme's still do."""

from datetime import UTC, date, datetime

import pytest

from monitor.errors import RuleErrors
from monitor.matching.engine import judge_call
from monitor.matching.explain import Circumstances, why
from monitor.matching.match import matches_of, probation_matches_of
from tests.matching.rules import YOUTH, a_call, small_rules

LAST = date(2026, 12, 20)
AFTER = date(2026, 12, 21)
CALL = a_call("Youth exchange")


def tried(until="2026-12-20"):
    return small_rules(ungdom=YOUTH.replace("sdgs = [4]", f"sdgs = [4]\nprobation = {until}"))


def names(matches):
    return [match.department for match in matches]


@pytest.mark.parametrize(("day", "told", "kept"), [(LAST, [], ["kultur"]), (AFTER, ["kultur"], [])])
def test_a_call_goes_to_the_coordinator_until_the_last_day(day, told, kept):
    judgement = judge_call(tried(), CALL)
    assert names(matches_of(judgement, day)) == told
    assert names(probation_matches_of(judgement, day)) == kept
    assert names(matches_of(judgement)) == ["kultur"], "without a day every theme counts: what the rules would do"


def test_a_department_keeps_what_another_theme_gives_it_and_the_theme_on_probation_is_not_named():
    other = YOUTH.replace('id = "ungdom"', 'id = "unga"')
    assert other != YOUTH
    rules = small_rules(ungdom=YOUTH.replace("sdgs = [4]", "sdgs = [4]\nprobation = 2026-12-20"), unga=other)
    judgement = judge_call(rules, CALL)
    (match,) = matches_of(judgement, LAST)
    assert [theme.id for theme in match.themes] == ["unga"]
    assert {item.theme for item in match.evidence} == {"unga"}
    assert probation_matches_of(judgement, LAST) == []


@pytest.mark.parametrize(("day", "step"), [(20, "probation"), (21, "matched")])
def test_the_explanation_says_until_when(day, step):
    found = why(tried(), CALL, "kultur", Circumstances(now=datetime(2026, 12, day, 9, tzinfo=UTC)))
    assert found.step == step
    assert (found.text == "Temat Ungdomsutbyten är på prov till 20 dec. 2026. Den går till samordnaren så länge.") == (day == 20)


def test_a_day_in_quotes_is_an_error_that_says_how_to_write_it():
    with pytest.raises(RuleErrors, match=r"themes/ungdom\.toml:\d+.*en dag som 2026-12-24, utan citattecken"):
        tried('"20 december"')
