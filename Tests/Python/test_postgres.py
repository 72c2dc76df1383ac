"""The PostgreSQL bus, end to end: processes that share a database are one bus, and so is who publishes by SQL."""

from __future__ import annotations

import asyncio
import json
import sys

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

# Another process: it says when it listens, and then each result that it gets.
LISTENER = f"""
import asyncio, sys
from subsgen import EventBusConfig, SubscriptionManager, SubscriptionPayload

async def main() -> None:
    async with SubscriptionManager(EventBusConfig.from_url(sys.argv[1]), schema={SDL!r}) as manager:
        id = await manager.create_subscription(SubscriptionPayload({MESSAGES!r}))
        await manager.publish_event("chat.0", {{"id": "0", "text": "I am here"}})
        print("listens", flush=True)
        while (result := await manager.get_next_event(id)) is not None:
            print(result.decode(), flush=True)

asyncio.run(main())
"""


@pytest.fixture
def server(postgres_folder: str) -> str:
    return postgres_folder


def url(server: str, database: str) -> str:
    return f"postgresql:///{database}?host={server}&user=postgres"


async def test_processes_and_sql_share_their_events(server: str, database: str) -> None:
    address = url(server, database)
    assert main(["postgres", "init", address]) == 0
    other = await asyncio.create_subprocess_exec(sys.executable, "-c", LISTENER, address, stdout=asyncio.subprocess.PIPE)
    assert other.stdout is not None
    assert await other.stdout.readline() == b"listens\n"
    async with SubscriptionManager(EventBusConfig.postgresql(address), schema=SDL) as manager:
        here = await manager.create_subscription(SubscriptionPayload(MESSAGES))
        cursors = [await manager.publish_event("chat.7", {"id": str(number), "text": "ä"}) for number in range(20)]
        cursors.append(
            await asyncio.to_thread(run_sql, server, """select subsgen.publish('chat.7', '{"id": 20, "text": "ä"}')""", database)
        )
        await manager.complete_topic("chat.7")
        expected = [{"data": {"messageAdded": {"id": str(number), "text": "ä"}}} for number in range(21)]
        got: list[bytes | None] = [await within(manager.get_next_event(here)) for _ in range(22)]
        assert [json.loads(result) for result in got if result is not None] == expected
        assert got[-1] is None
    assert [json.loads(line) for line in (await other.stdout.read()).splitlines()] == expected
    assert await other.wait() == 0
    assert len(set(cursors)) == 21
    assert len({cursor.rsplit(".", 1)[0] for cursor in cursors}) == 1


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
