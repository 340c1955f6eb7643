"""Examples of a drafted theme: each scores as the call that the draft proposed, so that a marked call is never refused."""

from dataclasses import replace

import pytest

from monitor.matching.engine import judge_call
from monitor.matching.rules.check import example_call
from monitor.matching.rules.concepts import resolve_theme
from monitor.matching.rules.files import load_toml
from monitor.matching.rules.model import ThemeFile
from monitor.matching.theme_draft import Mark, ThemeDraft, draft_text
from tests.matching.rules import a_call, small_rules

CALLS = (
    ("Small-scale Partnerships", "The action supports sport clubs.", "Sport", "sport"),
    ("Stöd till föreningar", "Pengar till idrott i mindre orter.", "Idrott och hälsa", "idrott"),
    ("Tilskud til foreninger", "Puljen støtter cykling i byen.", "Cykling", "cykling"),
    ("Støtte til frivillige", "Midler til friluftsliv for barn.", "Friluftsliv", "friluftsliv"),
    ("Open call", "", "Libraries. Read more", "libraries"),
    ("Bibliotek", "Ett nytt bibliotek. Kommuner kan söka.", "", "bibliotek"),
)


@pytest.mark.parametrize(("title", "text", "keyword", "word"), CALLS)
def test_an_example_has_the_points_of_its_call(title, text, keyword, word):
    rules = small_rules()
    call = a_call(title, text, keywords=(keyword,) if keyword else (), identifier="X-2026-1")
    draft = ThemeDraft(
        title="Ämnet", departments=("kultur",), words=(word,), marks=(Mark(match=True, source=call.source, call_id=call.call_id),)
    )
    theme = resolve_theme(ThemeFile.model_validate(load_toml(draft_text(draft, "amnet", rules, [call]))), rules.concepts)
    alone = replace(rules, themes=(theme,), extra_terms=())
    (example,) = theme.example
    points = [judge_call(alone, one).results[0].points for one in (call, example_call(example))]
    assert points[0] > 0
    assert points[0] == points[1]
