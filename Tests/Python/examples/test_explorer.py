"""The page at the endpoint in a real browser, against a real server."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any
from urllib.parse import urlsplit

import pytest
from explored import Server, serving_explorer
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Route, expect

NO_SOCKETS = """
WebSocket = class {
  constructor() { queueMicrotask(() => this.onclose({ code: 1006, reason: "" })); }
  close() {}
};
"""
MESSAGES = "subscription Messages($room: ID!) { messageAdded(roomId: $room) { id text sentAt } }"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving_explorer() as server:
        yield server


@pytest.fixture
def explorer(chromium: Browser, server: Server) -> Iterator[Page]:
    """The page with its schema. Nothing may be on its console, and it may talk to its own server alone."""
    context = chromium.new_context(viewport={"width": 1400, "height": 900})
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=server.address)
    page = context.new_page()
    complaints: list[str] = []
    hosts: set[str] = set()

    def note(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            complaints.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    page.on("websocket", lambda websocket: hosts.add(urlsplit(websocket.url).netloc))
    opened(page, server)
    yield page
    context.close()
    assert complaints == []
    assert hosts - {""} == {urlsplit(server.address).netloc}


def opened(page: Page, server: Server) -> None:
    page.goto(f"{server.address}/graphql")
    expect(page.locator("#status")).to_have_text("WebSocket")
    expect(page.get_by_role("button", name="Insert messageAdded")).to_be_visible()


def write(page: Page, document: str, **variables: Any) -> None:
    page.get_by_label("Operation").fill(document)
    page.get_by_role("tab", name="Variables").click()
    page.locator("#variables").fill(json.dumps(variables) if variables else "")


def run(page: Page, document: str, **variables: Any) -> None:
    write(page, document, **variables)
    page.locator("#run-button").click()


def state(page: Page) -> Locator:
    return page.locator("#run-state")


def settled(page: Page, server: Server) -> None:
    """Waits until the server has seen the subscription that runs."""
    expect(state(page)).to_have_text("Running")
    server.subscribed(1)


def rows(page: Page) -> Locator:
    return page.locator("#events > li")


def message(id: int, text: str = "hello", room: str = "1") -> dict[str, Any]:
    return {"id": str(id), "roomId": room, "text": text, "sentAt": datetime.now(timezone.utc).isoformat()}


def test_a_field_of_the_schema_becomes_an_operation_and_its_events_show(explorer: Page, server: Server) -> None:
    explorer.get_by_role("button", name="Insert messageAdded").click()
    assert "messageAdded(roomId: $roomId) {\n    id\n    roomId\n    text\n" in explorer.get_by_label("Operation").input_value()
    assert json.loads(explorer.locator("#variables").input_value()) == {"roomId": ""}
    explorer.locator("#variables").fill('{"roomId": "7"}')
    explorer.get_by_label("Operation").press("Control+Enter")
    settled(explorer, server)
    server.publish("messageAdded", message(1, room="8"), message(2, "<b>bold</b>", room="7"))
    expect(rows(explorer)).to_have_count(1)
    rows(explorer).locator("summary").click()
    expect(rows(explorer).locator("pre")).to_contain_text('"text": "<b>bold</b>"')
    expect(explorer.locator("#events b")).to_have_count(0)


def test_results_come_newest_first_and_can_be_paused_filtered_and_saved(explorer: Page, server: Server) -> None:
    run(explorer, MESSAGES, room="1")
    settled(explorer, server)
    server.publish("messageAdded", message(1, "first"), message(2, "second"))
    expect(rows(explorer).locator(".number")).to_have_text(["#2", "#1"])
    explorer.get_by_role("button", name="Pause").click()
    server.publish("messageAdded", message(3, "third"))
    expect(explorer.locator("#run-count")).to_have_text("3 results")
    expect(rows(explorer)).to_have_count(2)
    expect(explorer.locator("#events-note")).to_have_text("paused, 1 newer")
    explorer.get_by_role("button", name="Resume").click()
    expect(rows(explorer)).to_have_count(3)
    explorer.get_by_label("Filter the results").fill("SECOND")
    expect(rows(explorer).locator(".number")).to_have_text(["#2"])
    explorer.locator("#copy-results").click()
    expect(explorer.locator("#copy-results")).to_have_text("Copied")
    [line] = explorer.evaluate("() => navigator.clipboard.readText()").splitlines()
    assert json.loads(line)["data"]["messageAdded"]["text"] == "second"
    with explorer.expect_download() as download:
        explorer.locator("#save-results").click()
    assert download.value.suggested_filename == "Messages.jsonl"
    assert download.value.path().read_text().splitlines() == [line]


def test_what_is_kept_is_bounded(explorer: Page, server: Server) -> None:
    run(explorer, "subscription { tick }")
    explorer.locator("#capacity").select_option("100")
    run(explorer, "subscription Tick { tick }")
    expect(state(explorer)).to_have_text("Running")
    server.subscribed(2)
    server.publish("tick", *range(150))
    expect(explorer.locator("#run-count")).to_have_text("150 results")
    expect(rows(explorer)).to_have_count(100)
    expect(explorer.locator("#events-note")).to_have_text("50 older ones were let go")


def test_charts_move_and_tell_the_age_of_events_by_their_own_time(explorer: Page, server: Server) -> None:
    run(explorer, MESSAGES, room="1")
    settled(explorer, server)
    flat = explorer.locator("#chart-rate path.line-rate").get_attribute("d")
    expect(explorer.locator("#chart-age")).to_be_hidden()
    server.publish("messageAdded", *(message(id) for id in range(30)))
    expect(explorer.locator("#age-path")).to_have_value("messageAdded.sentAt")
    for chart in ("rate", "gap", "age"):
        expect(explorer.locator(f"#chart-{chart} path.line-{chart}")).not_to_have_attribute("d", "")
    expect(explorer.locator("#chart-rate path.line-rate")).not_to_have_attribute("d", flat or "")
    # They may come in two seconds.
    some = re.compile(r"^Events a second: all [1-9]\d*, with errors 0$")
    expect(explorer.locator("#chart-rate svg")).to_have_attribute("aria-label", some)


def test_several_operations_run_at_once_and_stop_alone(explorer: Page, server: Server) -> None:
    run(explorer, MESSAGES, room="1")
    run(explorer, "subscription Tick { tick }")
    expect(state(explorer)).to_have_text("Running")
    server.subscribed(2)
    server.publish("tick", 1, 2)
    server.publish("messageAdded", message(1))
    expect(explorer.locator("#runs .count")).to_have_text(["1", "2"])
    explorer.get_by_role("button", name="Stop", exact=True).click()
    expect(state(explorer)).to_have_text("Stopped")
    server.subscribed(1)
    server.publish("tick", 3)
    server.publish("messageAdded", message(2))
    expect(explorer.locator("#runs .count")).to_have_text(["2", "2"])
    explorer.get_by_role("tab", name="Tick").press("ArrowLeft")
    expect(state(explorer)).to_have_text("Running")
    server.complete("messageAdded")
    expect(state(explorer)).to_have_text("Complete")


def test_what_the_server_refuses_is_told_and_shown_where_it_is(explorer: Page) -> None:
    run(explorer, "subscription {\n  tick { nothing }\n}")
    expect(state(explorer)).to_have_text("Failed")
    expect(explorer.locator("#errors li")).to_contain_text("tick")
    expect(explorer.locator(".under .wrong")).to_have_count(1)
    explorer.locator("#errors").get_by_role("button", name="line 2").first.click()
    expect(explorer.get_by_label("Operation")).to_be_focused()


def test_events_with_errors_are_marked(explorer: Page, server: Server) -> None:
    run(explorer, MESSAGES, room="1")
    settled(explorer, server)
    server.publish("messageAdded", message(1), {"id": "2", "roomId": "1"})
    expect(rows(explorer)).to_have_count(2)
    explorer.get_by_role("checkbox", name="With errors").check()
    expect(rows(explorer)).to_have_count(1)
    expect(explorer.locator("#run-count")).to_have_text("2 results, 1 with errors")


def test_a_query_is_answered_once(explorer: Page) -> None:
    run(explorer, "{ __typename }")
    expect(state(explorer)).to_have_text("Complete")
    expect(rows(explorer).locator("pre")).to_contain_text('"__typename": "Query"')
    expect(explorer.locator("#charts")).to_be_hidden()


def test_variables_that_are_no_json_are_not_sent(explorer: Page) -> None:
    write(explorer, MESSAGES)
    explorer.locator("#variables").fill("{room: 1}")
    explorer.locator("#run-button").click()
    expect(explorer.locator("#mistake")).to_contain_text("The variables:")
    expect(explorer.locator("#variables")).to_be_focused()
    expect(explorer.locator("#runs [role=tab]")).to_have_count(0)


def test_the_connection_payload_says_who_asks(explorer: Page, server: Server) -> None:
    explorer.get_by_role("tab", name="Connection payload").click()
    explorer.locator("#payload").fill('{"name": "stranger"}')
    run(explorer, "subscription { tick }")
    expect(state(explorer)).to_have_text("Failed")
    expect(explorer.locator("#status")).to_have_attribute("data-state", "refused")
    explorer.get_by_role("tab", name="Connection payload").click()
    explorer.locator("#payload").fill('{"name": "ada"}')
    explorer.locator("#run-button").click()
    expect(state(explorer)).to_have_text("Running")
    expect(explorer.locator("#status")).to_have_text("WebSocket")


def test_suggestions_come_while_one_writes_and_are_taken_by_the_keyboard(explorer: Page) -> None:
    area = explorer.get_by_label("Operation")
    area.fill("")
    area.press_sequentially("subscription { mess")
    options = explorer.get_by_role("listbox").get_by_role("option")
    expect(options).to_have_count(1)
    area.press("Tab")
    area.press_sequentially("(ro")
    area.press("Enter")
    area.press_sequentially('"1") { te')
    expect(options.first).to_contain_text("text")
    area.press("Enter")
    assert area.input_value() == 'subscription { messageAdded(roomId: "1") { text}}'
    area.press("Control+z")
    assert "text" not in area.input_value()


def test_the_schema_is_walked_and_searched(explorer: Page) -> None:
    schema = explorer.locator("#schema")
    schema.get_by_role("button", name="Message!", exact=True).click()
    expect(schema.get_by_role("heading", name="Message")).to_be_visible()
    expect(schema.locator(".deprecated")).to_contain_text("old")
    write(explorer, "subscription {\n  messageAdded(roomId: 1) {\n    id\n  }\n}\n")
    schema.get_by_role("button", name="Insert author").click()
    assert "    id\n    author {\n      id\n      name\n    }\n  }\n" in explorer.get_by_label("Operation").input_value()
    explorer.keyboard.press("Control+k")
    expect(explorer.locator("#schema-search")).to_be_focused()
    explorer.keyboard.type("roomid")
    expect(schema.locator(".fields code")).to_contain_text(["Message.roomId"])


def test_the_page_remembers_its_document_and_its_colours(explorer: Page, server: Server) -> None:
    write(explorer, "subscription { tick }")
    explorer.locator("#theme").click()
    theme = explorer.locator("html").get_attribute("data-theme")
    assert theme in ("light", "dark")
    opened(explorer, server)
    expect(explorer.get_by_label("Operation")).to_have_value("subscription { tick }")
    expect(explorer.locator("html")).to_have_attribute("data-theme", theme)


def test_without_sockets_operations_go_by_streams_of_events(explorer: Page) -> None:
    seen: list[tuple[str, str | None]] = []

    def answer(route: Route) -> None:
        request = route.request
        seen.append((json.loads(request.post_data or "")["query"], request.headers.get("authorization")))
        body = 'event: next\ndata: {"data":{"tick":9007199254740993}}\n\nevent: complete\ndata:\n\n'
        route.fulfill(status=200, headers={"content-type": "text/event-stream"}, body=body)

    explorer.route("**/graphql", answer)
    explorer.get_by_role("tab", name="Headers").click()
    explorer.locator("#headers").fill('{"Authorization": "Bearer t"}')
    explorer.get_by_label("Transport").select_option("events")
    run(explorer, "subscription { tick }")
    expect(state(explorer)).to_have_text("Complete")
    rows(explorer).locator("summary").click()
    expect(rows(explorer).locator("pre")).to_contain_text('"tick": 9007199254740993')
    assert seen[-1] == ("subscription { tick }", "Bearer t")


def is_post(route: Route) -> bool:
    return route.request.method == "POST"


def test_a_page_that_can_open_no_socket_falls_back_to_events(chromium: Browser, server: Server) -> None:
    # The console has the sockets that failed, which is right.
    page = chromium.new_page()
    body = 'event: next\ndata: {"data":{"tick":1}}\n\nevent: complete\n\n'
    stream = {"content-type": "text/event-stream"}
    page.add_init_script(
        "WebSocket = class { constructor() { queueMicrotask(() => this.onclose({ code: 1006, reason: '' })); } close() {} }"
    )
    page.route(
        "**/graphql", lambda route: route.fulfill(headers=stream, body=body) if route.request.method == "POST" else route.continue_()
    )
    page.goto(f"{server.address}/graphql")
    run(page, "subscription { tick }")
    expect(state(page)).to_have_text("Complete")
    expect(rows(page)).to_have_count(1)
    page.unroute_all()
    page.route("**/graphql", lambda route: route.fulfill(status=401, content_type="text/plain", body="who are you?"))
    run(page, "subscription { tick }")
    expect(page.locator("#errors li")).to_have_text("The server answered with status 401: who are you?")
    page.context.close()


def test_it_comes_back_by_itself_when_the_server_was_away(chromium: Browser) -> None:
    # What a browser says of a lost connection is on its console, and belongs there: nobody looks at it here.
    page = chromium.new_page()
    with serving_explorer() as server:
        opened(page, server)
        run(page, "subscription { tick }")
        settled(page, server)
        port = urlsplit(server.address).port or 0
    expect(state(page)).to_contain_text("Connection lost.")
    with serving_explorer(port) as server:
        settled(page, server)
        server.publish("tick", 5)
        expect(rows(page)).to_have_count(1)
        page.context.close()
