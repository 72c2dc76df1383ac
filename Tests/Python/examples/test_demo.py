"""What `make demo` runs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parents[3] / "scripts"


def test_the_demo_shows_what_each_room_received_and_ends_well() -> None:
    run = subprocess.run([sys.executable, SCRIPTS / "demo.py"], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    lines = run.stdout.splitlines()
    assert [line for line in lines if "in #music received" in line] == [
        "  Miles in #music received from Clara: I wrote three romances last night.",
        "  Miles in #music received from Fanny: Only three? 🎹",
        "  Miles in #music received from Clara: They are short.",
    ]
    assert lines[-1].startswith("Each room received exactly its own messages, in order, in ")


def test_the_demo_says_what_is_missing(tmp_path: Path) -> None:
    """Its Python stands beside no `subsgen`, as where nothing was built."""
    python = tmp_path / "python"
    python.symlink_to(sys.executable)
    run = subprocess.run([python, SCRIPTS / "demo.py"], capture_output=True, text=True, env={"PYTHONPATH": ":".join(sys.path)})
    assert run.returncode == 1
    assert run.stderr == f"error: {tmp_path / 'subsgen'} is missing: run `make build` first\n"
