"""What the board shows, tried without a server: `pytest` in this folder, once `subsgen` has generated the package."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from app import app, manager
from subsgen.testing import Events, TestClient
from timetable import timetable

BOARD = "subscription ($stop: ID!, $lines: [String!]) { board(stop: $stop, lines: $lines) { id delay state advice } }"
DELAYED = 'subscription ($minutes: Int) { delayed(stop: "harbour", minutes: $minutes) { id delay } }'


@pytest.fixture
async def desk() -> AsyncIterator[httpx.AsyncClient]:
    """Who announces. Afterwards everything goes as planned again."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://desk") as desk:
        yield desk
    timetable.reset()


@pytest.fixture
async def passenger() -> AsyncIterator[TestClient]:
    async with TestClient(manager) as passenger:
        yield passenger


async def shown(events: Events) -> dict[str, dict[str, Any]]:
    """The departures of the next message, by their ids."""
    result = await events.next()
    assert result.errors is None
    return {one.pop("id"): one for one in result.data["board"]}


async def test_a_board_is_whole_at_first_and_then_tells_of_changes(passenger: TestClient, desk: httpx.AsyncClient) -> None:
    async with passenger.subscribe(BOARD, {"stop": "old-town"}) as events:
        assert list(await shown(events)) == ["o1", "o2", "o3", "o4"]
        await desk.patch("/departures/h6", json={"delay": 3})
        await events.nothing()
        await desk.patch("/departures/o4", json={"platform": "2", "delay": 1})
        assert await shown(events) == {"o4": {"delay": 1, "state": "RUNNING", "advice": None}}


async def test_a_passenger_sees_the_lines_that_he_asked_for(passenger: TestClient, desk: httpx.AsyncClient) -> None:
    async with passenger.subscribe(BOARD, {"stop": "harbour", "lines": ["7", "F1"]}) as events:
        assert list(await shown(events)) == ["h2", "h5", "h6"]
        await desk.patch("/departures/h1", json={"delay": 2})
        await events.nothing()


async def test_advice_follows_what_else_goes_there(passenger: TestClient, desk: httpx.AsyncClient) -> None:
    async with passenger.subscribe(BOARD, {"stop": "harbour", "lines": ["4"]}) as events:
        assert {one["advice"] for one in (await shown(events)).values()} == {None}
        await desk.patch("/departures/h1", json={"state": "CANCELLED"})
        assert (await shown(events))["h1"]["advice"] == "Take line 12 at 08:09, platform A"
        await desk.patch("/departures/h3", json={"delay": 10})
        assert (await shown(events))["h1"]["advice"] == "Take line 4 at 08:17, platform A"


async def test_only_delays_that_are_long_enough_are_told(passenger: TestClient, desk: httpx.AsyncClient) -> None:
    async with passenger.subscribe(DELAYED) as usual, passenger.subscribe(DELAYED, {"minutes": 20}) as patient:
        for minutes in (4, 5, 20):
            await desk.patch("/departures/h2", json={"delay": minutes})
        assert [(await usual.next()).data["delayed"]["delay"] for _ in range(2)] == [5, 20]
        assert (await patient.next()).data == {"delayed": {"id": "h2", "delay": 20}}
        await usual.nothing()


@pytest.mark.parametrize(
    ("id", "body", "status"),
    [("h9", {"delay": 1}, 404), ("h1", {"delay": -1}, 422), ("h1", {"state": "LOST"}, 422), ("h1", {"late": True}, 422), ("h1", 5, 422)],
)
async def test_the_desk_is_told_what_is_wrong(desk: httpx.AsyncClient, id: str, body: object, status: int) -> None:
    response = await desk.patch(f"/departures/{id}", json=body)
    assert (response.status_code, list(response.json())) == (status, ["error"])
