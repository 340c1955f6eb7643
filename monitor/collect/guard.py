"""Guard against private addresses: public http(s) only, checked before requests, after redirects and at connect time."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scrapy.exceptions import IgnoreRequest
from scrapy.resolver import CachingThreadedResolver
from twisted.internet.error import DNSLookupError

if TYPE_CHECKING:
    from typing import Self

    from scrapy import Request
    from scrapy.crawler import Crawler
    from twisted.internet.base import ReactorBase
    from twisted.internet.defer import Deferred

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052: the last 32 bits are the IPv4 address that is reached
# Addresses on the public internet are in 2000::/3 (RFC 4291 section 2.4; IANA IPv6 address space). All other ranges are refused,
# so that ranges not yet known to `ipaddress` are refused too: IPv4-compatible ::/96 and IPv4-translated ::ffff:0:0:0/96 addresses
# (RFC 4291, RFC 2765), local NAT64 64:ff9b:1::/48 (RFC 8215), site-local fec0::/10 (RFC 3879), SRv6 5f00::/16 (RFC 9602).
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
# Special-purpose ranges (iana.org/assignments/iana-ipv4-special-registry and iana-ipv6-special-registry) that `ipaddress` of
# Python 3.11 takes for public ones.
_SPECIAL = (
    ipaddress.IPv4Network("192.88.99.0/24"),  # 6to4 relay anycast, deprecated: RFC 7526
    ipaddress.IPv6Network("3fff::/20"),  # documentation: RFC 9637
)


class RefusedAddressError(IgnoreRequest):
    """Address that may not be fetched; `str()` has the address and the reason, in Swedish without a full stop."""


refused_hosts: dict[str, str] = {}
"""Why host names were refused in this process, in Swedish, by name: Twisted reports only that a name has no address."""


class RefusedHostError(DNSLookupError):
    """Host name that resolves to an address that may not be fetched."""


def refusal_reason(address: str, *, allow_loopback: bool) -> str:
    """Return in Swedish why an IP address may not be connected to, or "" when it may.

    Anything not globally reachable is refused (IANA special-purpose registries, RFC 6890), also wrapped in IPv6.
    """
    ip = _unwrapped(ipaddress.ip_address(address.partition("%")[0]))
    if ip.is_loopback and allow_loopback:
        return ""
    if is_public(ip):
        return ""
    return f"{ip} är ingen publik adress"


def is_public(ip: Address) -> bool:
    """Return whether anyone on the internet can reach an address. IPv4 addresses inside IPv6 ones must be unwrapped before."""
    if isinstance(ip, ipaddress.IPv6Address) and ip not in _GLOBAL_UNICAST:
        return False
    return ip.is_global and not ip.is_multicast and not any(ip.version == net.version and ip in net for net in _SPECIAL)


def check_url(url: str, *, allow_loopback: bool, proxy_host: str = "") -> None:
    """Raise RefusedAddressError unless `url` is plain http(s) to a name or a public address and not the proxy itself."""
    if any(character <= " " or character in "\\\x7f" for character in url):
        raise RefusedAddressError(f"{url!r} har tecken som ingen adress har")
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        parts.port  # noqa: B018 - a port that is no number raises here
    except ValueError as error:
        raise RefusedAddressError(f"{url!r} är ingen adress") from error
    if parts.scheme not in ("http", "https"):
        raise RefusedAddressError(f"{url!r} är varken http eller https")
    if not host or parts.username is not None:
        raise RefusedAddressError(f"{url!r} har inget vanligt värdnamn")
    if host == proxy_host:
        raise RefusedAddressError(f"{url} är proxyn själv")
    try:
        reason = refusal_reason(host, allow_loopback=allow_loopback)
    except ValueError:
        return  # a name: checked when it is resolved
    if reason:
        raise RefusedAddressError(f"{url}: {reason}")


def _unwrapped(ip: Address) -> Address:
    if isinstance(ip, ipaddress.IPv6Address):
        if ip in _NAT64:
            return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None) or ip
    return ip


def refuse_host(host: str, reason: str) -> RefusedHostError:
    """Return the error for a name that may not be connected to; its reason is noted in `refused_hosts`."""
    refused_hosts[host] = reason
    return RefusedHostError(f"{host}: {reason}")


class GuardMiddleware:
    """Middleware that checks every request, redirects and robots.txt included, and sets the proxy that the settings name.

    Names are then resolved by the proxy, which is responsible for their addresses. Loopback never goes through a proxy.
    """

    def __init__(self, allow_loopback: bool, proxy: str = "") -> None:
        self.allow_loopback = allow_loopback
        self.proxy = proxy
        self.proxy_host = urlsplit(proxy).hostname or ""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the guard of a crawler (called by Scrapy)."""
        return cls(crawler.settings.getbool("MONITOR_ALLOW_LOOPBACK"), crawler.settings.get("MONITOR_PROXY", ""))

    def process_request(self, request: Request) -> None:
        """Check a request and set its proxy.

        Raises:
            RefusedAddressError: The address may not be fetched.
        """
        check_url(
            request.url, allow_loopback=self.allow_loopback, proxy_host="" if self._is_loopback(request) else self.proxy_host
        )
        if self.proxy:
            request.meta["proxy"] = None if self._is_loopback(request) else self.proxy

    def _is_loopback(self, request: Request) -> bool:
        host = urlsplit(request.url).hostname or ""
        return self.allow_loopback and host in ("127.0.0.1", "::1", "localhost")


class GuardedResolver(CachingThreadedResolver):
    """Scrapy's resolver that also refuses names with private addresses."""

    def __init__(self, reactor: ReactorBase, cache_size: int, timeout: float) -> None:
        super().__init__(reactor, cache_size, timeout)
        self.allow_loopback = False
        self.proxy_host = ""

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: ReactorBase) -> Self:
        """Return the resolver of a crawler (called by Scrapy)."""
        resolver = super().from_crawler(crawler, reactor)
        resolver.allow_loopback = crawler.settings.getbool("MONITOR_ALLOW_LOOPBACK")
        resolver.proxy_host = urlsplit(crawler.settings.get("MONITOR_PROXY", "")).hostname or ""
        return resolver

    def getHostByName(self, name: str, timeout: Sequence[int] = ()) -> Deferred[str]:  # noqa: N802 - Twisted's name
        """Return the address of a name; fails with RefusedHostError for one that may not be connected to."""
        return super().getHostByName(name, timeout).addCallback(self._checked, name)

    def _checked(self, address: Any, name: str) -> Any:
        reason = refusal_reason(str(address), allow_loopback=self.allow_loopback)
        if reason and name != self.proxy_host:
            raise refuse_host(name, reason)
        return address
