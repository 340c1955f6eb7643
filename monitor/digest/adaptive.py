"""Mails as Adaptive Cards for a channel in Microsoft Teams, small enough for the workflow that posts them.

Sources: https://adaptivecards.io/explorer/ (version 1.4, which Teams shows everywhere) and, for the message around the card and
its size, https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from monitor.digest.layout import CardView, GroupView, LinkView, MailView, SectionView
from monitor.language.one_line import clean, shorten

SIZE_LIMIT = 27_000
"""Bytes of a message at most: Teams takes 28 kB."""
_TEXT_LIMIT = 600
"""Characters of one text: a longer one would push out other calls."""
_ACTION_LIMIT = 6
"""Buttons in one row: Teams shows no more."""
# What Markdown would read as a mark, and `{{` of date functions; a publisher's text is shown as it is.
_MARKS = re.compile(r"([\\`*_\[\]<>~{}])")
_LIST_MARK = re.compile(r"^(\d+)([.)])|^([-+#])")
Element = dict[str, Any]
"""Element of a card, as JSON."""


def make_card(mail: MailView) -> str:
    """Return the message with the card of a mail, as JSON of at most SIZE_LIMIT bytes.

    Calls that have no room are left out from the end, and a sentence says so; the button leads to all of them.
    """
    head = [_text(mail.title, size="Large", weight="Bolder", style="heading"), *(_text(str(line)) for line in mail.lead)]
    buttons = [_button(mail.whole), _button(mail.sources)]
    blocks = [block for section in mail.sections for block in _section(mail, section)]
    whole = _message(mail, [*head, *blocks], buttons)
    if _size(whole) <= SIZE_LIMIT:
        return _dump(whole)
    cut = _text(mail.cut, weight="Bolder", separator=True)
    room = SIZE_LIMIT - _size(_message(mail, [*head, cut], buttons))
    return _dump(_message(mail, [*head, *_fitting(blocks, room), cut], buttons))


def _fitting(blocks: Sequence[Element], room: int) -> list[Element]:
    """Return the first blocks that fit in so many bytes, without a heading that nothing follows."""
    kept: list[Element] = []
    for block in blocks:
        room -= _size(block) + len(", ")
        if room < 0:
            break
        kept.append(block)
    while kept and kept[-1].get("style") == "heading":
        kept.pop()
    return kept


def _message(mail: MailView, body: list[Element], buttons: list[Element]) -> Element:
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "lang": mail.language,
        "fallbackText": _plain(mail.subject),
        "body": body,
        "actions": buttons,
        "msteams": {"width": "Full"},
    }
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
    return {"type": "message", "attachments": [attachment]}


def _section(mail: MailView, section: SectionView) -> Iterator[Element]:
    yield _text(section.heading, size="Medium", weight="Bolder", style="heading", separator=True)
    for card in section.cards:
        yield _call(mail, card)
    for line in section.lines:
        yield _line(mail, line)
    for group in section.groups:
        yield _group(mail, group)
    if section.weak:
        yield _text(mail.weak_heading, weight="Bolder", style="heading")
        for line in section.weak:
            yield _line(mail, line)
    if section.more is not None:
        yield _linked(section.more)


def _call(mail: MailView, card: CardView) -> Element:
    """Return a call in full."""
    badge = f"{card.badge}: " if card.badge else ""
    items = [
        _text(badge + card.subject, weight="Bolder", size="Medium"),
        *([_text(f"{card.title} {card.title_note}".strip())] if card.subject != card.title else []),
        *_changes(card),
        *([_text(card.summary)] if card.summary else []),
    ]
    if card.rows:
        facts = [
            {"title": _plain(row.label), "value": _plain(" ".join(filter(None, (row.value, row.tail))))} for row in card.rows
        ]
        items.append({"type": "FactSet", "facts": facts})
    if card.why:
        items.append(_text(card.why, isSubtle=True))
    items.extend(_linked(link, mail.also) for link in card.also)
    links = [*card.links, *card.answers][:_ACTION_LIMIT]
    if links:
        items.append({"type": "ActionSet", "actions": [_button(link) for link in links]})
    return {"type": "Container", "separator": True, "spacing": "Large", "items": items}


def _line(mail: MailView, line: CardView) -> Element:
    """Return a call as a line."""
    words = f"{line.title} {line.title_note}".strip()
    title = _link(words, line.url) + (f": {_plain(line.detail)}" if line.detail else "")
    items = [_raw(title), *_changes(line)]
    if line.why:
        items.append(_text(line.why, isSubtle=True, spacing="Small"))
    items.extend(_linked(link, mail.also) for link in line.also)
    return {"type": "Container", "spacing": "Medium", "items": items}


def _group(mail: MailView, group: GroupView) -> Element:
    lines = [_line(mail, line) for line in group.lines]
    items = [_text(group.title, weight="Bolder"), _text(f"{group.reason} {mail.some}"), *lines, _linked(group.link)]
    return {"type": "Container", "separator": True, "items": items}


def _changes(card: CardView) -> Iterable[Element]:
    color = {"color": "Attention"} if card.urgent else {}
    return (_text(str(change), weight="Bolder", **color) for change in card.changes)


def _linked(link: LinkView, before: str = "") -> Element:
    return _raw(f"{_plain(before)} {_link(link.text, link.url)}".strip())


def _button(link: LinkView) -> Element:
    return {"type": "Action.OpenUrl", "title": clean(link.text), "url": link.url}


def _text(text: str, **looks: object) -> Element:
    return _raw(_plain(text), **looks)


def _raw(markdown: str, **looks: object) -> Element:
    return {"type": "TextBlock", "text": markdown, "wrap": True, **looks}


def _link(text: str, url: str) -> str:
    """Return a link in Markdown; brackets in the address would end it."""
    return f"[{_plain(text)}]({url.replace('(', '%28').replace(')', '%29').replace(' ', '%20')})"


def _plain(text: str) -> str:
    """Return a text of one line that Markdown shows as it is."""
    escaped = _MARKS.sub(r"\\\1", shorten(clean(text), _TEXT_LIMIT))
    return _LIST_MARK.sub(lambda mark: f"{mark[1]}\\{mark[2]}" if mark[1] else f"\\{mark[3]}", escaped)


def _dump(value: Element) -> str:
    return json.dumps(value, ensure_ascii=False)


def _size(value: Element) -> int:
    return len(_dump(value).encode())
