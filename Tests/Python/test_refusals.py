"""What is told of clients that may not connect: counted by rule, logged without a flood and without secrets."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

import pytest

from chat import SDL
from serving import PROTOCOL, Start, client, within
from subsgen import ConnectionInfo, JWTAuth, RuntimeOptions, SubscriptionExecutor, SubscriptionManager, _native
from subsgen.refusals import Refusals
from test_admission import refusal
from tokens import AUDIENCE, SECRET, Clock, claims, signed


def refused(manager: SubscriptionManager) -> dict[str, int]:
    """The metric by its rules, those that are zero left out."""
    lines = [line for line in manager.metrics_text().splitlines() if line.startswith("subsgen_connections_refused")]
    assert len(lines) == 4
    return {line.split('"')[1]: int(line.split(" ")[1]) for line in lines if not line.endswith(" 0")}


async def test_each_refusal_is_counted_by_its_rule_once(start: Start) -> None:
    manager = SubscriptionManager(
        schema=SDL,
        auth_handler=JWTAuth(SECRET, algorithms=["HS256"], audience=AUDIENCE),
        options=RuntimeOptions(connections_per_user=1, connections_per_address=2),
    )
    token = signed(claims(), SECRET, "HS256")
    async with start(manager, None) as server:
        await refusal(server, Origin="https://evil.example")
        await within(server.ended.get())
        assert refused(manager) == {"origin": 1}
        async with client(server) as stranger:
            await stranger.send({"type": "connection_init", "payload": {"token": "x"}})
            await stranger.closing()
        await within(server.ended.get())
        assert refused(manager) == {"origin": 1, "authentication": 1}
        async with client(server) as first, client(server) as second:
            await refusal(server)
            await within(server.ended.get())
            await first.initialise({"token": token})
            await second.send({"type": "connection_init", "payload": {"token": token}})
            await second.closing()
        assert refused(manager) == {"origin": 1, "authentication": 1, "address": 1, "user": 1}


async def test_credentials_that_are_renewed_are_held_against_the_same_limits(start: Start) -> None:
    auth = JWTAuth(SECRET, algorithms=["HS256"], audience=AUDIENCE)
    manager = SubscriptionManager(schema=SDL, auth_handler=auth, options=RuntimeOptions(connections_per_user=1))
    by_user = {name: {"token": signed(claims(sub=name), SECRET, "HS256")} for name in ("ada", "grace")}
    async with start(manager, None) as server:
        async with client(server) as one:
            await one.initialise(by_user["ada"])
            for name in ("ada", "grace", "ada", "grace"):
                await one.send({"type": "ping", "payload": {"auth": by_user[name]}})
                assert await one.receive() == {"type": "pong"}
            async with client(server) as two:
                # It is grace's now, and ada's place is free.
                await two.initialise(by_user["ada"])
                await two.send({"type": "ping", "payload": {"auth": by_user["grace"]}})
                assert await two.closing() == (4429, "Too many connections")
            await within(server.ended.get())
            async with client(server) as three:
                await three.initialise(by_user["ada"])
                await three.send({"type": "ping", "payload": {"auth": {"token": signed(claims(exp=1), SECRET, "HS256")}}})
                assert (await three.closing())[0] == 4403
            await within(server.ended.get())
        assert refused(manager) == {"user": 1, "authentication": 1}


async def test_a_client_that_vanishes_while_it_is_authenticated_is_not_refused(start: Start) -> None:
    began = asyncio.Event()

    async def waits(_: Mapping[str, Any] | None) -> None:
        began.set()
        await asyncio.Event().wait()

    manager = SubscriptionManager(schema=SDL, auth_handler=waits)
    async with start(manager, None) as server, client(server, PROTOCOL) as peer:
        await peer.send({"type": "connection_init"})
        await within(began.wait())
        peer.vanish()
        await within(server.ended.get())
        assert refused(manager) == {}


def test_the_log_has_one_record_of_a_rule_in_a_second(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "subsgen")
    clock = Clock()
    counted: list[str] = []

    class Executor:
        def count_refusal(self, rule: str) -> None:
            counted.append(rule)

    executor: Any = Executor()
    refusals = Refusals(executor, clock)
    connection = ConnectionInfo("c7", address=("10.0.0.1", 5))
    for moment in (0.0, 0.1, 0.9, 1.0, 1.5, 2.1):
        clock.now = moment
        refusals.tell("origin", connection, "why")
    refusals.tell("user", ConnectionInfo("c8"), "another", logging.ERROR)
    assert counted == ["origin"] * 6 + ["user"]
    told = [(record.levelname, record.getMessage(), vars(record)) for record in caplog.records]
    assert [(level, message) for level, message, _ in told] == [
        ("INFO", "a client was refused: why"),
        ("INFO", "a client was refused: why (and 2 more like this, not told)"),
        ("INFO", "a client was refused: why (and 1 more like this, not told)"),
        ("ERROR", "a client was refused: another"),
    ]
    assert [(fields["rule"], fields["connection"], fields["address"]) for _, _, fields in told[2:]] == [
        ("origin", "c7", "10.0.0.1"),
        ("user", "c8", None),
    ]


def test_a_rule_that_is_none_is_an_error() -> None:
    executor: Any = _native.Executor(SDL, RuntimeOptions().native())
    with pytest.raises(ValueError, match="nothing that clients are refused by"):
        executor.count_refusal("weather")
    assert SubscriptionExecutor(SDL).get_metrics()["connections_refused"] == 0
