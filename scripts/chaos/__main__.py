"""`make chaos`: rounds in which something breaks, over the buses that processes share.

python -m chaos --rounds 100 --bus redis --seed 7
python -m chaos --bus redis --seed 7 --round 42     # one of them again
python -m chaos --bus redis --fault worker_killed   # one kind
python -m chaos --bus redis --events 1000000 --workers 4   # nothing breaks, and every event is counted
"""

from __future__ import annotations

import argparse
import asyncio
import random
import shutil
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path

from .faults import FAULTS
from .million import run
from .postgres_server import PostgresServer
from .redis_server import RedisServer
from .rounds import Report, play
from .server import BusServer
from .stage import Stage

BUSES: dict[str, Callable[[Path], BusServer]] = {"redis": RedisServer, "postgresql": PostgresServer}


async def rounds(server: BusServer, seed: str, numbers: range, faults: list[str], logs: Path, seconds: float | None) -> list[Report]:
    """Plays them, and stops behind one that fails."""
    stage = Stage(server, logs, random.Random(f"{seed}/stage"))
    reports: list[Report] = []
    for fault, why in server.cannot.items():
        sys.stdout.write(f"{server.name}: {fault} is left out: {why}\n")
    if faults and server.cannot.keys() >= set(faults):
        await stage.stop()
        return reports
    began = time.monotonic()
    try:
        await stage.start()
        for number in numbers:
            report = await play(stage, seed, number, faults)
            reports.append(report)
            sys.stdout.write(f"\r{server.name}: round {number}, {time.monotonic() - began:.0f} s, {' and '.join(report.faults)}\033[K")
            sys.stdout.flush()
            if report.wrong or (seconds is not None and time.monotonic() - began > seconds):
                break
    finally:
        sys.stdout.write("\n")
        await stage.stop()
    return reports


def table(reports: list[Report]) -> str:
    """Faults and outcomes, as docs/reliability.md has them."""
    by_fault: dict[str, Counter[str]] = defaultdict(Counter)
    for report in reports:
        for fault in report.faults:
            by_fault[fault]["rounds"] += 1
            by_fault[fault].update(report.counts)
            by_fault[fault]["wrong"] += bool(report.wrong)
    told = [f"clients told {code}" for code in ("TOO_SLOW", "HISTORY_UNAVAILABLE", "CURSOR_TOO_OLD")]
    columns = ["rounds", "events", "publishers told an error", "connections of clients", *told, "wrong"]
    lines = [f"| fault | {' | '.join(columns)} |", f"|---|{'---|' * len(columns)}"]
    lines += [f"| {fault} | {' | '.join(str(counts[column]) for column in columns)} |" for fault, counts in sorted(by_fault.items())]
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="chaos", description="Breaks what several processes share, and checks that their clients miss nothing."
    )
    parser.add_argument("--bus", choices=[*BUSES, "all"], default="all")
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seconds", type=float, help="play no more rounds behind these")
    parser.add_argument("--seed", default=str(random.SystemRandom().randrange(1 << 32)))
    parser.add_argument("--round", type=int, help="only this one")
    parser.add_argument("--fault", action="append", choices=list(FAULTS), default=[], help="only these")
    parser.add_argument("--events", type=int, help="let nothing break, publish so many, and count what comes")
    parser.add_argument("--workers", type=int, default=2, help="for --events")
    arguments = parser.parse_args()
    numbers = range(arguments.rounds) if arguments.round is None else range(arguments.round, arguments.round + 1)
    failed = False
    for bus in BUSES if arguments.bus == "all" else [arguments.bus]:
        logs = Path(tempfile.mkdtemp(prefix=f"chaos-{bus}-logs-"))
        if arguments.events is not None:
            wrong_events = asyncio.run(run(BUSES[bus](logs), logs, arguments.workers, arguments.events))
            sys.stdout.write("".join(f"{text}\n" for text in wrong_events[:40]))
            failed = failed or bool(wrong_events)
            continue
        sys.stdout.write(f"{bus}: seed {arguments.seed}, logs in {logs}\n")
        reports = asyncio.run(rounds(BUSES[bus](logs), arguments.seed, numbers, arguments.fault, logs, arguments.seconds))
        sys.stdout.write(f"{table(reports)}\n")
        wrong = [report for report in reports if report.wrong]
        for report in wrong:
            failed = True
            again = " ".join(f"--fault {fault}" for fault in arguments.fault)
            sys.stdout.write(f"{bus}: round {report.number} ({' and '.join(report.faults)}) is wrong:\n")
            sys.stdout.write("".join(f"  {text}\n" for text in report.wrong[:40]))
            sys.stdout.write(
                f"Again: PYTHONPATH=scripts python -m chaos --bus {bus} --seed {arguments.seed} --round {report.number} {again}\n"
            )
        if not wrong:
            shutil.rmtree(logs)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
