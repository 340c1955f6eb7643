"""Answers from mails: a department's answer about a call.

Addresses hold a signed token. A GET changes nothing, since mail programs fetch links in advance; only the page's button acts.
"""

from __future__ import annotations

from urllib.parse import quote, urlencode

from datasette import Response

from monitor.archive.calls import load_call
from monitor.archive.feedback import NOTE_LIMIT, current_state, set_state, store_answer
from monitor.archive.listing import list_calls
from monitor.archive.numbers import find_by_number
from monitor.archive.tellings import mails_about
from monitor.calls import CallKey
from monitor.digest.answers import AnswerLink
from monitor.language.one_line import clean, shorten
from monitor.vocabulary import ANSWER_LABELS, Answer, FollowState
from monitor.web.framework.addresses import page_address
from monitor.web.framework.request import Visit
from monitor.web.framework.route import Route
from monitor.web.framework.templates import page, problem_page, redirect

DONE = {**{answer.value: label.thanks for answer, label in ANSWER_LABELS.items()}, "lage": "Läget är noterat."}


def answer(visit: Visit) -> Response:
    """Show the page on which a department answers about a call; a POST stores the answer or the follow-up state."""
    link = visit.site.signer.read_answer(visit.path_vars["token"], visit.now.date())
    if link is None or link.department not in visit.site.rules.departments:
        return problem_page(visit, 410)
    call = load_call(visit.site.archive.db, link.source, link.call_id)
    if call is None:
        return problem_page(visit, 404)
    if visit.is_post:
        return _store_answer(visit, link)
    chosen = visit.args.get("svar", "")
    department = visit.site.rules.departments[link.department]
    title = shorten(clean(call.title), 120)
    tip = f"{visit.say('Den här utlysningen kan vara något för er:')}\n{title}\n{visit.links_to([call.key]).call(call)}\n"
    text = f"{visit.say('Hej!')}\n\n{tip}"
    return page(
        "answer.html",
        visit,
        department=department,
        listed=list_calls(visit.site.archive.db, [call.key], visit.now)[0],
        chosen=chosen if chosen in tuple(Answer) else "",
        state=current_state(visit.site.archive.db, link.department, CallKey(link.source, link.call_id)),
        departments=[other for other in visit.site.rules.departments.values() if other.id != link.department],
        mailto="mailto:?" + urlencode({"subject": f"{visit.say('Tips')}: {title}", "body": text}, quote_via=quote),
        done=DONE,
    )


def short_answer(visit: Visit) -> Response:
    """Lead from the short address in a mail to the page of the answer, which stays the same for mails of earlier versions."""
    db, signer = visit.site.archive.db, visit.site.signer
    key = find_by_number(db, int(visit.path_vars["number"]))
    mails = (
        {}
        if key is None
        else {
            AnswerLink(department=mail.department, source=key.source, call_id=key.call_id, digest=mail.digest): mail
            for mail in mails_about(db, key)
        }
    )
    link = signer.find(visit.path_vars["mark"], mails)
    if link is None:
        return problem_page(visit, 410)
    # Signed with the day of the mail: the two addresses end on the same day.
    written = mails[link].created.astimezone(visit.site.config.zone).date()
    chosen = visit.args.get("svar", "")
    more = {"svar": chosen} if chosen in tuple(Answer) else {}
    return redirect(page_address(f"/svar/{signer.answer_token(link, written)}", visit.language, **more))


def _store_answer(visit: Visit, link: AnswerLink) -> Response:
    note = visit.form.get("anteckning", "").strip()[:NOTE_LIMIT]
    state, chosen = visit.form.get("lage", ""), visit.form.get("svar", "")
    name = visit.site.rules.departments[link.department].name
    if state in tuple(FollowState):
        with visit.site.archive.writing() as db:
            set_state(db, link.department, CallKey(link.source, link.call_id), state, note=note, who=name, now=visit.now)
        return redirect(page_address(visit.path, visit.language, klart="lage"))
    if chosen not in tuple(Answer):
        return problem_page(visit, 400)
    if chosen == Answer.PASS_ON:
        other = visit.site.rules.departments.get(visit.form.get("till", ""))
        note = ": ".join(part for part in (f"till {other.name}" if other else "", note) if part)
    with visit.site.archive.writing() as db:
        store_answer(
            db, link.department, CallKey(link.source, link.call_id), chosen, note=note, digest=link.digest, now=visit.now
        )
    return redirect(page_address(visit.path, visit.language, klart=chosen))


ROUTES = (
    Route(r"^/svar/(?P<token>[^/]{1,7000})$", answer, posts=True),
    Route(r"^/s/(?P<number>[0-9]{1,12})-(?P<mark>[0-9a-f]{16})$", short_answer),
)
