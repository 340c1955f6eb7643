"""The documentation as pages under /hjalp: the site that `make docs` builds and that a wheel has with it."""

from __future__ import annotations

from pathlib import Path

from datasette import Response

from monitor.web.framework.request import Visit
from monitor.web.framework.route import NotFound, Route
from monitor.web.framework.templates import FOLDER, OWN_PAGE, page

HELP = FOLDER / "help"
"""Folder of the site; missing in a checkout until `make docs` has run."""
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
}
"""Media type of each kind of file of the site, by its suffix; no other files are handed out."""
_FIRST = "koordinator.html"


def help_start(visit: Visit) -> Response:
    """Lead to the first page of the site, or say how to build it."""
    if not (HELP / _FIRST).is_file():
        return page("help-missing.html", visit, status=404)
    # Links of the site are relative to its folder, which the address has to end with.
    return Response.redirect(f"/hjalp/{_FIRST}", headers=dict(OWN_PAGE))


def help_file(visit: Visit) -> Response:
    """Answer with a file of the site."""
    file = _find(visit.path_vars["file"])
    if file is None:
        raise NotFound
    return Response(file.read_bytes(), content_type=_TYPES[file.suffix], headers=dict(OWN_PAGE))


def _find(name: str) -> Path | None:
    """Return the file of the site with this path; None for one that is missing, of another kind, or outside the folder."""
    file = (HELP / name).resolve()
    return file if file.suffix in _TYPES and file.is_relative_to(HELP.resolve()) and file.is_file() else None


ROUTES = (Route(r"^/hjalp/?$", help_start), Route(r"^/hjalp/(?P<file>[\w./-]+)$", help_file))
