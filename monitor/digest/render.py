"""Rendering: from a selection to subject, HTML, text and calendar entries, small enough to arrive whole in every mail program."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import mjml
from jinja2 import DictLoader, Environment, StrictUndefined, TemplateError, select_autoescape

from monitor.calls import CallKey
from monitor.digest.answers import Signer
from monitor.digest.calendar import CalendarFile, mail_calendar
from monitor.digest.cards import Cards
from monitor.digest.flowed import flow
from monitor.digest.layout import MailView, Occasion, plan
from monitor.digest.model import Audience, Selection, Shown
from monitor.digest.phrases import read_old_phrases, read_phrases
from monitor.digest.view import NAMED_IN_GROUP, MailWriter
from monitor.digest.wording import Wording
from monitor.errors import MailError
from monitor.language.one_line import clean
from monitor.translation import Catalogue
from monitor.vocabulary import TEMPLATE_MAILS, MailSection

LANGUAGES = ("sv", "en")
# Gmail cuts a mail off at 102 kB; below this, nobody loses the end.
SIZE_LIMIT = 95_000
_FIRST_CARDS, _FIRST_LINES = 10, 80
_FORMS = ("subject.txt", "txt", "mjml")
_INDENTED = re.compile(r"[ \t]*\n\s*")
_EVERY_MAIL = "mail"
"""Name of the templates of every kind of mail that has none of its own, such as `weekly.mjml`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """Mail in one language, complete but for the recipient."""

    language: str
    subject: str
    html: str
    text: str
    view: MailView
    """Values from which the mail was written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """Mail in every wanted language, with its calendar entries in each, and the form in which each item is shown."""

    renderings: tuple[Rendering, ...]
    calendars: tuple[CalendarFile, ...]
    shown: Mapping[CallKey, Shown]


class Templates:
    """Templates and phrases, read once; a file of an earlier folder replaces the same file of a later one."""

    def __init__(self, files: Mapping[str, str], phrases: Mapping[str, Catalogue]) -> None:
        self._files = frozenset(files)
        self._environment = Environment(
            loader=DictLoader(dict(files)),
            undefined=StrictUndefined,
            autoescape=select_autoescape(enabled_extensions=("mjml",), default_for_string=True, default=False),
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        self._phrases = phrases

    def wording(self, language: str) -> Wording:
        """Return the words of one language."""
        return Wording(language, self._phrases[language])

    def fill(self, name: str, **values: object) -> str:
        """Return one template with its values filled in.

        Raises:
            MailError: The template does not work; it is named with the line.
        """
        try:
            return self._environment.get_template(name).render(**values)
        except TemplateError as error:
            line = getattr(error, "lineno", None)
            raise MailError(f"{name}{f', line {line}' if line else ''}", f"the template does not work: {error}") from error

    def render(self, view: MailView) -> Rendering:
        """Return a view as a mail.

        Raises:
            MailError: A template does not work, or gives no MJML.
        """
        source = self._fill_form(view, "mjml")
        try:
            html = mjml.mjml2html(source, fonts={})
        except (ValueError, OSError) as error:
            raise MailError(self._template_name(view.kind, "mjml"), f"is not MJML: {error}") from error
        text = self._fill_form(view, "txt")
        return Rendering(
            language=view.language,
            subject=clean(self._fill_form(view, "subject.txt")),
            html=_finished(html),
            text=flow(text),
            view=view,
        )

    def _fill_form(self, view: MailView, form: str) -> str:
        return self.fill(self._template_name(view.kind, form), mail=view)

    def _template_name(self, kind: str, form: str) -> str:
        """Return the name of the template of one kind of mail; that of every mail where the kind has none of its own."""
        name = f"{kind}.{form}"
        return name if name in self._files else f"{_EVERY_MAIL}.{form}"


def template_names() -> set[str]:
    """Return the names that templates can have besides those that the folders share: one per kind of mail and form."""
    return {f"{kind}.{form}" for kind in (_EVERY_MAIL, *TEMPLATE_MAILS) for form in _FORMS}


def load_templates(folders: Sequence[Path]) -> Templates:
    """Return the templates and phrases of the folders. The first folder with a template wins; phrases are laid over each other.

    Raises:
        MailError: A file cannot be read, is no catalogue, or a template is missing.
    """
    layers = []
    for folder in reversed(folders):
        try:
            texts = {
                path.name: path.read_text("utf-8")
                for path in sorted(folder.glob("*"))
                if path.suffix in (".txt", ".mjml", ".po", ".toml")
            }
        except (OSError, UnicodeDecodeError) as error:
            raise MailError(str(folder), f"a template cannot be read: {error}") from error
        layers.append((str(folder), tuple(texts.items())))
    return _templates(tuple(layers))


@lru_cache(maxsize=8)
def _templates(layers: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]) -> Templates:
    """Return the templates of the same texts, compiled once per process however many members are served."""
    files: dict[str, str] = {}
    phrases = dict.fromkeys(LANGUAGES, Catalogue())
    for folder, layer in layers:
        texts = dict(layer)
        files |= {name: text for name, text in texts.items() if not name.endswith((".po", ".toml"))}
        for language in LANGUAGES:
            for name, read in ((f"{language}.toml", read_old_phrases), (f"{language}.po", read_phrases)):
                if name in texts:
                    phrases[language] = read(texts[name], f"{folder}/{name}").laid_over(phrases[language])
    missing = [name for form in _FORMS if (name := f"{_EVERY_MAIL}.{form}") not in files]
    if missing:
        raise MailError(layers[0][0], f"these templates are missing: {', '.join(missing)}")
    return Templates(files, phrases)


def render_mail(
    templates: Templates,
    selection: Selection,
    audience: Audience,
    occasion: Occasion,
    signer: Signer,
    languages: Sequence[str] = ("sv",),
) -> Rendered:
    """Render the mail in each language, with as many cards and lines as have room; the rest stands behind links."""
    cards, lines = _FIRST_CARDS, _FIRST_LINES
    while True:
        shown = plan(selection, cards, lines)
        renderings, calendars = [], []
        for language in languages:
            wording = templates.wording(language)
            calendar = _calendar(wording, selection, shown, audience, occasion)
            calendars.append(calendar)
            maker = Cards(wording, audience, signer, occasion.digest, occasion.now)
            view = MailWriter(wording, audience, maker, occasion).write(selection, shown, calendar)
            renderings.append(templates.render(view))
        largest = max(len(part.encode()) for rendering in renderings for part in (rendering.html, rendering.text))
        if largest <= SIZE_LIMIT or not (cards or lines):
            break
        cards, lines = _smaller(cards, lines, sum(value is Shown.CARD for value in shown.values()))
    files = tuple(calendar for calendar in calendars if calendar is not None)
    return Rendered(renderings=tuple(renderings), calendars=files, shown=shown)


def _smaller(cards: int, lines: int, used: int) -> tuple[int, int]:
    if used:
        return min(cards, used) * 3 // 4, lines
    return 0, lines * 3 // 4


def _calendar(
    wording: Wording, selection: Selection, shown: Mapping[CallKey, Shown], audience: Audience, occasion: Occasion
) -> CalendarFile | None:
    """Return the calendar file of every item that the mail names or that has changed, save those whose last day has passed."""
    named = [*selection.items, *(item for group in selection.groups for item in group.items[:NAMED_IN_GROUP])]
    in_group = {item.candidate.key for item in named[len(selection.items) :]}
    dated = [
        item.candidate
        for item in named
        if item.section is not MailSection.MISSED
        and (shown[item.candidate.key] is not Shown.LINK or item.candidate.key in in_group or item.changes)
    ]
    return mail_calendar(wording, dated, audience, occasion.now, occasion.week)


def _finished(html: str) -> str:
    """Return the page with its body as main landmark, so that screen readers can go straight to it, and without needless marks.

    Each card begins and ends with conditional comments for Outlook that follow each other, which are one as well.
    """
    html = html.replace(' role="article"', ' role="main"', 1).replace(' aria-roledescription="email"', "", 1)
    return _INDENTED.sub("\n", html.replace("<![endif]--><!--[if mso | IE]>", ""))
