"""What events, inputs and arguments are.

Written by subsgen, and anew at each run: change the schema instead.
"""

from __future__ import annotations

from subsgen import Payload


class TickArgs(Payload, kw_only=True):
    """The arguments of ``Subscription.tick``."""
