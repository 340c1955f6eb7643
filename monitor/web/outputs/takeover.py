"""The archive for another archive to take over: `/arkiv.ndjson`, complete, in pages, each signed (`monitor.archive.takeover`)."""

from __future__ import annotations

import hashlib
import json

from datasette import Response

from monitor.archive.signing import load_key, sign
from monitor.archive.takeover import FORMAT, VERSION, present_cursor, write_page
from monitor.web.framework.request import Visit
from monitor.web.framework.route import Route
from monitor.web.framework.templates import OWN_PAGE


def take_over(visit: Visit) -> Response:
    """Answer with the calls that have changed since the cursor `efter`; 304 when `If-None-Match` has the present one."""
    db = visit.site.archive.db
    asked = visit.args.get("efter", "")
    db.execute("BEGIN")  # one state of the archive for the whole page
    try:
        tag = f'"{present_cursor(db)}"'
        if visit.none_match == tag == f'"{asked}"':
            return Response("", status=304, headers={"etag": tag, **OWN_PAGE})
        lines, since, until, more = write_page(db, asked)
    finally:
        db.execute("ROLLBACK")
    head = {
        "format": FORMAT,
        "version": VERSION,
        "archive": visit.site.config.municipality.base_url,
        "since": since,
        "until": until,
        "more": more,
        "calls": len(lines),
    }
    content = "".join(f"{line}\n" for line in (json.dumps(head, ensure_ascii=False), *lines)).encode()
    end = {"sha256": hashlib.sha256(content).hexdigest(), "signature": sign(load_key(visit.site.config.data_dir), content)}
    return Response(
        (content + json.dumps(end).encode() + b"\n").decode(),
        content_type="application/x-ndjson; charset=utf-8",
        headers={} if more else {"etag": f'"{until}"'},
    )


ROUTES = (Route(r"^/arkiv\.ndjson$", take_over),)
