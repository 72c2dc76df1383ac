"""Rounds of `make chaos`, a few of them; and its oracle, which finds what is wrong."""

from __future__ import annotations

import asyncio
import random
import re
import sys
from pathlib import Path

import pytest

from chaos.client import Client
from chaos.faults import FAULTS
from chaos.fleet import Fleet
from chaos.million import run
from chaos.oracle import Event, Ledger, Received, violations
from chaos.postgres_server import PostgresServer
from chaos.redis_server import RedisServer
from chaos.rounds import play
from chaos.stage import Stage
from chaos.wires import EventStream, WebSocketWire

EVENTS = [Event("a", number) for number in range(4)]
GOT = [Received(f"1.e.0.{number + 1}", event) for number, event in enumerate(EVENTS)]


@pytest.fixture
def ledger() -> Ledger:
    """Four events, the last of which may have been published."""
    ledger = Ledger()
    ledger.attempt("a", range(4))
    for received in GOT[:3]:
        ledger.taken(received.event, received.cursor)
    return ledger


@pytest.mark.parametrize("got", [GOT, GOT[:3]])
def test_what_may_have_been_published_comes_or_does_not(ledger: Ledger, got: list[Received]) -> None:
    assert violations(ledger, {"one": got, "other": got}) == []


@pytest.mark.parametrize(
    ("got", "wrong"),
    [
        (GOT[1:], "1 events are lost: a:0 at 1.e.0.1"),
        ([GOT[0], *GOT], "came twice"),
        ([*GOT, Received("1.e.0.9", EVENTS[1])], "came twice"),
        ([GOT[1], GOT[0], *GOT[2:]], "came behind number 1"),
        ([GOT[0], Received("1.e.0.1", EVENTS[1]), *GOT[2:]], "came behind the place 1"),
        ([*GOT[:2], Received("1.e.0.4", EVENTS[2])], "its publisher was told 1.e.0.3"),
        ([*GOT, Received("1.e.0.5", Event("b", 0))], "was published to another topic"),
    ],
)
def test_what_is_lost_doubled_or_out_of_order_is_found(ledger: Ledger, got: list[Received], wrong: str) -> None:
    assert any(wrong in text for text in violations(ledger, {"one": got}))


def test_what_only_some_clients_got_is_found(ledger: Ledger) -> None:
    assert violations(ledger, {"one": GOT, "other": GOT[:3]}) == ["other differs from one from its event 3 on; they have 3 and 4"]


def test_what_was_refused_and_comes_all_the_same_is_found(ledger: Ledger) -> None:
    ledger.refused(EVENTS[3], surely=True)
    assert "told that it was not published" in violations(ledger, {"one": GOT})[0]


def test_who_began_anew_has_the_end_of_what_others_have(ledger: Ledger) -> None:
    assert violations(ledger, {"one": GOT, "other": GOT[2:]}, {"other"}) == []
    assert violations(ledger, {"one": GOT, "other": GOT[:2]}, {"other"}) != []


class Plug(asyncio.Transport):
    """A connection to nobody."""

    def __init__(self) -> None:
        super().__init__()
        self.is_cut = False

    def write(self, data: bytes | bytearray | memoryview) -> None: ...

    def is_closing(self) -> bool:
        return self.is_cut

    def abort(self) -> None:
        self.is_cut = True


@pytest.mark.parametrize("wire", [EventStream, WebSocketWire])
@pytest.mark.parametrize("bytes_left", [1, 15, 16, 19])
def test_a_client_is_cut_off_wherever_the_answer_is(wire: type[EventStream | WebSocketWire], bytes_left: int) -> None:
    client = Client("ada", "news", wire, Fleet([], random.Random(1)), random.Random(1))
    (connection := wire(client)).connection_made(plug := Plug())
    connection.bytes_left = bytes_left
    connection.data_received(b"HTTP/1.1 200 OK\r\n" if wire is EventStream else b"HTTP/1.1 101 On\r\n")
    if bytes_left > 17:
        assert not plug.is_cut
        connection.data_received(b"\r\n")
    assert plug.is_cut


@pytest.mark.parametrize(
    ("server", "faults"),
    [
        (RedisServer, ["worker_killed", "server_killed", "connections_cut", "bytes_late", "clients_cut", "memory_full"]),
        (PostgresServer, ["server_killed", "connections_cut"]),
        # The second full disk is one on which its log has no room either.
        (PostgresServer, ["disk_full", "disk_full"]),
    ],
)
async def test_clients_miss_nothing_whatever_breaks(server: type[RedisServer | PostgresServer], faults: list[str], tmp_path: Path) -> None:
    seed = str(random.SystemRandom().randrange(1 << 32))
    sys.stdout.write(f"seed {seed}\n")
    stage = Stage(server(tmp_path), tmp_path, random.Random(seed), workers=2, clients_of_topic=2)
    try:
        await stage.start()
        for number, fault in enumerate(faults):
            if fault in stage.server.cannot:
                pytest.skip(f"{fault} on {stage.server.name}: {stage.server.cannot[fault]}")
            assert (await play(stage, seed, number, [fault])).wrong == [], f"seed {seed}, {fault}"
    finally:
        await stage.stop()


async def test_every_subscriber_of_every_process_gets_every_event_once(tmp_path: Path) -> None:
    assert await run(RedisServer(tmp_path), tmp_path, workers=2, events=1000) == []


def test_the_page_says_what_comes_of_every_fault() -> None:
    page = (Path(__file__).parents[2] / "docs" / "reliability.md").read_text("utf-8")
    assert set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)) == FAULTS.keys() - {"nothing"}
