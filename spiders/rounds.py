"""Spider of grants with several rounds: a calendar of rounds, or a list page whose grants each have one page with their days."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from scrapy.http import Request, Response, TextResponse

from monitor.calls import Call, DeadlineModel
from monitor.collect.article import Article, describe_item, read_article
from monitor.collect.links import says_empty
from monitor.collect.markup import visible_text
from monitor.collect.pages import read_addresses, read_article_page
from monitor.collect.reading import ParsedResponse, ProblemKind
from monitor.collect.rounds import Grant, Round, find_rounds, round_key, round_title
from monitor.collect.spider import SourceSpider
from monitor.sources import Source
from monitor.vocabulary import Kind

_KEPT_AFTER_CLOSING = timedelta(days=14)
"""Time after its closing in which a round is passed on."""


class RoundsSpider(SourceSpider):
    """Spider whose items are rounds: each line of a page that states a last day to apply is a call of its own.

    With `links` the page is a list, and each page that it links to describes one grant. Rounds of past years are taken off
    such pages, so a missing one has not vanished. `options.applicants` has plainer words for the publisher's names of applicants.
    """

    name = "rounds"
    max_articles = 80

    async def parse(self, response: Response, **options: Any) -> AsyncIterator[Request | Call]:
        """Yield the rounds of a page, or requests for the pages of the grants that it lists."""
        if not self.source.links:
            for call in (await self.read_response(response, read_calendar)).calls:
                yield call
            return
        parsed = await self.read_response(response, read_addresses)
        for address in parsed.addresses[: self.max_articles]:
            yield self.request_listed(address, self.parse_article)

    async def parse_article(self, response: Response, **options: Any) -> AsyncIterator[Call]:
        """Yield the rounds of one grant's page."""
        for call in (await self.read_response(response, read_grant)).calls:
            yield call


def read_calendar(parsed: ParsedResponse, response: Response, source: Source, now: datetime) -> None:
    """Put the rounds of a page with many grants into `parsed`. Pure."""
    grants = list(_grants(response, source, now))
    for grant in grants:
        for item in grant.rounds:
            _add_round(parsed, grant, item, response.url, None, source, now)
    if not grants and isinstance(response, TextResponse) and says_empty(visible_text(response.selector.root)):
        parsed.said_empty = True
    elif not grants:
        parsed.add_problem(ProblemKind.LAYOUT, "Sidan har ingen rad med en ansökningstid, sådan som källan brukar ha.")


def read_grant(parsed: ParsedResponse, response: Response, source: Source, now: datetime) -> None:
    """Put the rounds of one grant's page into `parsed`; a page with one round or none is an article like any other. Pure."""
    rounds = [item for grant in _grants(response, source, now) for item in grant.rounds]
    several = len({item.deadline.at.date() for item in rounds}) > 1
    article = None
    if several and isinstance(response, TextResponse):
        article = read_article(response.text, response.url, ZoneInfo(source.time_zone))
    if article is None:
        read_article_page(parsed, response, source, now)
        return
    told = {item.line for item in rounds}
    lines = [line for line in article.text.split("\n") if not any(line in text for text in told if line)]
    grant = Grant(article.title, response.url, rounds, lines)
    for item in rounds:
        _add_round(parsed, grant, item, response.url, article, source, now)


def _grants(response: Response, source: Source, now: datetime) -> Iterator[Grant]:
    if isinstance(response, TextResponse):
        zone = ZoneInfo(source.time_zone)
        yield from find_rounds(
            response.text,
            response.url,
            within=source.within,
            reference=now.astimezone(zone).date(),
            language=source.language,
            zone=source.time_zone,
        )


def _add_round(
    parsed: ParsedResponse, grant: Grant, item: Round, page: str, article: Article | None, source: Source, now: datetime
) -> None:
    """Add the Call of one round: a call whatever its words, since its line says until when one may apply.

    `article` is the article of a page that describes the one grant, which has more than its lines.
    """
    parsed.seen += 1
    one = Article(
        title=round_title(grant, item),
        text="\n".join((item.line, *grant.lines)),
        description=article.description if article else "",
        published=article.published if article else None,
        links=article.links if article else (),
        kind=Kind.CALL,
    )
    key = round_key(grant, item, page)
    call = parsed.read_row(key, lambda: describe_item(one, source=source, call_id=key, url=grant.url or page, now=now).call)
    if call is None:
        return
    names: dict[str, str] = source.options.get("applicants") or {}
    call = replace(
        call,
        opens=item.opens,
        deadlines=(item.deadline,),
        deadline_model=DeadlineModel.SINGLE,
        applicants=tuple(names.get(who.casefold(), who) for who in grant.applicants) or call.applicants,
    )
    if item.deadline.at < now - _KEPT_AFTER_CLOSING:
        parsed.leave_out(key, "stängde för länge sedan", call)
    else:
        parsed.calls.append(call)
