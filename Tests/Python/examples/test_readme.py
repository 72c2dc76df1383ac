"""Every block of the README is true: who copies them gets what it says."""

from __future__ import annotations

import shlex
from pathlib import Path

import httpx
from blocks import blocks
from playwright.sync_api import Browser, expect

from examples import generate, running

# The server answers in order: when the pong comes, it has taken the subscription.
NOTICE_SUBSCRIPTION = """
    const send = WebSocket.prototype.send;
    WebSocket.prototype.send = function (text) {
        send.call(this, text);
        if (JSON.parse(text).type !== "subscribe") return;
        this.addEventListener("message", ({ data }) => { if (JSON.parse(data).type === "pong") window.subscribed = true; });
        send.call(this, '{"type":"ping"}');
    };
"""


def test_the_readme_leads_from_a_schema_to_a_live_page(tmp_path: Path, chromium: Browser) -> None:
    files = {block.file: block.text for block in blocks("README.md") if block.file}
    assert set(files) == {"schema.graphql", "app.py", "index.html"}
    commands = [block.text for block in blocks("README.md") if not block.file]
    assert commands[:2] == ["make demo\n", "subsgen schema.graphql --out gen\nuvicorn app:app\n"]
    curl, option, method, address = shlex.split(commands[2])
    assert (len(commands), curl, option, method) == (3, "curl", "-X", "POST")

    for name, text in files.items():
        (tmp_path / name).write_text(text, "utf-8")
    generate(tmp_path)
    with running(tmp_path) as app:
        page = chromium.new_page()
        page.add_init_script(NOTICE_SUBSCRIPTION)
        page.goto(app.address)
        page.wait_for_function("window.subscribed")
        posted = httpx.post(address.replace("http://127.0.0.1:8000", app.address))
        assert posted.status_code == 200
        expect(page.get_by_role("listitem")).to_have_text(["Hello"])
        page.close()
