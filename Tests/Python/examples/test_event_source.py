"""Subscriptions by a browser's own `EventSource`."""

from __future__ import annotations

from explored import serving_explorer
from playwright.sync_api import Browser

LISTEN = """(path) => {
  window.seen = [];
  const source = new EventSource(path);
  source.addEventListener("next", (event) => window.seen.push(JSON.parse(event.data)));
  source.addEventListener("complete", () => { source.close(); window.seen.push("complete"); });
}"""


def test_a_browser_listens_to_a_subscription_until_it_is_complete(chromium: Browser) -> None:
    with serving_explorer() as server:
        page = chromium.new_page()
        page.goto(f"{server.address}/nothing")
        page.evaluate(LISTEN, "/graphql?query=subscription%7Btick%7D")
        server.subscribed(1)
        server.publish("tick", 1, 2)
        server.complete("tick")
        page.wait_for_function("window.seen.length === 3")
        assert page.evaluate("window.seen") == [{"data": {"tick": 1}}, {"data": {"tick": 2}}, "complete"]
        server.subscribed(0)
        page.close()
