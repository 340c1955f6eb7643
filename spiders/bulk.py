"""Spider of the portal's bulk file: every grant topic in one very large JSON file without texts, read as a stream."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

from scrapy.http import Request, Response

from monitor.calls import Call
from monitor.collect.portal.bulk import is_current_object, parse_object, read_objects
from monitor.collect.reading import ProblemKind
from monitor.collect.spider import SourceSpider

MAX_FILE_BYTES = 600 * 1024 * 1024


class BulkSpider(SourceSpider):
    """Spider that downloads the file when it has changed and yields the current grant topics one at a time."""

    name = "bulk"
    complete_list = True
    custom_settings = {"HTTPCACHE_ENABLED": False}  # noqa: RUF012 - Scrapy's own form

    async def start(self) -> AsyncIterator[Request]:
        """Yield the request for the file, conditional on the validators of the last accepted run."""
        validators = {name: value for name, value in self.validators.items() if value}
        yield self.request(
            self.source.url, self.parse, headers=validators, meta={"spool": MAX_FILE_BYTES, "handle_httpstatus_list": [304]}
        )

    def parse(self, response: Response, **options: Any) -> Iterator[Call]:
        """Yield the calls of the file."""
        if response.status == 304:
            self.reading.unchanged = self.reading.not_modified = True
            return
        spooled: Path = response.meta["spooled"]
        try:
            with spooled.open("rb") as file:
                if self.reject_bot_challenge(response.replace(body=file.read(200_000))):
                    return
                file.seek(0)
                for item in read_objects(file):
                    self.reading.seen += 1
                    call = self.read_object(item)
                    if call is not None:
                        yield call
        except (ValueError, RecursionError):
            text = f"Filen är inte hel JSON: den går inte att läsa efter {self.reading.seen} poster."
            self.reading.add_problem(ProblemKind.UNREADABLE, text)
        finally:
            spooled.unlink(missing_ok=True)
        if not self.reading.seen:
            self.reading.add_problem(ProblemKind.LAYOUT, "Filen har inga utlysningar i den form som programmet känner.")
        self.reading.validators = {
            "If-None-Match": (response.headers.get("ETag") or b"").decode("latin-1"),
            "If-Modified-Since": (response.headers.get("Last-Modified") or b"").decode("latin-1"),
        }

    def read_object(self, item: dict[str, Any]) -> Call | None:
        """Return the Call of a current grant topic; None for any other, and for an object that cannot be read, which is noted."""
        key = str(item.get("ccm2Id") or repr(item)[:60]) if isinstance(item, dict) else repr(item)[:60]
        return self.reading.read_row(key, self.parse_current, item)

    def parse_current(self, item: dict[str, Any]) -> Call | None:
        """Return the Call of a current grant topic, None for any other. Raises what `parse_object` does."""
        return parse_object(item, self.source.id) if is_current_object(item, self.now) else None
