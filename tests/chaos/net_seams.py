"""Seams in the network: sockets that are refused, reset or cut when they connect, send and receive."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from typing import Any

from tests.chaos.faults import ERRNO, Counters, Kind

_FUNCTIONS = {
    "connect": "net.connect",
    "connect_ex": "net.connect",
    "send": "net.send",
    "sendall": "net.send",
    "recv": "net.receive",
    "recv_into": "net.receive",
}


def lay_net_seams(counters: Counters) -> None:
    """Lay the seams into this process, for connections over the network; those between processes are left alone."""
    for name, seam in _FUNCTIONS.items():
        setattr(socket.socket, name, _watched(getattr(socket.socket, name), name, seam, counters))


def _watched(original: Callable[..., Any], name: str, seam: str, counters: Counters) -> Callable[..., Any]:
    def call(self: socket.socket, *values: Any) -> Any:
        if self.family not in (socket.AF_INET, socket.AF_INET6):
            return original(self, *values)
        kind = counters.cross(seam)
        if kind in (Kind.KILL, Kind.POWER):
            counters.end()
        if kind is Kind.CUT:
            self.shutdown(socket.SHUT_RDWR)
            return 0 if name == "recv_into" else b""
        if kind in ERRNO:
            if name == "connect_ex":
                return ERRNO[kind]
            raise OSError(ERRNO[kind], os.strerror(ERRNO[kind]))
        return original(self, *values)

    return call
