"""A lot: whoever watches it gets it as it stands, and hears of every bid."""

from __future__ import annotations

from house import house
from subsgen import Context, Skip, passthrough

from ..types import Lot, LotArgs


@passthrough
async def resolve(event: Lot, args: LotArgs) -> Lot | Skip:
    """What a bidder may not see is masked natively, by the schema's rule."""
    return event


async def authorize(args: LotArgs, context: Context) -> bool:
    """There is nothing to watch in a lot that is not offered."""
    return house.find(args.id) is not None


async def initial(args: LotArgs, context: Context) -> Lot | Skip:
    """The lot as it stands, for whoever comes, and for whoever comes back."""
    return house.find(args.id) or Skip()
