"""An address and what answers there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from datasette import Response

from monitor.web.framework.request import Visit

View = Callable[[Visit], Response]


@dataclass(frozen=True, slots=True)
class Route:
    """A pattern of raw paths and its view. `coordinator`: only when logged in; `posts`: it also takes POST; `acts`: nothing but POST;
    `shared`: it changes what the sources said, which a member reads and does not own."""

    pattern: str
    view: View
    coordinator: bool = False
    posts: bool = False
    acts: bool = False
    shared: bool = False

    @property
    def methods(self) -> tuple[str, ...]:
        """What the address takes."""
        if self.acts:
            return ("POST",)
        return ("GET", "HEAD", "POST") if self.posts else ("GET", "HEAD")


class Missing(Exception):  # noqa: N818 - a page that is not there is no error of the program
    """There is nothing at this address."""
