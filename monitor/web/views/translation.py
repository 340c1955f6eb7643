"""Calls in other languages in short, in the reader's; and the translations that an engine posts to us later."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from datasette import Response

from monitor.calls import Call
from monitor.digest.summary import needs_summary, written_summary
from monitor.fit import FitCard
from monitor.translate.memory import TranslatedSentence, read_machine_text, take_callback
from monitor.translate.texts import make_glossary
from monitor.vocabulary import Kind
from monitor.web.framework.request import Visit
from monitor.web.framework.route import NotFound, Route
from monitor.web.framework.templates import OWN_PAGE, problem_page

ENGINES = {"libretranslate": "LibreTranslate", "etranslation": "eTranslation", "fxtranslate": "Firefox"}
"""Names of the engines as people know them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortText:
    """Call in another language than the page's, in short."""

    title: str = ""
    """Title by machine translation, else that of the strongest theme; "" where there is none."""
    sentences: tuple[TranslatedSentence, ...]
    engine: str = ""
    """Name of the engine that translated; "" where the program wrote the sentences from facts."""


def short_text(visit: Visit, call: Call, matches: Sequence[Mapping[str, Any]], card: FitCard) -> ShortText | None:
    """Return a call in short, None where it is written in the language of the page or is no call to apply for.

    Args:
        visit: The request.
        call: The call.
        matches: Its matches as `call_facts` has them, the strongest first.
        card: Its terms.
    """
    if call.kind is not Kind.CALL or not needs_summary(call, visit.language):
        return None
    machine = read_machine_text(visit.site.archive.db, call) if visit.language == "sv" else None
    if machine is not None:
        engine = ENGINES.get(machine.engine, machine.engine)
        return ShortText(title=machine.title, sentences=machine.sentences, engine=engine)
    rules = visit.site.rules
    programme = rules.programme_of(call)
    themes = matches[0]["themes"] if matches else []
    titles = [
        theme["title"] if visit.language == "sv" else rules.english_titles.get(theme["id"], theme["title"]) for theme in themes
    ]
    written = written_summary(call, titles, programme.name if programme else "", card, visit.wording, visit.now)
    return ShortText(
        title=titles[0] if titles else "",
        sentences=tuple(TranslatedSentence(sentence, visit.language) for sentence in written),
    )


def receive(visit: Visit) -> Response:
    """Store the translations of a batch; the reference in the address is secret and holds once."""
    try:
        document = json.loads(visit.body)
    except (ValueError, RecursionError):
        return problem_page(visit, 400)
    with visit.site.archive.writing() as db:
        if not take_callback(db, make_glossary(visit.site.rules.concepts), visit.path_vars["reference"], document, visit.now):
            raise NotFound
    return Response.text("", headers=dict(OWN_PAGE))


ROUTES = (Route(r"^/oversattning/(?P<reference>[A-Za-z0-9_-]{20,80})$", receive, acts=True),)
