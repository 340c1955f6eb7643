"""A route: the pattern of an address and the view that answers there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from datasette import Response

from monitor.web.framework.request import Visit

View = Callable[[Visit], Response]


class NotFound(Exception):  # noqa: N818 - answered with a page, not an error of the program
    """Request for a page that does not exist; answered with status 404."""


@dataclass(frozen=True, slots=True)
class Route:
    """Addresses of one form and the view that answers them; GET and HEAD unless a field says otherwise."""

    pattern: str
    """Regular expression that the raw path must match; its named groups become `Visit.path_vars`."""
    view: View
    coordinator: bool = False
    """True if only the logged-in coordinator may open it."""
    posts: bool = False
    """True if it answers POST as well as GET."""
    acts: bool = False
    """True if it answers POST alone."""
    shared: bool = False
    """True if it changes calls of the shared archive, which a member may read but not change."""

    @property
    def methods(self) -> tuple[str, ...]:
        """Return the HTTP methods that the route answers."""
        if self.acts:
            return ("POST",)
        return ("GET", "HEAD", "POST") if self.posts else ("GET", "HEAD")
