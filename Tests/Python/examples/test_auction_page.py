"""The auction example: its own tests, and its page in a real browser, on the server of `websockets`."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from projects import Complaints, own_tests

from examples import AUCTION, generate, running

CODE = "a code"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Where the running example answers."""
    generate(AUCTION)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUCTIONEER_CODE", CODE)
        with running(AUCTION) as app:
            yield app.address


class Room:
    """People at the auction, with a page each, and everything that their consoles complained about."""

    def __init__(self, browser: Browser, address: str) -> None:
        self._browser = browser
        self._address = address
        self._pages: list[Page] = []
        self._complaints: list[Complaints] = []

    def open(self) -> Page:
        page = self._browser.new_page()
        self._pages.append(page)
        self._complaints.append(Complaints(page))
        page.goto(self._address)
        return page

    def enter(self, name: str, code: str = "") -> Page:
        page = self.open()
        give(page, name, code)
        expect(page.locator("article")).to_have_count(3)
        return page

    def leave(self) -> list[str]:
        """Closes the pages and returns the complaints."""
        for page in self._pages:
            page.close()
        return [complaint for complaints in self._complaints for complaint in complaints]


@pytest.fixture
def room(chromium: Browser, address: str) -> Iterator[Room]:
    room = Room(chromium, address)
    yield room
    assert room.leave() == []


def give(page: Page, name: str, code: str = "") -> None:
    page.get_by_label("Your name").fill(name)
    page.get_by_label("The auctioneer's code").fill(code)
    page.get_by_role("button", name="Enter").click()


def lot(page: Page, id: str) -> Locator:
    return page.locator(f'article[data-lot="{id}"]')


def bid(page: Page, id: str, euros: int) -> None:
    lot(page, id).get_by_label("Euros").fill(str(euros))
    lot(page, id).get_by_role("button", name="Bid").click()


def stands(page: Page, id: str, price: str, standing: str) -> None:
    expect(lot(page, id).locator(".price")).to_have_text(price)
    expect(lot(page, id).locator(".standing")).to_have_text(standing)


def test_its_own_tests_pass() -> None:
    generate(AUCTION)
    own_tests(AUCTION)


def test_two_bid_and_the_auctioneer_sells(room: Room) -> None:
    ada, ben, rosa = room.enter("Ada"), room.enter("Ben"), room.enter("Rosa", CODE)
    stands(ada, "map", "from €120", "")
    bid(ada, "map", 150)
    stands(ada, "map", "€150", "The highest bid is yours")
    stands(ben, "map", "€150", "")
    bid(ben, "map", 170)
    stands(ben, "map", "€170", "The highest bid is yours")
    stands(ada, "map", "€170", "You have been outbid")
    expect(lot(ada, "map").locator(".bids li")).to_have_text(["€170", "€150"])
    expect(lot(rosa, "map").locator(".bids li")).to_have_text(["€170 by Ben", "€150 by Ada"])
    lot(rosa, "map").get_by_role("button", name="Sell").click()
    stands(ben, "map", "€170", "Sold to you")
    stands(ada, "map", "€170", "Sold")
    expect(lot(ada, "map").get_by_role("button", name="Bid")).to_be_hidden()
    late = room.enter("Cleo")
    stands(late, "map", "€170", "Sold")


def test_what_is_wrong_with_a_bid_is_told_to_the_one_who_made_it(room: Room) -> None:
    ada, rosa = room.enter("Ada"), room.enter("Rosa", CODE)
    lot(ada, "clock").get_by_label("Euros").evaluate("input => { input.min = 0; }")
    bid(ada, "clock", 399)
    expect(lot(ada, "clock").locator(".problem")).to_have_text("The next bid is 400 or more.")
    stands(ada, "clock", "from €400", "")
    lot(rosa, "clock").get_by_role("button", name="Sell").click()
    expect(lot(rosa, "clock").locator(".problem")).to_have_text("Nobody has bid.")


def test_who_has_the_wrong_code_may_try_again(room: Room) -> None:
    page = room.open()
    give(page, "Eve", "guess")
    expect(page.locator("#refusal")).to_have_text("You were not let in. Is the code right?")
    give(page, "Eve")
    expect(page.locator("article")).to_have_count(3)


def test_the_server_has_the_files_of_the_page_and_no_others(address: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as missing:
        urllib.request.urlopen(f"{address}/../app.py")
    assert missing.value.code == 404
    missing.value.close()


def test_the_page_comes_back_by_itself_when_the_server_was_away(chromium: Browser) -> None:
    # What a browser says of a lost connection is on its console, and belongs there: nobody looks at it here.
    with running(AUCTION) as app:
        port = int(app.address.rsplit(":", 1)[1])
        room = Room(chromium, app.address)
        ada = room.enter("Ada")
    expect(ada.locator("#state")).to_have_text("Connection lost. Trying again…")
    with running(AUCTION, port):
        expect(ada.locator("#state")).to_have_text("The auction is on")
        bid(ada, "chair", 30)
        stands(ada, "chair", "€30", "The highest bid is yours")
        room.leave()
