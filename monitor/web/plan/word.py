"""A plan as a Word document (docx) on A4, to take to the meeting where it is decided."""

from __future__ import annotations

import io

from docx import Document

from monitor.digest.wording import Wording
from monitor.translation import translate
from monitor.web.plan.facts import CallPlan
from monitor.web.plan.text import PlanText, StepText, years_note
from monitor.web.report.word import add_table, lay, set_language


def plan_word(found: CallPlan, text: PlanText, wording: Wording, address: str) -> bytes:
    """Return the plan as the bytes of a docx file; `address` is that of its page."""
    language = wording.language

    def say(phrase: str) -> str:
        return translate(phrase, language)

    made = Document()
    made.core_properties.title = text.title
    made.core_properties.author = ""
    made.core_properties.comments = ""
    set_language(made, language)
    lay(made.sections[0], landscape=False)
    made.add_heading(f"{say('Plan')}: {text.title}", 0)
    if found.department is not None:
        made.add_paragraph(found.department.name)
    if text.last_day:
        made.add_paragraph(f"{say('Sista dag')}: {text.last_day}")
    for sentence in text.summary:
        made.add_paragraph(sentence)
    if text.steps:
        made.add_heading(say("Steg"), 1)
        rows = [[step.title, " ".join((step.when, *step.notes)).strip(), _state(step)] for step in text.steps]
        add_table(made, [say("Steg"), say("När"), say("Läge")], rows, numbers=())
    made.add_heading(say("Egna pengar"), 1)
    for sentence in text.share:
        made.add_paragraph(sentence)
    if text.years:
        add_table(made, [say("År"), say("Kronor")], text.years, numbers=(1,), name_share=0.4)
        made.add_paragraph(years_note(found.share, language))
    if text.checks:
        made.add_heading(say("Att kontrollera"), 1)
        rows = [[one.title, one.body, one.label] for one in text.checks]
        add_table(made, [say("Fråga"), say("Vad det gäller"), say("Läge")], rows, numbers=())
    if text.contact:
        made.add_heading(say("Svensk kontakt"), 1)
        made.add_paragraph(", ".join(text.contact))
    made.add_paragraph(address)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _state(step: StepText) -> str:
    return f"{step.label} ({step.noted})" if step.noted else step.label
