"""The page docs/sources.md, made from the rows: every publisher in a table, and how to add one."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from monitor.config import load_sources
from monitor.sources import Source

_HEAD = """# Sources

<!-- Made from spiders/sources.toml by `python -m monitor.jobs.sources_page > docs/sources.md`; change the rows, not this page. -->

{count} sources are read. `monitor sources` lists them with their health, and `monitor sources check ID` fetches one now, stores nothing,
and shows field by field what was found, what was not, and what to change: use it on the first day with a network for every address that is
not confirmed. *Confirmed* means that the address was seen on a stored page or in a public program, or answered a test; it does not mean that
it answers today.

| id | publisher | kind | sends | language | place | every | at least | address |
|---|---|---|---|---|---|---|---|---|
"""
_TAIL = """
## Adding a source

A source is a row. Put it into the installation's `monitor.toml`; it needs no code and survives an upgrade.

A feed (RSS, Atom) takes five lines:

```toml
[[source]]
id = "leader-x"
kind = "feed"
name = "Leader X"
url = "https://example.se/feed/"
```

A page that lists articles takes seven. `links` is a regular expression that the addresses of its articles match:

```toml
[[source]]
id = "stiftelsen"
kind = "page"
name = "Stiftelsen"
url = "https://example.se/bidrag/"
links = "/bidrag/[^/]+/$"
language = "sv"
```

Without `links` the page itself is the one item. `within`, a CSS selector, narrows where links are looked for. The article is found without selectors.
Then run `monitor sources check leader-x`.

| key | means |
|---|---|
| `publisher` | who stands behind it |
| `language` | `sv`, `en`, ...; empty: told from each text |
| `publishes` | what it usually sends, the usual first: `call`, `news`, `event`, `policy`, `partner-search`. The words of an item decide |
| `programme` | id in `rules/programmes.toml`, when everything belongs to one programme |
| `place` | the area that everything is limited to, when the text does not say |
| `every` | its rhythm in days; how long it may be quiet is learned from there. After a reading that failed or did not count it is read again the next day |
| `expected` | the least number of items of a healthy reading; 0: it may be empty |
| `time_zone` | where its deadlines are counted |
| `source_timeout` | seconds that a reading of it may take; else what `network.source_timeout` says (1800). What was read by then is kept |
| `enabled` | `false`: not read |
| `note` | for the coordinator |

A shipped row is changed with a table of its own, key by key:

```toml
[sources.mucf]
url = "https://www.mucf.se/ny-adress"
```

## Kinds

| kind | reads |
|---|---|
| `feed` | RSS 0.9 to 2.0, RDF, Atom |
| `page` | a list page and its articles, or a single page |
| `calendar` | an iCalendar file, a page with JSON-LD events, or a list page (`links`) whose pages have them |
| `portal`, `bulk` | the EU portal's search and its bulk file |
| `vinnova` | Vinnova's open data |

## Health

| class | means |
|---|---|
| `silent` | nothing where there used to be something, for longer than ever before |
| `drop` | far fewer items than ever before, or fewer than `expected` |
| `fields` | a fact that most items had is gone from all |
| `unreadable-items` | many items that cannot be read |
| `old` | only old items |
| `stale` | unchanged for much longer than ever before |
| `layout` | the page has been made anew and its articles are not found |
| `not-a-feed` | a web page, or nothing, in place of a feed or calendar |
| `unreadable`, `incomplete`, `empty` | the answer broke off, its pages do not make one listing, or it held nothing |
| `fall` | a whole reading with far fewer calls than the last accepted one; the next that shows the same counts, or `monitor sources accept ID` |
| `dead-links` | more than 30 per cent of the pages on a list, and at least two, give nothing; fewer are named and stop nothing |
| `slow`, `unstored` | the source or one of its answers took longer than the settings allow; nothing of it could be stored |
| `gone`, `moved` | 404 or 410; a permanent redirect |
| `blocked`, `robots` | a wall against programs; robots.txt says no |
| `refused`, `too-large` | an address that may not be read, entities in XML; an answer larger than is taken |
| `unreachable`, `server-error`, `certificate` | no answer; an error of the server, also for robots.txt; a certificate that does not hold |
"""


def render_page(sources: Iterable[Source]) -> str:
    """The page as Markdown."""
    rows = list(sources)
    lines = [
        f"| `{row.id}` | [{row.name}]({row.url}) | {row.kind} | {', '.join(row.publishes)} | {row.language} | {row.place} | {_days(row.every)} | "
        f"{row.expected} | {row.address} |"
        for row in rows
    ]
    return _HEAD.format(count=len(rows)) + "\n".join(lines) + "\n" + _TAIL


def _days(every: int) -> str:
    return {1: "day", 7: "week", 30: "month"}.get(every, f"{every} days")


if __name__ == "__main__":
    sys.stdout.write(render_page(load_sources([], {}, "sources.toml")))
