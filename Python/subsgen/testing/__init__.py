"""For tests of resolvers, rules and schemas: clients without a socket, and events made of the generated types.

Nothing here is a double: a ``TestClient`` speaks the protocol to the native runtime, as a browser does over its socket.
"""

from __future__ import annotations

from .client import Completed, Events, Result, TestClient
from .clock import ManualClock
from .events import build, build_list
from .socket import Disconnected, Refused

__all__ = ["Completed", "Disconnected", "Events", "ManualClock", "Refused", "Result", "TestClient", "build", "build_list"]
