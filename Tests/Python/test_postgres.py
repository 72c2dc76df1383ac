"""The PostgreSQL bus: who publishes by SQL is on it, and the command makes its schema (what buses share: test_shared_buses.py)."""

from __future__ import annotations

import asyncio
import json

import pytest

from postgres_server import run_sql
from serving import within
from subsgen import EventBusConfig, SubscriptionManager, SubscriptionPayload
from subsgen.__main__ import main

SDL = """
type Query { ok: Boolean }
type Message { id: ID!, text: String! }
type Subscription { messageAdded(roomId: ID!): Message @topic(name: "chat.{roomId}") }
"""
MESSAGES = 'subscription { messageAdded(roomId: "7") { id text } }'


@pytest.fixture
def server(postgres_folder: str) -> str:
    return postgres_folder


def url(server: str, database: str) -> str:
    return f"postgresql:///{database}?host={server}&user=postgres"


async def test_what_sql_publishes_comes_between_what_processes_publish(server: str, database: str) -> None:
    address = url(server, database)
    assert main(["postgres", "init", address]) == 0
    async with SubscriptionManager(EventBusConfig.postgresql(address), schema=SDL) as manager:
        id = await manager.create_subscription(SubscriptionPayload(MESSAGES))
        first = await manager.publish_event("chat.7", {"id": "1", "text": "ä"})
        by_sql = """select subsgen.publish('chat.7', '{"id": 2, "text": "ä"}')"""
        second = await asyncio.to_thread(run_sql, server, by_sql, database)
        third = await manager.publish_event("chat.7", {"id": "3", "text": "ä"})
        for number in (1, 2, 3):
            got = await within(manager.get_next_event(id))
            assert got is not None
            assert json.loads(got) == {"data": {"messageAdded": {"id": str(number), "text": "ä"}}}
    assert len({cursor.rsplit(".", 1)[0] for cursor in (first, second, third)}) == 1


async def test_without_the_schema_publishing_says_what_to_do(server: str, database: str) -> None:
    async with SubscriptionManager(EventBusConfig.postgresql(url(server, database) + "&seconds_to_publish=1"), schema=SDL) as manager:
        with pytest.raises(ConnectionError, match=r"within 1 seconds: .*run `subsgen postgres init` once"):
            await manager.publish_event("chat.7", {"id": "1", "text": ""})


def test_the_command_makes_the_schema_once(
    server: str, database: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUBSGEN_BUS_URL", url(server, database))
    assert main(["postgres", "init", "env:SUBSGEN_BUS_URL"]) == 0
    assert main(["postgres", "init", "env:SUBSGEN_BUS_URL"]) == 0
    assert capsys.readouterr().out == "The schema subsgen was made: version 1.\nThe schema subsgen is up to date: version 1.\n"


def test_the_script_does_the_same(server: str, database: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["postgres", "init", "--print"]) == 0
    run_sql(server, capsys.readouterr().out, database)
    assert main(["postgres", "init", url(server, database)]) == 0
    assert "up to date" in capsys.readouterr().out


def test_a_database_that_is_not_there_and_wrong_use_are_said(server: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["postgres", "init", url(server, "nobodys")]) == 1
    assert 'database "nobodys" does not exist' in capsys.readouterr().err
    for arguments, says in ((["init"], "which database"), (["init", "env:NOBODYS"], "no variable"), (["drop"], "invalid choice")):
        with pytest.raises(SystemExit) as ended:
            main(["postgres", *arguments])
        assert ended.value.code == 2
        assert says in capsys.readouterr().err
