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

SHARE = """async (path) => {
  window.seen = [];
  const token = await (await fetch(path, { method: "PUT" })).text();
  const source = new EventSource(`${path}?token=${token}`);
  for (const name of ["next", "complete"]) {
    source.addEventListener(name, (event) => window.seen.push([name, JSON.parse(event.data)]));
  }
  const headers = { "content-type": "application/json", "x-graphql-event-stream-token": token };
  window.ask = async (operationId, query) => {
    const body = JSON.stringify({ query, extensions: { operationId } });
    return (await fetch(path, { method: "POST", headers, body })).status;
  };
  window.cancel = async (id) => (await fetch(`${path}?operationId=${id}`, { method: "DELETE", headers })).status;
  window.leave = () => source.close();
}"""


def test_a_browser_has_many_operations_on_one_event_source(chromium: Browser) -> None:
    with serving_explorer() as server:
        page = chromium.new_page()
        page.goto(f"{server.address}/nothing")
        page.evaluate(SHARE, "/graphql")
        assert [page.evaluate(f"window.ask('{id}', 'subscription {{ tick }}')") for id in "aba"] == [202, 202, 409]
        assert page.evaluate("window.ask('c', '{ nothing }')") == 400
        server.publish("tick", 1)
        page.wait_for_function("window.seen.length === 2")
        assert sorted(page.evaluate("window.seen"), key=str) == [["next", {"id": id, "payload": {"data": {"tick": 1}}}] for id in "ab"]
        assert page.evaluate("window.cancel('a')") == 200
        server.subscribed(1)
        server.complete("tick")
        page.wait_for_function("window.seen.length === 3")
        assert page.evaluate("window.seen.at(-1)") == ["complete", {"id": "b"}]
        page.evaluate("window.ask('d', 'subscription { tick }')")
        server.subscribed(1)
        page.evaluate("window.leave()")
        server.subscribed(0)
        page.close()


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
