"""How an auction goes, tried without a server: `pytest` in this folder, once `subsgen` has generated the package."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from app import CODE, manager
from house import house
from subsgen import SubscriptionError
from subsgen.testing import Completed, Disconnected, TestClient

LOT = "subscription ($id: ID!) { lot(id: $id) { minimum isSold standing } }"
NAMES = 'subscription { lot(id: "map") { bids { amount bidder } } }'
BID = "mutation ($lot: ID!, $amount: Int!) { bid(lot: $lot, amount: $amount) }"
HAMMER = 'mutation { hammer(lot: "map") }'
MAP = {"id": "map"}


@pytest.fixture(autouse=True)
def evening() -> Iterator[None]:
    yield
    house.reopen()


def bidder(name: str) -> TestClient:
    return TestClient(manager, payload={"name": name})


def auctioneer() -> TestClient:
    return TestClient(manager, payload={"name": "Rosa", "code": CODE})


async def bid(client: TestClient, amount: int, lot: str = "map") -> list[str]:
    """Bids, and returns what is wrong with that."""
    result = await client.execute(BID, {"lot": lot, "amount": amount})
    return [error["message"] for error in result.errors or []]


def lot(minimum: int, standing: str, *, is_sold: bool = False) -> dict[str, Any]:
    return {"lot": {"minimum": minimum, "isSold": is_sold, "standing": standing}}


async def test_everybody_hears_of_a_bid_and_how_it_leaves_him() -> None:
    async with (
        bidder("Ada") as ada,
        bidder("Ben") as ben,
        bidder("Eve") as eve,
        ada.subscribe(LOT, MAP) as of_ada,
        ben.subscribe(LOT, MAP) as of_ben,
        eve.subscribe(LOT, MAP) as of_eve,
    ):
        for events in (of_ada, of_ben, of_eve):
            assert (await events.next()).data == lot(120, "WATCHING")
        assert await bid(ada, 150) == []
        assert await bid(ben, 160) == []
        assert [(await of_ada.next()).data for _ in range(2)] == [lot(160, "LEADING"), lot(170, "OUTBID")]
        assert [(await of_ben.next()).data for _ in range(2)] == [lot(160, "WATCHING"), lot(170, "LEADING")]
        assert [(await of_eve.next()).data for _ in range(2)] == [lot(160, "WATCHING"), lot(170, "WATCHING")]


async def test_a_bid_that_cannot_be_is_refused_and_nobody_hears_of_it() -> None:
    async with bidder("Ada") as ada, ada.subscribe(LOT, MAP) as events:
        await events.next()
        assert await bid(ada, 119) == ["The next bid is 120 or more."]
        assert await bid(ada, 1_000_001) == ["The house takes no bids above 1000000."]
        assert await bid(ada, 500, "moon") == ["There is no such lot."]
        await events.nothing()


async def test_who_bids_is_the_auctioneers_to_see() -> None:
    async with bidder("Ada") as ada, auctioneer() as rosa:
        await bid(ada, 150)
        async with rosa.subscribe(NAMES) as events:
            assert (await events.next()).data == {"lot": {"bids": [{"amount": 150, "bidder": "Ada"}]}}
        async with ada.subscribe(NAMES) as events:
            masked = await events.next()
        assert masked.data == {"lot": {"bids": [{"amount": 150, "bidder": None}]}}
        assert masked.errors is not None


async def test_the_hammer_ends_it_and_only_the_auctioneer_has_it() -> None:
    async with bidder("Ada") as ada, auctioneer() as rosa, ada.subscribe(LOT, MAP) as events:
        await events.next()
        for client, problem in ((ada, "The hammer is the auctioneer's."), (rosa, "Nobody has bid.")):
            [error] = (await client.execute(HAMMER)).errors or []
            assert error["message"] == problem
        await bid(ada, 150)
        assert (await rosa.execute(HAMMER)).data == {"hammer": True}
        assert [(await events.next()).data for _ in range(2)] == [lot(160, "LEADING"), lot(160, "LEADING", is_sold=True)]
        with pytest.raises(Completed):
            await events.next()
        assert await bid(ada, 160) == ["It has been sold."]


async def test_a_lot_that_is_not_offered_cannot_be_watched() -> None:
    async with bidder("Ada") as ada:
        with pytest.raises(SubscriptionError):
            async with ada.subscribe(LOT, {"id": "moon"}):
                pass


@pytest.mark.parametrize("payload", [None, {}, {"name": " "}, {"name": "Eve", "code": "guess"}])
async def test_strangers_stay_outside(payload: dict[str, str] | None) -> None:
    with pytest.raises(Disconnected):
        async with TestClient(manager, payload=payload):
            pass
