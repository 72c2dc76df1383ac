#!/usr/bin/env python3
"""The PostgreSQL bus against pgbench, on a server of its own, in one run.

usage: .venv/bin/python Benchmarks/postgres_bus.py [--events N] [--seconds N] [--rounds N]

Measures, in turns: pgbench inserting rows like those of the outbox, one in a transaction, with 8 clients; events through the bus,
from the process that publishes them to a subscriber in another; and `subsgen.publish` in transactions of 1 and of 8 clients.
Then how long it takes from publishing to receiving.
The server's settings are Debian's: every commit is on the disk.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "Tests/Python"))

from postgres_server import postgres_server, programs, run_sql
from subsgen import EventBusConfig, SubscriptionManager
from subsgen.__main__ import main as subsgen

SDL = "type Query { ok: Boolean } type Message { id: ID!, text: String! } type Subscription { news: Message }"
TEXT = "x" * 64
ROWS = """
insert into plain (partition, place, published_at, topic, payload, size)
values (1, nextval('plain_place'), clock_timestamp(), 'news', '{"id":"1234567","text":"%s"}', 96);
"""
PUBLISH = """select subsgen.publish('news', '{"id":"1234567","text":"%s"}');"""
# Counts what comes, and says when all of it is there; or says of each how long it took.
LISTENER = f"""
import asyncio, json, sys, time
from subsgen import EventBusConfig, RuntimeOptions, SubscriptionManager, SubscriptionPayload

async def main(url, count, times):
    options = RuntimeOptions(messages_per_subscription=10_000_000)
    async with SubscriptionManager(EventBusConfig.postgresql(url), schema={SDL!r}, options=options) as manager:
        id = await manager.create_subscription(SubscriptionPayload("subscription {{ news {{ id }} }}"))
        await manager.publish_event("news", {{"id": "0", "text": ""}})
        await manager.get_next_event(id)
        print("listens", flush=True)
        for _ in range(count):
            result = await manager.get_next_event(id)
            if times: print(time.time_ns() - int(json.loads(result)["data"]["news"]["id"]), flush=True)
        print("done", flush=True)

asyncio.run(main(sys.argv[1], int(sys.argv[2]), sys.argv[3] == "times"))
"""


def pgbench(folder: str, sql: str, clients: int, seconds: int) -> float:
    """Transactions a second."""
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(sql % TEXT)
        script.flush()
        command = [
            programs() / "pgbench",
            "-h",
            folder,
            "-U",
            "postgres",
            "-n",
            "-M",
            "prepared",
            "-j",
            "2",
            "-c",
            str(clients),
            "-T",
            str(seconds),
        ]
        output = subprocess.run([*command, "-f", script.name, "bench"], check=True, capture_output=True, text=True).stdout
    found = re.search(r"tps = ([\d.]+)", output)
    assert found, output
    return float(found[1])


async def through_the_bus(url: str, events: int) -> float:
    """Events a second, from publishing to another process."""
    other = await asyncio.create_subprocess_exec(sys.executable, "-c", LISTENER, url, str(events), "count", stdout=asyncio.subprocess.PIPE)
    assert other.stdout is not None
    async with SubscriptionManager(EventBusConfig.postgresql(url), schema=SDL) as manager:
        await other.stdout.readline()
        started = time.perf_counter()
        payload = b'{"id":"1234567","text":"%s"}' % TEXT.encode()
        for _ in range(0, events, 2000):
            await asyncio.gather(*(manager.publish_event("news", payload) for _ in range(2000)))
        await other.stdout.readline()
        passed = time.perf_counter() - started
    await other.wait()
    return events / passed


async def latency(url: str, events: int) -> list[float]:
    """Milliseconds from publishing to receiving in another process, one event at a time."""
    other = await asyncio.create_subprocess_exec(sys.executable, "-c", LISTENER, url, str(events), "times", stdout=asyncio.subprocess.PIPE)
    assert other.stdout is not None
    times: list[float] = []
    async with SubscriptionManager(EventBusConfig.postgresql(url), schema=SDL) as manager:
        await other.stdout.readline()
        for _ in range(events):
            await manager.publish_event("news", {"id": str(time.time_ns()), "text": TEXT})
            times.append(int(await other.stdout.readline()) / 1e6)
    await other.wait()
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with postgres_server("fsync=on") as folder:
        run_sql(folder, "create database bench")
        url = f"postgresql:///bench?host={folder}&user=postgres"
        subsgen(["postgres", "init", url])
        run_sql(folder, "create table plain (like subsgen.outbox including all); create sequence plain_place", "bench")
        ratios: list[float] = []
        for _ in range(given.rounds):
            rows = pgbench(folder, ROWS, 8, given.seconds)
            events = asyncio.run(through_the_bus(url, given.events))
            ratios.append(events / rows)
            one, eight = (pgbench(folder, PUBLISH, clients, given.seconds) for clients in (1, 8))
            print(f"pgbench {rows:,.0f} rows/s, the bus {events:,.0f} events/s: {events / rows:.2f}")
            print(f"subsgen.publish with 1 client {one:,.0f}/s, with 8 {eight:,.0f}/s")
        times = sorted(asyncio.run(latency(url, 500)))
        commits = 1000 / pgbench(folder, ROWS, 1, given.seconds)
        print(f"the bus at {statistics.median(ratios):.2f} of pgbench (median)")
        p50, p99 = times[len(times) // 2], times[len(times) * 99 // 100]
        print(f"from publishing to receiving: p50 {p50:.2f} ms, p99 {p99:.2f} ms; a commit alone {commits:.2f} ms")


if __name__ == "__main__":
    main()
