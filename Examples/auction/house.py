"""The auction house: lots, and who has bid what. It knows nothing of connections."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from gen.types import Bid, Lot
from subsgen import ID

__all__ = ["BidError", "House", "bids_on", "house"]

STEP = 10


class BidError(Exception):
    """What cannot be done; the text is for who tried."""


def bids_on(lot: Lot) -> list[Bid]:
    """The bids so far. To its class a lot may lack them, as an event may."""
    return lot.bids if isinstance(lot.bids, list) else []


class House:
    """The lots of an evening."""

    def __init__(self, lots: Iterable[Lot]) -> None:
        self._offered = {lot.id: lot for lot in lots}
        self._lots = dict(self._offered)

    def lots(self) -> list[Lot]:
        """All of them, sold ones too."""
        return list(self._lots.values())

    def find(self, id: str) -> Lot | None:
        """A lot as it stands now."""
        return self._lots.get(ID(id))

    def bid(self, id: str, bidder: str, amount: int) -> Lot:
        """The lot after a bid. Raises ``BidError``."""
        lot = self._open(id)
        if amount < lot.minimum:
            raise BidError(f"The next bid is {lot.minimum} or more.")
        if amount > 1_000_000:
            raise BidError("The house takes no bids above 1000000.")
        return self._put(replace(lot, minimum=amount + STEP, bids=[*bids_on(lot), Bid(amount=amount, bidder=bidder)]))

    def sell(self, id: str) -> Lot:
        """The lot, sold to the last bidder. Raises ``BidError``."""
        lot = self._open(id)
        if not lot.bids:
            raise BidError("Nobody has bid.")
        return self._put(replace(lot, is_sold=True))

    def reopen(self) -> None:
        """The evening begins again."""
        self._lots = dict(self._offered)

    def _open(self, id: str) -> Lot:
        lot = self.find(id)
        if lot is None:
            raise BidError("There is no such lot.")
        if lot.is_sold:
            raise BidError("It has been sold.")
        return lot

    def _put(self, lot: Lot) -> Lot:
        self._lots[lot.id] = lot
        return lot


def _offer(id: str, title: str, minimum: int) -> Lot:
    return Lot(id=ID(id), title=title, minimum=minimum, bids=[], is_sold=False)


house = House(
    [
        _offer("clock", "Long-case clock, about 1790", 400),
        _offer("map", "Map of the northern sea", 120),
        _offer("chair", "Chair of a sea captain", 20),
    ]
)
"""The example's own. An auction of which something depends has a database."""
