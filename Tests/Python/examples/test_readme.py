"""Every block of the README is true: who copies them gets what it says."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, expect
from reader import Reader

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
    with Reader("README.md", tmp_path) as reader:
        assert {block.file for block in reader.blocks if block.file} == {"schema.graphql", "app.py", "index.html"}
        *before, post = reader.blocks
        assert post.text.startswith("curl ")
        for block in before:
            reader.play(block)
        page = chromium.new_page()
        page.add_init_script(NOTICE_SUBSCRIPTION)
        page.goto(reader.address)
        page.wait_for_function("window.subscribed")
        reader.play(post)
        expect(page.get_by_role("listitem")).to_have_text(["Hello"])
        page.close()
