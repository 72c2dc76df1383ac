"""The departures example: its own tests, and its page in a real browser, which listens by `EventSource`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from projects import Complaints, own_tests

from examples import DEPARTURES, generate, running


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Where the running example answers."""
    generate(DEPARTURES)
    with running(DEPARTURES) as app:
        yield app.address


@pytest.fixture
def passenger(chromium: Browser, address: str) -> Iterator[Page]:
    """A page at the harbour's board. Nothing may be on its console."""
    page = chromium.new_page()
    complaints = Complaints(page)
    opened(page, address)
    yield page
    page.close()
    assert complaints == []


def opened(page: Page, address: str) -> None:
    page.goto(f"{address}/#harbour")
    expect(page.locator("#state")).to_have_text("Live")
    expect(row(page, "h1")).to_be_visible()


def row(page: Page, id: str) -> Locator:
    return page.locator(f'#board tr[data-id="{id}"]')


def announce(page: Page, id: str, *, delay: int | None = None, cancelled: bool | None = None) -> None:
    """The desk's form, filled in by hand."""
    page.get_by_label("Departure").select_option(id)
    if delay is not None:
        page.get_by_label("Minutes late").fill(str(delay))
    if cancelled is not None:
        page.get_by_label("Cancelled").set_checked(cancelled)
    page.get_by_role("button", name="Announce").click()
    expect(page.locator("#answer")).to_have_text("Announced.")


def test_its_own_tests_pass() -> None:
    generate(DEPARTURES)
    own_tests(DEPARTURES)


def test_what_the_desk_announces_is_on_every_board_of_the_stop(chromium: Browser, passenger: Page, address: str) -> None:
    other = chromium.new_page()
    opened(other, address)
    announce(other, "h2", delay=7)
    for page in (passenger, other):
        expect(row(page, "h2").locator(".now")).to_have_text("08:12 (+7 min)")
        expect(page.locator("#delays li")).to_have_text(["Line 7 to Airport, due 08:05, is 7 minutes late."])
    passenger.locator("#minutes").select_option("10")
    announce(other, "h2", delay=9)
    expect(row(passenger, "h2").locator(".now")).to_have_text("08:14 (+9 min)")
    announce(other, "h2", delay=10)
    expect(passenger.locator("#delays li").first).to_contain_text("10 minutes")
    expect(passenger.locator("#delays li")).to_have_count(2)
    other.close()


def test_a_cancelled_departure_says_what_else_to_take(passenger: Page) -> None:
    announce(passenger, "h1", cancelled=True)
    expect(row(passenger, "h1").locator(".now")).to_have_text("cancelled")
    expect(row(passenger, "h1").locator("+ .advice")).to_contain_text("Take line 12 at 08:09, platform A")
    announce(passenger, "h1", cancelled=False)
    expect(passenger.locator(".advice")).to_have_count(0)


def test_the_board_shows_the_lines_and_the_stop_that_are_chosen(passenger: Page) -> None:
    passenger.locator("#lines").get_by_label("12").check()
    expect(passenger.locator("#board tr")).to_have_count(1)
    passenger.locator("#lines").get_by_label("F1").check()
    expect(passenger.locator("#board tr")).to_have_count(2)
    passenger.get_by_role("link", name="Old Town").click()
    expect(passenger.locator("#stop-name")).to_have_text("Old Town")
    expect(passenger.locator("#board .line")).to_have_text(["4", "12", "4", "9"])


def test_the_page_comes_back_by_itself_when_the_server_was_away(chromium: Browser) -> None:
    # What a browser says of a lost connection is on its console, and belongs there: nobody looks at it here.
    page = chromium.new_page()
    with running(DEPARTURES) as app:
        port = int(app.address.rsplit(":", 1)[1])
        opened(page, app.address)
    expect(page.locator("#state")).to_have_text("Connection lost. Trying again…")
    with running(DEPARTURES, port):
        expect(page.locator("#state")).to_have_text("Live")
        announce(page, "h6", delay=1)
        expect(row(page, "h6").locator(".now")).to_have_text("08:31 (+1 min)")
        page.close()
