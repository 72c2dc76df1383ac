"""The page of the chat example in a real browser, against the application as `make serve` runs it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, expect

from examples import CHAT, generate, running

MARKUP = """<img src=x onerror="document.title='broken'"> & </li>"""


@pytest.fixture(scope="module")
def chat() -> Iterator[str]:
    """The address of the running example."""
    generate(CHAT)
    with running(CHAT) as app:
        yield app.address


class Visitors:
    """People with a page each, and everything that their consoles complained about."""

    def __init__(self, browser: Browser, address: str) -> None:
        self._browser = browser
        self._address = address
        self._pages: list[Page] = []
        self.complaints: list[str] = []

    def enter(self, name: str, room: str) -> Page:
        """Opens the page in a browser profile of its own, gives a name and waits until the room knows it."""
        page = self.open(room)
        self.give_name(page, name)
        return page

    def open(self, room: str) -> Page:
        page = self._browser.new_context().new_page()
        self._pages.append(page)
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(f"{self._address}/#{room}")
        return page

    def give_name(self, page: Page, name: str) -> None:
        page.get_by_label("Name").fill(name)
        page.get_by_role("button", name="Come in").click()
        expect(page.locator("#status")).to_have_text("Live")
        expect(member(page, name)).to_be_visible()

    def _note(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def leave(self) -> None:
        for page in self._pages:
            page.context.close()


@pytest.fixture
def visitors(chromium: Browser, chat: str) -> Iterator[Visitors]:
    visitors = Visitors(chromium, chat)
    yield visitors
    visitors.leave()
    assert visitors.complaints == []


def post(page: Page, text: str) -> None:
    box = page.get_by_label("Message", exact=True)
    box.fill(text)
    box.press("Enter")


def texts(page: Page) -> Locator:
    return page.locator("#messages .text")


def member(page: Page, name: str) -> Locator:
    return page.locator("#members").get_by_role("button", name=name)


def test_a_message_appears_where_it_was_posted_and_to_everybody_in_the_room(visitors: Visitors) -> None:
    ada, grace = visitors.enter("Ada", "both"), visitors.enter("Grace", "both")
    post(ada, "Good morning!")
    post(grace, "A moth!")
    for page in (ada, grace):
        expect(texts(page)).to_have_text(["Good morning!", "A moth!"])


def test_what_people_write_is_shown_as_text_and_not_run(visitors: Visitors) -> None:
    ada = visitors.enter("Ada", "markup")
    post(ada, MARKUP)
    expect(texts(ada)).to_have_text([MARKUP])
    expect(ada).to_have_title("# markup · Chat")
    expect(ada.locator("#messages img")).to_have_count(0)


def test_pages_in_two_rooms_see_their_own_messages_only(visitors: Visitors) -> None:
    ada, clara = visitors.enter("Ada", "engines"), visitors.enter("Clara", "romances")
    for number in range(3):
        post(ada, f"engine {number}")
        expect(texts(ada)).to_have_count(number + 1)
        post(clara, f"romance {number}")
        expect(texts(clara)).to_have_count(number + 1)
    expect(texts(ada)).to_have_text(["engine 0", "engine 1", "engine 2"])
    expect(texts(clara)).to_have_text(["romance 0", "romance 1", "romance 2"])


def test_presence_shows_who_comes_moves_on_and_vanishes(visitors: Visitors) -> None:
    ada = visitors.enter("Ada", "presence")
    grace = visitors.enter("Grace", "presence")
    clara = visitors.enter("Clara", "presence")
    expect(ada.locator("#members li")).to_have_count(3)
    grace.goto(grace.url.replace("#presence", "#elsewhere"))
    expect(member(grace, "Grace")).to_be_visible()
    expect(ada.locator("#members li")).to_have_count(2)
    clara.close()
    expect(ada.locator("#members li")).to_have_count(1)
    expect(member(ada, "Ada")).to_be_visible()


def test_one_who_comes_later_finds_the_messages_of_before(visitors: Visitors) -> None:
    ada = visitors.enter("Ada", "history")
    post(ada, "before")
    expect(texts(ada)).to_have_count(1)
    grace = visitors.enter("Grace", "history")
    expect(texts(grace)).to_have_text(["before"])
    post(ada, "after")
    expect(texts(grace)).to_have_text(["before", "after"])


def test_a_click_on_a_member_shows_that_member_s_messages_only(visitors: Visitors) -> None:
    ada, grace = visitors.enter("Ada", "filter"), visitors.enter("Grace", "filter")
    post(ada, "of Ada, before")
    expect(texts(grace)).to_have_count(1)
    member(grace, "Grace").click()
    expect(texts(grace)).to_have_count(0)
    expect(member(grace, "Grace")).to_be_visible()
    post(ada, "of Ada, after")
    expect(texts(ada)).to_have_count(2)
    post(grace, "of Grace")
    expect(texts(grace)).to_have_text(["of Grace"])
    grace.get_by_role("button", name="Show all").click()
    expect(texts(grace)).to_have_text(["of Ada, before", "of Ada, after", "of Grace"])


def test_a_name_that_the_server_refuses_is_asked_for_again(visitors: Visitors) -> None:
    page = visitors.open("names")
    name = page.get_by_label("Name")
    name.evaluate("input => { input.maxLength = 100; }")
    name.fill("A" * 41)
    page.get_by_role("button", name="Come in").click()
    expect(page.locator("#refusal")).to_have_text("The server did not let you in: Forbidden.")
    expect(page.locator("#status")).to_have_text("Not let in")
    visitors.give_name(page, "Ada")


def test_the_page_comes_back_by_itself_when_the_server_was_away(chromium: Browser) -> None:
    with running(CHAT) as app:
        port = int(app.address.rsplit(":", 1)[1])
        # What a browser says of a lost connection is on its console, and belongs there: nobody looks at it here.
        visitors = Visitors(chromium, app.address)
        ada = visitors.enter("Ada", "restart")
    expect(ada.locator("#status")).to_have_text("Connection lost. Trying again…")
    with running(CHAT, port):
        expect(ada.locator("#status")).to_have_text("Live")
        expect(member(ada, "Ada")).to_be_visible()
        post(ada, "still here")
        expect(texts(ada)).to_have_text(["still here"])
        visitors.leave()
