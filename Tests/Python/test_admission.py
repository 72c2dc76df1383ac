"""Which connections are opened: by origin, by address and by user. Over real sockets for every adapter, and without for what is counted."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from chat import SDL
from serving import Client, Server, Start, client, within
from subsgen import AuthHandler, ConnectionInfo, RuntimeOptions, SubscriptionManager
from subsgen.admission import Admission, NotAdmitted
from subsgen.asgi import AsgiWebSocketAdapter


def manager(**options: Any) -> SubscriptionManager:
    return SubscriptionManager(schema=SDL, options=RuntimeOptions(**options))


def by_payload(payload: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """Believes whatever the client says."""
    return payload


async def refusal(server: Server, **headers: str) -> int:
    """How a connection is refused: HTTP's status, or the code of the server that had shaken hands already."""
    try:
        async with client(server, **headers) as stranger:
            code, _ = await stranger.closing()
            return code
    except InvalidStatus as error:
        return error.response.status_code


def refusals(start: Start) -> tuple[int, int]:
    """For an origin, and for too many."""
    return (4403, 4403) if start.__name__ in ("custom", "websockets") else (403, 429)


# MARK: Origins


async def test_a_page_of_another_site_is_refused_before_the_handshake(start: Start, capsys: pytest.CaptureFixture[str]) -> None:
    served = manager()
    async with start(served, None) as server:
        for origin in ("https://evil.example", "null", "http://127.0.0.1:1", f"http://127.0.0.1.evil.example:{server.url}"):
            assert await refusal(server, Origin=origin) == refusals(start)[0]
            await within(server.ended.get())
        assert served.get_metrics()["connections"] == 0
    assert "ERROR" not in capsys.readouterr().err, "who refuses has made no mistake"


async def test_a_page_of_the_same_host_and_a_client_without_origin_are_let_in(start: Start) -> None:
    async with start(manager(), None) as server:
        origin = server.url.replace("ws://", "http://").removesuffix("/graphql")
        async with client(server, Origin=origin) as page, client(server) as program:
            await page.initialise()
            await program.initialise()


async def test_pages_of_named_origins_are_let_in_and_no_others(start: Start) -> None:
    async with start(manager(allowed_origins=["https://App.example.com", "null"]), None) as server:
        for origin in ("https://app.example.com", "null"):
            async with client(server, Origin=origin) as page:
                await page.initialise()
            await within(server.ended.get())
        own = server.url.replace("ws://", "http://").removesuffix("/graphql")
        for origin in (own, "http://app.example.com", "https://app.example.com:8443", "https://x.app.example.com"):
            assert await refusal(server, Origin=origin) == refusals(start)[0]


@pytest.mark.parametrize(
    ("origin", "host", "allowed"),
    [
        ("https://a.example", "a.example", True),
        ("http://a.example", "a.example", True),
        ("https://A.example", "a.EXAMPLE", True),
        ("https://a.example", "a.example:443", True),
        ("https://a.example:8443", "a.example:8443", True),
        ("http://[::1]:8000", "[::1]:8000", True),
        ("https://a.example", "b.example", False),
        ("https://a.example", "a.example:8443", False),
        ("https://a.example:8443", "a.example", False),
        ("http://a.example", "a.example:443", False),
        ("https://b.example@a.example.evil", "a.example", False),
        ("https://", "a.example", False),
        ("https://a.example:x", "a.example", False),
        ("a.example", "a.example", False),
        ("file://", "", False),
        ("chrome-extension://a.example", "a.example", False),
        ("null", "null", False),
        ("", "", False),
        ("https://a.example", None, False),
    ],
)
def test_a_page_is_of_the_host_that_it_connects_to(origin: str, host: str | None, allowed: bool) -> None:
    headers = {"origin": origin} | ({} if host is None else {"host": host})
    admission = Admission(RuntimeOptions())
    if allowed:
        admission.enter(ConnectionInfo("c", headers))
    else:
        with pytest.raises(NotAdmitted, match="origin"):
            admission.enter(ConnectionInfo("c", headers))
    Admission(RuntimeOptions(allowed_origins=["*"])).enter(ConnectionInfo("c", headers))


@pytest.mark.parametrize("origins", ["https://a.example", ["a.example"], ["https://a.example/"], ["https://a.example/path"], [""]])
def test_what_no_browser_calls_an_origin_is_an_error(origins: Any) -> None:
    with pytest.raises(ValueError, match="origin"):
        RuntimeOptions(allowed_origins=origins)


async def test_a_server_that_cannot_refuse_by_a_status_closes_the_handshake() -> None:
    incoming: list[dict[str, Any]] = [{"type": "websocket.connect"}]
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return incoming.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    await AsgiWebSocketAdapter({"type": "websocket"}, receive, send).refuse(403, "Forbidden")
    assert sent == [{"type": "websocket.close", "code": 4403, "reason": "Forbidden"}]


# MARK: How many


async def test_an_address_has_so_many_connections_and_each_that_vanishes_makes_room(start: Start) -> None:
    async with start(manager(connections_per_address=2), None) as server, client(server) as first:
        for _ in range(3):  # more than there are places: none may be kept
            async with client(server) as second:
                await second.initialise()
                assert await refusal(server) == refusals(start)[1]
                await within(server.ended.get())
                second.vanish()
            await within(server.ended.get())
        await first.initialise()


async def test_a_user_has_so_many_connections_and_each_that_vanishes_makes_room(start: Start) -> None:
    served = manager(connections_per_user=1)
    async with start(served, by_payload) as server, client(server) as other, client(server) as nobody, client(server) as nobody_else:
        await other.initialise({"user_id": "grace"})
        await nobody.initialise({})
        await nobody_else.initialise()
        for _ in range(3):
            async with client(server) as first, client(server) as second:
                await first.initialise({"user_id": "ada"})
                await second.send({"type": "connection_init", "payload": {"sub": "ada"}})
                assert await second.closing() == (4429, "Too many connections")
                await within(server.ended.get())
                first.vanish()
                await within(server.ended.get())


async def test_places_are_freed_however_a_connection_ends(start: Start) -> None:
    def refuses(payload: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
        raise PermissionError

    async def goodbye(client: Client) -> None:
        await client.socket.close()

    async def malformed(client: Client) -> None:
        await client.send("no message")
        assert (await client.closing())[0] == 4400

    async def too_soon(client: Client) -> None:
        await client.send({"id": "s", "type": "subscribe", "payload": {"query": "subscription { tick }"}})
        assert (await client.closing())[0] == 4401

    async def vanishes(client: Client) -> None:
        client.vanish()

    async def refused(client: Client) -> None:
        await client.send({"type": "connection_init"})
        assert (await client.closing())[0] == 4403

    handlers: dict[Any, AuthHandler] = {refused: refuses}
    for ending in (goodbye, malformed, too_soon, vanishes, refused):
        async with start(manager(connections_per_address=1), handlers.get(ending, by_payload)) as server:
            for _ in range(2):
                async with client(server) as only:
                    await ending(only)
                await within(server.ended.get())


def admitted(admission: Admission, address: str) -> bool:
    try:
        admission.enter(ConnectionInfo("c", address=(address, 1)))
    except NotAdmitted:
        return False
    return True


@pytest.mark.parametrize(
    ("one", "another", "same"),
    [
        ("10.0.0.1", "10.0.0.1", True),
        ("10.0.0.1", "10.0.0.2", False),
        ("10.0.0.1", "::ffff:10.0.0.1", True),
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8:0:0::1", "2001:db8:0:1::1", False),
        ("/run/app.sock", "/run/app.sock", True),
    ],
)
def test_one_client_has_one_address(one: str, another: str, same: bool) -> None:
    admission = Admission(RuntimeOptions(connections_per_address=1))
    assert admitted(admission, one)
    assert admitted(admission, another) != same


@pytest.mark.parametrize("one", ["7", 7])
def test_a_user_is_told_apart_as_the_runtime_does(one: Any) -> None:
    admission = Admission(RuntimeOptions(connections_per_user=1))
    place = admission.enter(ConnectionInfo("c"))
    assert place.belongs_to({"user_id": one, "sub": "x"})
    assert not admission.enter(ConnectionInfo("c")).belongs_to({"user_id": None, "sub": "7"})
    for nobody in (None, {}, {"user_id": True}, {"user_id": ["7"]}):
        assert admission.enter(ConnectionInfo("c")).belongs_to(nobody)


def test_counts_follow_a_connection_from_user_to_user() -> None:
    seed = random.randrange(2**32)
    chance = random.Random(seed)
    admission = Admission(RuntimeOptions(connections_per_user=2, connections_per_address=3))
    places = {admission.enter(ConnectionInfo("c", address=("10.0.0.1", 1))): "" for _ in range(3)}
    for _ in range(2000):
        place = chance.choice(list(places))
        user = chance.choice(["ada", "grace", ""])
        full = user != "" and user != places[place] and list(places.values()).count(user) == 2
        assert place.belongs_to({"sub": user} if user else None) != full, f"seed {seed}"
        if not full:
            places[place] = user
        if chance.random() < 0.2:
            place.free()
            place.free()
            assert not place.belongs_to({"sub": "ada"})
            del places[place]
            places[admission.enter(ConnectionInfo("c", address=("10.0.0.1", 1)))] = ""
        assert not admitted(admission, "10.0.0.1"), f"seed {seed}"
