"""docs/reference/postgresql.md: what it shows of publishing by SQL, and of rights, does what it says on a server of the tests' own."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from postgres_server import run_sql
from serving import within
from subsgen import EventBusConfig, SubscriptionManager, SubscriptionPayload
from subsgen import _native as native

PAGE = Path(__file__).parents[2] / "docs/reference/postgresql.md"
BLOCKS: list[tuple[str, str]] = re.findall(
    r"^<!-- not run: [^\n]*test_postgresql_page\.py [^\n]* -->\n```(\w+)\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL
)
"""Language and text of those that the page leaves to this test."""
SDL = """
type Query { ok: Boolean }
type Order { id: Int!, status: String }
type Message { roomId: Int!, text: String }
type Subscription {
  orderChanged: Order
  orderDeleted: Order @topic(name: "order_deleted")
  messageAdded(roomId: Int!): Message @topic(name: "chat.{roomId}")
}
"""
TABLES = """
create table orders (id integer primary key, status text not null);
insert into orders values (7, 'open');
create table messages (room_id integer not null, text text not null);
"""
REFUSAL = """
create function refuse() returns trigger language plpgsql as $$ begin raise 'refused at the end'; end $$;
create constraint trigger refusal after update on orders deferrable initially deferred for each row execute function refuse();
"""


def of(language: str, pattern: str) -> str:
    """The page's one block that has the pattern."""
    (text,) = (text for written_in, text in BLOCKS if written_in == language and re.search(pattern, text, re.MULTILINE))
    return text


@pytest.fixture
def shop(postgres_folder: str, database: str) -> EventBusConfig:
    """The bus of a database with the tables that the page speaks of."""
    url = f"postgresql:///{database}?host={postgres_folder}&user=postgres"
    native.PostgresSchema(url).install()
    run_sql(postgres_folder, TABLES, database)
    return EventBusConfig.postgresql(url)


def published(folder: str, database: str) -> list[tuple[str, object]]:
    """Topics and payloads, in the order in which they were published."""
    rows = run_sql(folder, "select json_build_array(topic, payload) from subsgen.outbox order by published_at", database)
    return [(topic, json.loads(payload)) for topic, payload in map(json.loads, rows.splitlines())]


@pytest.mark.parametrize("library", ["sqlalchemy", "psycopg", "asyncpg"])
async def test_an_event_joins_the_transaction_of_a_library(library: str, shop: EventBusConfig, postgres_folder: str, database: str) -> None:
    text = of("python", f"^(?:from|import) {library}\\b")
    assert "://localhost/app" in text
    program = text.replace("://localhost/app", f"://postgres@/{database}?host={postgres_folder}")

    def run() -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)

    async with SubscriptionManager(shop, schema=SDL) as manager:
        id = await manager.create_subscription(SubscriptionPayload("subscription { orderChanged { id status } }"))
        run_sql(postgres_folder, REFUSAL, database)
        assert "refused at the end" in run().stderr
        run_sql(postgres_folder, "drop trigger refusal on orders", database)
        done = run()
        assert (done.returncode, done.stderr) == (0, "")
        got = await within(manager.get_next_event(id))
        assert got is not None
        assert json.loads(got) == {"data": {"orderChanged": {"id": 7, "status": "paid"}}}
    assert published(postgres_folder, database) == [("orderChanged", {"id": 7, "status": "paid"})]
    assert run_sql(postgres_folder, "select status from orders", database) == "paid"


@pytest.mark.usefixtures("shop")
def test_a_transaction_and_triggers_publish(postgres_folder: str, database: str) -> None:
    run_sql(postgres_folder, of("sql", "^begin;"), database)
    run_sql(postgres_folder, of("sql", "publish_changes"), database)
    changes = "insert into messages values (3, 'hello'); update messages set text = 'hey'; delete from orders"
    run_sql(postgres_folder, changes, database)
    order = {"id": 7, "status": "paid"}
    assert published(postgres_folder, database)[:2] == [("orderChanged", order), ("chat.3", {"roomId": 3, "text": "hello"})]
    assert sorted(published(postgres_folder, database)[2:], key=str) == [("orderChanged", order), ("order_deleted", order)]


@pytest.mark.usefixtures("shop")
async def test_the_rights_suffice(postgres_folder: str, database: str) -> None:
    run_sql(postgres_folder, "create role publisher; create role app login", database)
    run_sql(postgres_folder, of("sql", "^grant"), database)
    app = EventBusConfig.postgresql(f"postgresql:///{database}?host={postgres_folder}&user=app")
    async with SubscriptionManager(app, schema=SDL) as manager:
        id = await manager.create_subscription(SubscriptionPayload("subscription { orderChanged { id } }"))
        await manager.publish_event("orderChanged", {"id": 1})
        run_sql(postgres_folder, "set role publisher; select subsgen.publish('orderChanged', '{\"id\": 2}')", database)
        for number in (1, 2):
            got = await within(manager.get_next_event(id))
            assert got is not None
            assert json.loads(got) == {"data": {"orderChanged": {"id": number}}}
