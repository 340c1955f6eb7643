"""Writing a mail's view: subject, lead, sections with cards and lines, footer. Templates only place what is written here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from monitor.calls import CallKey, next_deadline
from monitor.digest.calendar import CalendarFile
from monitor.digest.cards import Cards
from monitor.digest.headline import CALL_SECTIONS, Headline, is_moved
from monitor.digest.layout import GroupView, LinkView, MailView, Occasion, OverviewLine, PlanView, SectionView, is_weak
from monitor.digest.links import THE_REST, Links
from monitor.digest.model import Audience, DigestGroup, DigestItem, Selection, Shown
from monitor.digest.reminders import reminder_lines
from monitor.digest.wording import HOME, NO_BREAK, QUOTED, QuotingSentence, Wording, iso_week
from monitor.language.one_line import clean, shorten
from monitor.vocabulary import Kind, MailChange, MailKind, MailSection

_NAMED_UNREAD = 4
NAMED_IN_GROUP = 5
"""Items of a group that the mail names."""
_TITLE_LIMIT = 90
"""Characters of a call's title above the reminders of its plan, and in the first sentences."""
OVERVIEW_LIMIT = 40
"""Calls that the overview lists; a reader of more reads none."""
_IN_OVERVIEW = (*CALL_SECTIONS, MailSection.CHANGED)
_DATED = (MailSection.CHANGED, MailSection.NEW, MailSection.CLOSING)
"""Sections of calls that one can apply for now."""


class MailWriter:
    """Writer of the view of one mail in one language."""

    def __init__(self, wording: Wording, audience: Audience, cards: Cards, occasion: Occasion) -> None:
        self._say = wording.say
        self._wording = wording
        self._audience = audience
        self._cards = cards
        self._occasion = occasion
        self._places: dict[CallKey, int] = {}

    def write(self, selection: Selection, shown: Mapping[CallKey, Shown], calendar: CalendarFile | None = None) -> MailView:
        """Return the view of the whole selection, with which `calendar` is sent."""
        name = clean(self._audience.name)
        quiet_lines = tuple(self._cards.reminder(candidate) for candidate in self._occasion.ahead)
        sections = [self._section(section, selection, shown) for section in MailSection]
        if selection.kind is MailKind.QUIET and quiet_lines:
            sections.append(SectionView(id="ahead", heading=self._say("heading.ahead"), lines=quiet_lines))
        if self._occasion.expected:
            lines = tuple(self._cards.expected(one) for one in self._occasion.expected)
            sections.append(SectionView(id="expected", heading=self._say("heading.expected"), lines=lines))
        week = self._wording.week(self._occasion.week)
        headline = Headline(self._cards, self._occasion)
        overview, more = self._overview(selection, shown)
        return MailView(
            kind=selection.kind.value,
            language=self._wording.language,
            subject=headline.subject(selection),
            preview=headline.preview(selection, self._sources()),
            # On a narrow screen the line must not break between "vecka" and its number.
            title=self._say(f"heading.{selection.kind.value}", name=name, week=week).replace(f" {week}", f"{NO_BREAK}{week}"),
            name=name,
            lead=(*self._lead(selection, name), *self._top()),
            sections=tuple(section for section in sections if section is not None),
            footer=tuple(
                self._footer(
                    selection.kind,
                    name,
                    calendar,
                    currencies=self._converted(selection, shown),
                )
            ),
            footer_heading=self._say("footer.heading"),
            weak_heading=self._say("heading.weak"),
            some=self._say("group.some"),
            also=self._say("card.also"),
            answer=self._say("link.answer"),
            whole=LinkView(self._say("link.whole"), "", self._cards.links.digest(self._occasion.digest)),
            leave=LinkView(self._say("link.leave"), "", self._cards.links.leave()),
            sources=LinkView(self._say("footer.sources_link"), "", self._cards.links.sources()),
            rest=self._rest(selection),
            overview=overview,
            overview_heading=self._say("heading.overview"),
            overview_more=more,
            plans=tuple(self._plans()),
            plans_heading=self._say("heading.plans"),
            cut=self._say("channel.cut"),
        )

    def _plans(self) -> Iterator[PlanView]:
        """Yield the reminders of each plan, with a link to the department's page of it."""
        language = self._wording.language
        for reminder in self._occasion.plans:
            yield PlanView(
                title=shorten(reminder.title, _TITLE_LIMIT),
                url=self._cards.plan_link(reminder.source, reminder.call_id),
                language=reminder.language if reminder.language not in ("", language) else "",
                lines=reminder_lines(reminder.plan, self._wording, self._occasion.now),
            )

    def _overview(self, selection: Selection, shown: Mapping[CallKey, Shown]) -> tuple[tuple[OverviewLine, ...], LinkView | None]:
        """Return the lines of the overview, and the link to the calls below that it has no room for."""
        items = _in_overview(selection, shown)
        groups = [group for group in selection.groups if group.section in _IN_OVERVIEW]
        if len(items) + len(groups) < 2:
            return (), None
        subjects = Counter(self._cards.subject(item.candidate) for item in items)
        room = OVERVIEW_LIMIT - len(groups)
        listed = items[: room if len(items) > room else None]
        lines = [
            self._cards.overview_line(item, self._anchor(item), titled=subjects[self._cards.subject(item.candidate)] > 1)
            for item in listed
        ]
        for group in groups:
            view = self._group(group)
            lines.append(OverviewLine(subject=view.title, url=f"#{view.anchor}"))
        left = len(items) - len(listed)
        first_left = items[len(listed)] if left else None
        more = LinkView(self._say("overview.more", n=left), "", f"#{self._anchor(first_left)}") if first_left else None
        return tuple(lines), more

    def _anchor(self, item: DigestItem) -> str:
        """Return the name of the item's place in the mail."""
        return f"u{self._places.setdefault(item.candidate.key, len(self._places) + 1)}"

    def _section(self, section: MailSection, selection: Selection, shown: Mapping[CallKey, Shown]) -> SectionView | None:
        items = [item for item in selection.items if item.section is section]
        groups = tuple(self._group(group) for group in selection.groups if group.section is section)
        if not items and not groups:
            return None
        welcome = selection.kind is MailKind.WELCOME and section is MailSection.NEW
        in_lines = [item for item in items if shown[item.candidate.key] is Shown.LINE]
        weak = [item for item in in_lines if section is MailSection.NEW and is_weak(item)]
        linked = sum(shown[item.candidate.key] is Shown.LINK for item in items)
        return SectionView(
            id=section.value,
            heading=self._say("heading.open" if welcome else f"heading.{section.value}"),
            cards=tuple(self._cards.card(item, self._anchor(item)) for item in items if shown[item.candidate.key] is Shown.CARD),
            lines=tuple(self._cards.line(item, self._anchor(item)) for item in in_lines if item not in weak),
            weak=tuple(self._cards.line(item, self._anchor(item)) for item in weak),
            groups=groups,
            more=self._link_to_rest(linked, section) if linked else None,
        )

    def _group(self, group: DigestGroup) -> GroupView:
        source = clean(self._audience.sources.get(group.source, group.source))
        number = len(group.items)
        url = self._cards.links.digest(self._occasion.digest, kalla=group.source, avsnitt=group.section.value, visa=THE_REST)
        return GroupView(
            title=self._say(f"group.{group.section.value}", n=number, source=source),
            reason=self._say("group.first_reading" if group.first_reading else "group.many"),
            lines=tuple(self._cards.line(item) for item in group.items[:NAMED_IN_GROUP]),
            link=LinkView(self._say("group.all", n=number), "", url),
            anchor=f"k-{group.section.value}-{group.source}",
        )

    def _link_to_rest(self, number: int, section: MailSection) -> LinkView:
        url = self._cards.links.digest(self._occasion.digest, avsnitt=section.value, visa=THE_REST)
        return LinkView(self._say("link.more", n=number), "", url)

    def _rest(self, selection: Selection) -> LinkView | None:
        if not selection.rest:
            return None
        url = self._cards.links.digest(self._occasion.digest, visa=THE_REST)
        counts = Counter(item.section for item in selection.rest)
        what = self._wording.join(
            self._say("link.rest_open" if section is MailSection.NEW else f"count.{section}", n=counts[section])
            for section in MailSection
            if section in counts
        )
        return LinkView(self._say("link.rest", n=len(selection.rest), what=what), "", url)

    def _nearest_day(self, selection: Selection) -> QuotingSentence | None:
        """Return the sentence on the nearest last day of the calls that one can apply for; None without any."""
        now = self._occasion.now
        days = [
            (
                upcoming.at,
                self._cards.short_subject(item.candidate),
                self._cards.title(item.candidate.call),
                self._cards.other_language(item.candidate.call),
            )
            for item in selection.items
            if item.section in _DATED
            and not any(change.kind is MailChange.WITHDRAWN for change in item.changes)
            and (upcoming := next_deadline(item.candidate.call, now)) is not None
        ]
        if not days:
            return None
        at, subject, title, language = min(days)
        day = at.astimezone(HOME).date()
        quoted, named = title, QUOTED
        if title != subject:
            # Calls of one theme are told apart by the publisher's title.
            several = sum(name == subject for _, name, _, _ in days) > 1
            quoted, named = shorten(title, _TITLE_LIMIT), f"{subject} ({QUOTED})" if several else subject
        said = self._say("lead.nearest", subject=named, day=self._wording.day(day, now), left=self._wording.time_left(day, now))
        return QuotingSentence.quoting(said, quoted, language)

    def _lead(self, selection: Selection, name: str) -> list[QuotingSentence]:
        lead = [QuotingSentence(said) for said in self._summary(selection, name)]
        if selection.kind is not MailKind.CORRECTION and (nearest := self._nearest_day(selection)):
            lead.insert(0 if selection.kind is MailKind.WEEKLY else len(lead), nearest)
        weeks = weeks_between(self._occasion.previous_week, self._occasion.week) if self._occasion.previous_week else []
        if weeks and selection.kind is not MailKind.CORRECTION:
            numbers = self._wording.join(self._wording.week(week) for week in weeks)
            lead.append(QuotingSentence(self._say("lead.covers", n=len(weeks), weeks=numbers)))
        return lead

    def _summary(self, selection: Selection, name: str) -> list[str]:
        """Return what the mail tells, in numbers."""
        say = self._say
        if selection.kind is MailKind.CORRECTION:
            return [say("lead.correction", n=len(selection.items))]
        if selection.kind is MailKind.WELCOME:
            return [say("lead.welcome", name=name), *self._welcome_lead(selection)]
        if selection.kind is MailKind.QUIET:
            return [say("lead.quiet", name=name), *self._sources()]
        counts = selection.counts()
        what = self._wording.join(say(f"count.{section}", n=number) for section, number in counts.items())
        return [say("lead.summary" if selection.kind is MailKind.WEEKLY else f"lead.{selection.kind}", what=what)]

    def _top(self) -> tuple[QuotingSentence, ...]:
        """Return the coordinator's own line, which follows the summary in one line."""
        top = clean(self._occasion.top)
        return (QuotingSentence(self._say("lead.top", text=top)),) if top else ()

    def _welcome_lead(self, selection: Selection) -> list[str]:
        number = sum(item.section is MailSection.NEW for item in selection.everything)
        shown = sum(item.section is MailSection.NEW for item in selection.items)
        if not number:
            lead = [self._say("lead.welcome_nothing")]
        elif number == shown and number > 1:
            lead = [self._say("lead.welcome_all", n=number)]
        else:
            lead = [self._say("lead.welcome_open", n=number, shown=shown)]
        return lead

    def _footer(self, kind: MailKind, name: str, calendar: CalendarFile | None, *, currencies: Sequence[str]) -> list[str]:
        say = self._say
        lines = [] if kind is MailKind.QUIET else self._sources()
        if calendar is not None:
            lines.append(say(f"footer.attached{calendar.holds}"))
        if currencies:
            day = self._wording.short_day(date.fromisoformat(self._audience.rates_day), self._occasion.now)
            lines.append(say("footer.rate", rates=self._wording.join(map(self._rate, currencies)), day=day))
        lines.append(say("footer.machine"))
        lines.append(say("footer.responsible", municipality=clean(self._audience.municipality), contact=self._audience.contact))
        lines.append(say("footer.why", name=name))
        return lines

    def _converted(self, selection: Selection, shown: Mapping[CallKey, Shown]) -> Sequence[str]:
        """Return the currencies of which a card of the mail shows an amount in kronor as well, each once."""
        cards = (item.candidate.call for item in selection.items if shown[item.candidate.key] is Shown.CARD)
        return list(dict.fromkeys(call.budget.currency for call in cards if self._cards.rows.has_rate(call.budget)))

    def _rate(self, currency: str) -> str:
        """Return the rate of a currency in words: 1 EUR = 11,2 kronor."""
        rate = self._wording.number(self._audience.rates[currency])
        return f"1\u00a0{currency}\u00a0=\u00a0{rate}\u00a0{self._wording.say('money.SEK')}"

    def _sources(self) -> list[str]:
        health, now = self._occasion.health, self._occasion.now
        if not health:
            return []
        unread = [source for source in health if not source.healthy]
        if not unread:
            return [self._say("footer.sources_all", n=len(health))]
        if len(unread) == len(health):
            lines = [self._say("footer.sources_none", n=len(health))]
        else:
            lines = [self._say("footer.sources_some", n=len(health), good=len(health) - len(unread))]
        failed = [source for source in unread if source.tried]
        new = [source for source in unread if not source.tried]
        for source in failed[:_NAMED_UNREAD]:
            if source.read is None:
                lines.append(self._say("footer.never", name=clean(source.name)))
            else:
                day = self._wording.short_day(source.read.astimezone(HOME).date(), now)
                lines.append(self._say("footer.unread", name=clean(source.name), day=day))
        if len(failed) > _NAMED_UNREAD:
            lines.append(self._say("footer.unread_more", n=len(failed) - _NAMED_UNREAD))
        if new:
            lines.append(self._say("footer.new", n=len(new), name=clean(new[0].name)))
        return [" ".join(lines)]


def _in_overview(selection: Selection, shown: Mapping[CallKey, Shown]) -> list[DigestItem]:
    """Return the calls of the overview in its order: as in the subject, a moved day goes before all."""
    items = [
        item
        for section in _IN_OVERVIEW
        for item in selection.items
        if item.section is section and item.candidate.call.kind is Kind.CALL and shown[item.candidate.key] is not Shown.LINK
    ]
    return sorted(items, key=lambda item: not is_moved(item))


def notice_view(wording: Wording, audience: Audience, digest: str, refused: Sequence[tuple[str, str]]) -> MailView:
    """Return the view of a mail to the coordinator about addresses that take no mail."""
    say, links = wording.say, Links(audience.base_url, wording.language, audience.numbers)
    lines = [say("notice.line", recipient=recipient, error=clean(error)) for recipient, error in refused]
    return MailView(
        kind=MailKind.NOTICE.value,
        language=wording.language,
        subject=say("subject.notice", n=len(refused)),
        preview=say("notice.lead"),
        title=say("heading.notice"),
        name=clean(audience.name),
        lead=tuple(map(QuotingSentence, (say("notice.lead"), *lines))),
        sections=(),
        footer=(say("footer.responsible", municipality=clean(audience.municipality), contact=audience.contact),),
        footer_heading=say("footer.heading"),
        weak_heading="",
        some="",
        also="",
        answer="",
        whole=LinkView(say("link.whole"), "", links.digest(digest)),
        leave=LinkView(say("link.leave"), "", links.leave()),
        sources=LinkView(say("footer.sources_link"), "", links.sources()),
    )


def weeks_between(earlier: str, later: str) -> list[str]:
    """Return the ISO weeks after one and before another, in order."""
    day = date.fromisocalendar(int(earlier[:4]), int(earlier[6:]), 1) + timedelta(weeks=1)
    end = date.fromisocalendar(int(later[:4]), int(later[6:]), 1)
    weeks = []
    while day < end:
        weeks.append(iso_week(day))
        day += timedelta(weeks=1)
    return weeks
