"""The job: sentences are translated once, judged, remembered, and shown as machine translations; failing engines delay nothing."""

import json
import re
from dataclasses import dataclass, field, replace

import pytest

from monitor.archive import open_archive
from monitor.archive.calls import load_call
from monitor.archive.scheduler import JobRow
from monitor.archive.translations import calls_to_translate, find_translations
from monitor.config import load_config
from monitor.errors import ConfigError
from monitor.jobs.digest import DigestBuilder
from monitor.jobs.due import Lane, ScheduleFacts, due_jobs
from monitor.jobs.translate import make_engine, translate_calls
from monitor.translate.engine import BatchAnswer, TranslationError
from monitor.translate.memory import read_machine_text
from monitor.translate.texts import make_glossary, sentences_of, title_of, use_glossary
from tests.web.conftest import page_of, rows
from tests.web.sample import NOW

SWEDISH = {
    "Town twinning events bring citizens of municipalities together.": "Vänortsmöten för samman invånare i kommuner.",
    "Networks of towns debate democracy and European values.": "Nätverk av städer diskuterar demokrati och värden.",
    "Restoration of wetlands and nature areas by municipalities and regional authorities.": "Kommuner återställer våtmarker.",
}


@dataclass
class FakeEngine:
    """Engine that knows some sentences; it says the others back, with what `spoil` makes of them."""

    answers: dict = field(default_factory=lambda: SWEDISH)
    fails: bool = False
    later: bool = False
    name: str = "libretranslate"
    batch_characters: int = 400
    batches: list = field(default_factory=list)
    references: list = field(default_factory=list)

    def submit(self, sentences, language):
        self.batches.append(tuple(sentences))
        if self.fails:
            raise TranslationError("http://engine", "går inte att nå")
        if self.later:
            return BatchAnswer(reference="x")
        return BatchAnswer(translations=tuple(self.answers.get(sentence, f"{sentence} 17") for sentence in sentences))

    def for_batch(self, reference):
        self.references.append(reference)
        return self


def run(site, engine, **more):
    with open_archive(site.config.archive) as archive:
        return translate_calls(site.config, archive.db, site.rules, NOW, engine=engine.for_batch, **more)


def twinning(site):
    """Return a call on town twinning in English."""
    with open_archive(site.config.archive) as archive:
        calls = [load_call(archive.db, *key) for key in calls_to_translate(archive.db, 5_000)]
        return next(call for call in calls if "Town twinning events" in call.summary)


def test_sentences_are_translated_once_and_what_does_not_hold_stays_as_it_was(site):
    engine = FakeEngine()
    report = run(site, engine)
    assert (report.sound, report.left, report.reason) == (2, 0, "")
    assert report.refused > 3, "the titles got a number that the originals do not have"
    assert all(sum(map(len, batch)) + len(batch) <= 400 for batch in engine.batches)
    again = FakeEngine()
    assert run(site, again).sound == 0
    assert again.batches == [], "what is in the memory is asked for no more"
    call = twinning(site)
    with open_archive(site.config.archive) as archive:
        text = read_machine_text(archive.db, call)
        refused = find_translations(archive.db, "en", [title_of(call)])[title_of(call)]
    assert text.title == "", "its translation has a number that the title does not have"
    assert "17 finns inte i originalet" in refused.reason
    assert [sentence.language for sentence in text.sentences] == ["sv", "en"], "a name is missing in the second"


def test_page_and_mail_say_that_it_is_a_machine_translation_with_the_original_beside_it(site, browser):
    run(site, FakeEngine())
    call = twinning(site)
    page = browser.get(page_of(site, call.source, call.call_id)).text
    box = page.partition('aria-labelledby="kort"')[2].partition("</section>")[0]
    assert "Maskinöversatt" in box
    assert "Översatt av LibreTranslate." in box
    assert "<span>Vänortsmöten för samman invånare i kommuner.</span>" in box
    assert '<span lang="en">Networks of towns' in box
    assert call.summary in page.partition("</section>")[2], "the original is on the same page"
    assert "Maskinöversatt" not in browser.get(page_of(site, call.source, call.call_id) + "?lang=en").text
    with open_archive(site.config.archive) as archive:
        department = site.rules.departments["kommunledning"]
        mail = DigestBuilder(site.config, archive, site.rules, NOW, dry_run=True).draft(department).rendered.renderings[0].text
    assert "(maskinöversatt)" in mail
    assert "Vänortsmöten för samman invånare i kommuner." in " ".join(mail.split())


def test_without_an_engine_the_program_writes_three_sentences(site, browser):
    call = twinning(site)
    page = browser.get(page_of(site, call.source, call.call_id)).text
    box = page.partition('aria-labelledby="kort"')[2].partition("</section>")[0]
    assert "Skrivet automatiskt av uppgifterna i utlysningen." in box
    assert box.count("<span>") == 3
    assert re.search("<strong>[^<]*[Vv]änorter", box), "its title is that of the theme"
    assert "Stöd från Medborgare, jämlikhet, rättigheter och värden (CERV)" in box
    assert "Det betalar bland annat vänortsmöten" in box


def test_an_engine_that_fails_is_given_up_and_leaves_nothing_behind(site):
    report = run(site, FakeEngine(fails=True))
    assert (report.sound, report.refused, report.waiting) == (0, 0, 0)
    assert report.left > 3
    assert "går inte att nå" in report.reason
    broken = FakeEngine(fails=True)
    run(site, broken)
    assert len(broken.batches) == 3, "three requests that fail end the run"
    assert rows(site, "translations") == rows(site, "translation_batches") == []


def test_a_run_begins_no_request_after_its_time(site):
    ticks = iter([0.0, 1.0, *[10_000.0] * 1_000])
    engine = FakeEngine()
    report = run(site, engine, clock=lambda: next(ticks))
    assert len(engine.batches) == 1
    assert report.left > 0


def test_an_engine_that_answers_later_is_believed_once_under_its_reference(site, browser):
    engine = FakeEngine(later=True, name="etranslation", batch_characters=100_000)
    report = run(site, engine)
    assert report.waiting > 3
    waiting = FakeEngine(later=True)
    assert run(site, waiting).waiting == 0, "what waits is not asked for again"
    (batch,) = engine.batches
    (row,) = rows(site, "translation_batches")
    reference = row[0]
    assert reference in engine.references
    lines = "\n".join(SWEDISH.get(sentence, "?") for sentence in batch)
    document = json.dumps({"requestId": 1, "targetLanguage": "SV", "translatedText": lines})
    head = {"content-type": "application/json"}

    def post(path, content=document, **more):
        return browser.request("POST", path, content=content, headers={**head, **more}).status_code

    assert post(f"/oversattning/{'x' * 30}") == 404
    assert post("/oversattning/kort") == 404
    assert post(f"/oversattning/{reference}", "{") == 400
    assert post(f"/oversattning/{reference}", **{"content-type": "text/plain"}) == 415
    assert rows(site, "translations") == []
    assert post(f"/oversattning/{reference}") == 200
    assert post(f"/oversattning/{reference}") == 404, "a reference holds once"
    with open_archive(site.config.archive) as archive:
        assert read_machine_text(archive.db, twinning(site)).engine == "etranslation"


def test_matching_and_search_never_see_a_translation(site):
    before = {table: rows(site, table) for table in ("matches", "calls", "words", "readings", "versions")}
    run(site, FakeEngine())
    assert {table: rows(site, table) for table in before} == before


def test_the_glossary_comes_from_the_concepts(site):
    glossary = make_glossary(site.rules.concepts)
    assert glossary["horizon europe"] == "Horisont Europa"
    assert use_glossary("Apply to Horizon Europe.", "Sök till Horizon Europe.", glossary) == "Sök till Horisont Europa."


def test_three_sentences_are_taken_and_abbreviations_end_none(site):
    call = twinning(site)
    assert len(sentences_of(call)) == 2
    text = "See Art. 5 of the act. It pays approx. 5 euro. Third. Fourth."
    assert sentences_of(replace(call, summary=text)) == (
        "See Art. 5 of the act.",
        "It pays approx. 5 euro.",
        "Third.",
    )


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("", "translate.engine: väntade libretranslate"),
        ('engine = "libretranslate"', "translate.url: väntade"),
        ('engine = "etranslation"', "translate.application: väntade"),
        ('engine = "etranslation"\napplication = "A"\n', "väntade en fil med lösenordet"),
        ('engine = "etranslation"\napplication = "A"\npassword_file = "finns-inte"\n', "lösenordet går inte att läsa"),
        ('engine = "fxtranslate"', "translate.folder: väntade"),
    ],
)
def test_settings_that_lack_what_the_engine_needs_are_named(tmp_path, monkeypatch, table, said):
    monkeypatch.delenv("MONITOR_TRANSLATE_PASSWORD", raising=False)
    (tmp_path / "monitor.toml").write_text(f"[translate]\n{table}\n", "utf-8")
    with pytest.raises(ConfigError, match=said):
        make_engine(load_config(tmp_path / "monitor.toml"), "r")


def test_the_job_has_a_lane_of_its_own_and_comes_after_the_matching(tmp_path):
    (tmp_path / "monitor.toml").write_text('[translate]\nengine = "libretranslate"\nurl = "http://127.0.0.1:1"\n', "utf-8")
    config = load_config(tmp_path / "monitor.toml")
    done = JobRow(name="match", due=NOW, state="done", attempts=1, started=NOW, finished=NOW, message="")
    facts = ScheduleFacts(since=NOW, jobs={"match": done})
    assert [job.name for job in due_jobs(config, facts, NOW, Lane.TRANSLATION)] == ["translate"]
    assert [job.name for job in due_jobs(config, facts, NOW, Lane.MAIL)] == []
    assert due_jobs(load_config(None), facts, NOW, Lane.TRANSLATION) == []
