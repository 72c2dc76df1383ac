"""Key sets: which keys are used, how they are kept, and when they are read again."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from jwt.algorithms import RSAAlgorithm

from serving import within
from subsgen import InvalidToken, JWTAuth
from subsgen.auth_keys import FetchedKeys, VerificationKey, keys_of_set, url_reader
from tokens import AUDIENCE, Clock, claims, connection, ec_key, jwk, rsa_key, signed

RS256 = frozenset({"RS256"})


async def user(auth: JWTAuth, key: Any, kid: str | None, algorithm: str = "RS256") -> Any:
    """Who it is by a token of that key; None where it is refused."""
    try:
        return ((await auth({"token": signed(claims(), key, algorithm, kid)}, connection())) or {})["user_id"]
    except InvalidToken:
        return None


def by_set(*keys: dict[str, Any], algorithms: tuple[str, ...] = ("RS256",)) -> JWTAuth:
    return JWTAuth(jwks={"keys": list(keys)}, algorithms=algorithms, audience=AUDIENCE)


# MARK: Which key


async def test_a_token_is_verified_by_the_key_that_it_names() -> None:
    one, two = rsa_key("one"), rsa_key("two")
    auth = by_set(jwk(one, "1"), jwk(two, "2"), jwk(ec_key(), "3"), algorithms=("RS256", "ES256"))
    assert await user(auth, one, "1") == "ada"
    assert await user(auth, two, "2") == "ada"
    assert await user(auth, ec_key(), "3", "ES256") == "ada"
    for key, kid in ((one, "2"), (two, "1"), (one, "4"), (one, "3"), (one, "")):
        assert await user(auth, key, kid) is None


async def test_a_token_that_names_no_key_is_verified_where_there_is_but_one_for_it() -> None:
    one, two = rsa_key("one"), rsa_key("two")
    assert await user(by_set(jwk(one)), one, None) == "ada"
    assert await user(by_set(jwk(one, "1"), jwk(ec_key(), "2"), algorithms=("RS256", "ES256")), one, None) == "ada"
    assert await user(by_set(jwk(one, "1"), jwk(two, "2")), one, None) is None
    assert await user(by_set(jwk(one)), one, "1") is None


NAMELESS: dict[str, Any] = {**jwk(rsa_key(), "k"), "kid": 7}
"""A key without a name that a token could say."""


@pytest.mark.parametrize(
    "entry",
    [
        jwk(rsa_key(), "k", use="enc"),
        jwk(rsa_key(), "k", key_ops=["encrypt"]),
        jwk(rsa_key(), "k", alg="RS512"),
        jwk(rsa_key(), "k", alg="RSA-OAEP"),
        jwk(rsa_key(), "k", alg=["RS256"]),
        jwk(rsa_key(bits=1024), "k"),
        NAMELESS,
        {"kty": "oct", "k": "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY", "kid": "k"},
        {"kty": "RSA", "kid": "k"},
        {"kty": "RSA", "n": 1, "e": [], "kid": "k"},
        {"kty": "what", "kid": "k"},
        {"kid": "k"},
        "k",
        None,
    ],
)
async def test_an_entry_that_is_not_for_verifying_is_no_key(entry: Any, caplog: pytest.LogCaptureFixture) -> None:
    assert await user(by_set(entry), rsa_key(), "k") is None
    assert ("none of the 1 keys" in caplog.text) == (entry != NAMELESS)
    # It spoils no other.
    assert await user(by_set(entry, jwk(rsa_key("two"), "2")), rsa_key("two"), "2") == "ada"


def test_a_private_key_in_a_set_is_no_key() -> None:
    entry = RSAAlgorithm.to_jwk(rsa_key(), as_dict=True)
    assert "d" in entry
    assert keys_of_set({"keys": [{**entry, "kid": "k"}]}, RS256) == []


@pytest.mark.parametrize("text", [b"", b"[]", b"7", b"{", b'{"keys":7}', b"\xff", b"[" * 100_000])
def test_what_is_no_key_set_is_an_error(text: bytes) -> None:
    with pytest.raises(ValueError, match=r"key set|Expecting|decode"):
        keys_of_set(text, RS256)


# MARK: When keys are read


class Issuer:
    """Gives keys when it is asked, and counts how often."""

    def __init__(self, *kids: str) -> None:
        self.kids: tuple[str, ...] | None = kids
        self.asked = 0
        self.clock = Clock()
        self.answers = threading.Event()
        self.answers.set()
        self.keys = FetchedKeys(self.read, cache=100, refetch=10, clock=self.clock)

    def read(self) -> list[VerificationKey]:
        self.asked += 1
        self.answers.wait()
        if self.kids is None:
            raise OSError("the issuer is away")
        return [VerificationKey(kid, RS256, kid) for kid in self.kids]

    async def has(self, kid: str) -> bool:
        return await within(self.keys.find(kid, "RS256")) is not None

    def settled(self) -> None:
        """Waits for a reading that nobody waits for."""
        for thread in threading.enumerate():
            if thread.name == "subsgen-keys":
                thread.join()


async def test_keys_are_read_once_and_kept() -> None:
    issuer = Issuer("1")
    assert issuer.asked == 0
    for moment in (0, 1, 50, 99):
        issuer.clock.now = moment
        assert await issuer.has("1")
    assert issuer.asked == 1


async def test_an_unknown_key_is_looked_for_at_a_bounded_rate() -> None:
    issuer = Issuer("1")
    assert await issuer.has("1")
    issuer.kids = ("1", "2")
    issuer.clock.now = 10
    assert await issuer.has("2")
    assert issuer.asked == 2
    for number in range(1000):
        issuer.clock.now = 10 + number / 100
        assert not await issuer.has(f"made-up-{number}")
    assert issuer.asked == 2
    issuer.clock.now = 20
    issuer.kids = ("2", "3")
    assert await issuer.has("3")
    assert not await issuer.has("1")
    assert issuer.asked == 3


async def test_old_keys_are_used_while_they_are_read_again() -> None:
    issuer = Issuer("1")
    assert await issuer.has("1")
    issuer.clock.now = 100
    issuer.kids = ("2",)
    issuer.answers.clear()
    assert await issuer.has("1")
    issuer.answers.set()
    issuer.settled()
    assert issuer.asked == 2
    assert await issuer.has("2")
    assert not await issuer.has("1")


async def test_keys_outlive_a_short_absence_of_their_issuer_and_no_long_one(caplog: pytest.LogCaptureFixture) -> None:
    issuer = Issuer("1")
    assert await issuer.has("1")
    issuer.kids = None
    for moment in (100, 150, 199):
        issuer.clock.now = moment
        assert await issuer.has("1")
        issuer.settled()
    assert "the issuer is away" in caplog.text
    issuer.clock.now = 200
    assert not await issuer.has("1")
    asked = issuer.asked
    assert not await issuer.has("1")  # too early to ask again
    assert issuer.asked == asked
    issuer.kids = ("1",)
    issuer.clock.now = 220
    assert await issuer.has("1")


async def test_keys_that_an_issuer_withdraws_are_gone() -> None:
    issuer = Issuer("1")
    assert await issuer.has("1")
    issuer.kids = ()
    issuer.clock.now = 10
    assert not await issuer.has("2")
    assert not await issuer.has("1")


async def test_an_issuer_that_was_never_there_is_asked_at_a_bounded_rate() -> None:
    issuer = Issuer()
    issuer.kids = None
    for moment in (0, 1, 9):
        issuer.clock.now = moment
        assert not await issuer.has("1")
    assert issuer.asked == 1
    issuer.kids = ("1",)
    issuer.clock.now = 10
    assert await issuer.has("1")


async def test_many_who_wait_share_one_reading_and_who_gives_up_takes_it_from_nobody() -> None:
    may_answer = threading.Event()
    asked: list[int] = []

    def read() -> list[VerificationKey]:
        asked.append(1)
        may_answer.wait()
        return [VerificationKey("1", RS256, "1")]

    keys = FetchedKeys(read, cache=100, refetch=10)
    waiting = [asyncio.create_task(keys.find("1", "RS256")) for _ in range(50)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    waiting[0].cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting[0]
    may_answer.set()
    found = await within(asyncio.gather(*waiting[1:]))
    assert all(key is not None for key in found)
    assert len(asked) == 1


def test_keys_serve_several_event_loops() -> None:
    keys = FetchedKeys(lambda: [VerificationKey("1", RS256, "1")], cache=100, refetch=10)
    assert asyncio.run(keys.find("1", "RS256")) is not None
    assert asyncio.run(keys.find("1", "RS256")) is not None


# MARK: Files and addresses


async def test_a_file_that_is_replaced_is_read_again_for_a_new_key(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    path.write_text(json.dumps({"keys": [jwk(rsa_key("one"), "1")]}))
    auth = JWTAuth(jwks=str(path), algorithms=["RS256"], audience=AUDIENCE, refetch=1e-9)
    assert await user(auth, rsa_key("one"), "1") == "ada"
    path.write_text(json.dumps({"keys": [jwk(rsa_key("two"), "2")]}))
    assert await user(auth, rsa_key("two"), "2") == "ada"
    assert await user(auth, rsa_key("one"), "1") is None


class Pages:
    """A server of HTTP that answers what a test puts there."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.asked: list[str] = []
        self.url = ""


@contextmanager
def pages() -> Generator[Pages]:
    served = Pages()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            served.asked.append(self.path)
            status, headers, body = served.answers.get(self.path, (404, {}, b""))
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            return None

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        served.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield served
        finally:
            server.shutdown()
            thread.join()


async def test_keys_come_from_an_address_and_follow_a_rotation() -> None:
    with pages() as served:
        served.answers["/keys"] = (200, {}, json.dumps({"keys": [jwk(rsa_key("one"), "1")]}).encode())
        auth = JWTAuth(jwks=f"{served.url}/keys", algorithms=["RS256"], audience=AUDIENCE, refetch=1e-9)
        assert served.asked == []
        assert await user(auth, rsa_key("one"), "1") == "ada"
        assert await user(auth, rsa_key("one"), "1") == "ada"
        assert len(served.asked) == 1
        served.answers["/keys"] = (200, {}, json.dumps({"keys": [jwk(rsa_key("one"), "1"), jwk(rsa_key("two"), "2")]}).encode())
        assert await user(auth, rsa_key("two"), "2") == "ada"
        assert await user(auth, rsa_key("one"), "1") == "ada"
        assert len(served.asked) == 2


@pytest.mark.parametrize("bad", ["missing", "redirect", "large", "no set"])
async def test_an_address_that_gives_no_keys_lets_nobody_in(bad: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING, "subsgen")
    with pages() as served:
        good = json.dumps({"keys": [jwk(rsa_key(), "1")]}).encode()
        served.answers["/good"] = (200, {}, good)
        served.answers |= {
            "/redirect": (302, {"Location": f"{served.url}/good"}, b""),
            "/large": (200, {}, good + b" " * 1024 * 1024),
            "/no set": (200, {}, b"<html>"),
        }
        auth = JWTAuth(jwks=f"{served.url}/{bad.replace(' ', '%20')}", algorithms=["RS256"], audience=AUDIENCE)
        served.answers["/no%20set"] = served.answers["/no set"]
        assert await user(auth, rsa_key(), "1") is None
        assert "could not be read" in caplog.text
        assert "/good" not in served.asked


def test_an_address_that_drips_is_given_up() -> None:
    with pages() as served:
        served.answers["/keys"] = (200, {}, b'{"keys":[]}')
        moments = iter([0.0, 5.1])
        with pytest.raises(TimeoutError, match="5 seconds"):
            url_reader(f"{served.url}/keys", 5, lambda: next(moments))()
