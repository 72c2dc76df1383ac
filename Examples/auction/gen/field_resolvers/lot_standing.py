"""The standing: what a lot is to the one who watches it."""

from __future__ import annotations

from house import bids_on
from subsgen import Context

from ..types import Lot, LotStandingArgs, Standing


async def resolve(parents: list[Lot], args: LotStandingArgs, context: Context) -> list[Standing]:
    """Called once for each bidder, because it asks who that is."""
    return [standing(parent, context.claims["user_id"]) for parent in parents]


def standing(lot: Lot, bidder: str) -> Standing:
    bids = bids_on(lot)
    if bids and bids[-1].bidder == bidder:
        return Standing.LEADING
    return Standing.OUTBID if any(bid.bidder == bidder for bid in bids) else Standing.WATCHING
