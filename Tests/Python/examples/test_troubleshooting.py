"""docs/guide/troubleshooting.md: the messages that it explains are those of the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import uvicorn
from blocks import ROOT

PAGE = (ROOT / "docs" / "guide" / "troubleshooting.md").read_text("utf-8")
# What is quoted in the first column of a table, is more than a name, and is no code to write.
MESSAGES = [
    message
    for cell in re.findall(r"^\| (.*?) \| ", PAGE, re.MULTILINE)
    for message in re.findall(r"`([^`]+)`", cell)
    if " " in message and "(" not in message.partition(" ")[0]
]


def sources() -> str:
    """All text that can become a message, without what divides a literal."""
    server = Path(uvicorn.__file__).parent / "protocols" / "http" / "h11_impl.py"
    files = [*(ROOT / "Python").rglob("*.py"), *(ROOT / "Sources").rglob("*.swift"), server]
    text = "\n".join(file.read_text("utf-8") for file in files)
    return re.sub(r'"\s+(?:\+ )?f?"', "", text.replace('\\"', "QUOTE")).replace("QUOTE", '"').replace("\\'", "'")


@pytest.fixture(scope="module")
def code() -> str:
    return sources()


def test_there_are_messages() -> None:
    assert len(MESSAGES) > 50


@pytest.mark.parametrize("message", MESSAGES)
def test_a_message_of_the_page_is_one_of_the_code(message: str, code: str) -> None:
    for part in message.split("…"):
        assert part.strip() in code, f"nothing says {part!r}: take the message from the code"
