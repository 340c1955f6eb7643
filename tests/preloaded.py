"""Rules, patterns, versions and late imports, made once in the process that commands are forked from.

A forked command that finds none of it made spends a second and more on it, which is most of what a small command costs.
"""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import filelock  # noqa: F401 - imported by commands when they need it, as the next ones
import rich.console  # noqa: F401
import sqlite_utils  # noqa: F401

from monitor import paths
from monitor.archive.readings import reader_version
from monitor.collect.article import Article, describe_item, read_article
from monitor.collect.links import registered_domain
from monitor.matching.rules.load import load_rules
from monitor.program import imported_files
from monitor.sources import Source
from monitor.vocabulary import Kind

rules = load_rules(paths.RULES)
load_rules(paths.RULES, rules.files)  # as a command loads them that finds them checked
reader_version()
for spider in paths.SPIDERS.glob("*.py"):
    imported_files(spider)
registered_domain("www.example.org")

_TEXTS = {
    "sv": (
        "Kommuner kan söka bidrag till skolor",
        "Utlysningen öppnar 1 mars 2027 och stänger 15 april 2027 kl. 16.00. Kommuner kan söka högst 500 000 kronor per projekt. "
        "Bidraget täcker 80 procent av kostnaderna. Remissvar senast 3 maj.",
    ),
    "en": (
        "Call for proposals: youth exchanges",
        "Municipalities may apply for up to EUR 60 000 per project by 15 April 2027, 17:00 Brussels time. The grant covers 80% of costs.",
    ),
}
for language, (title, text) in _TEXTS.items():
    source = Source(
        id="first", kind="page", name="First", url="https://example.org/", language=language, publishes=(Kind.CALL, Kind.NEWS)
    )
    markup = f"<html><head><title>{title}</title></head><body><main><h1>{title}</h1><p>{text}</p></main></body></html>"
    article = read_article(markup, source.url, ZoneInfo(source.time_zone)) or Article(title=title, text=text)
    describe_item(article, source=source, call_id="1", url=source.url, now=datetime(2026, 11, 29, tzinfo=UTC))
