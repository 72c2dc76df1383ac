"""`JWTAuth`: which tokens it takes, what it makes of them, and what attackers try."""

from __future__ import annotations

import logging
import sys
import time
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from chat import SDL
from serving import Start, client
from subsgen import InvalidToken, JWTAuth, SubscriptionManager
from tokens import (
    AUDIENCE,
    ISSUER,
    SECRET,
    claims,
    connection,
    ec_key,
    ed_key,
    encoded,
    forged,
    jwk,
    private_pem,
    public_pem,
    rsa_key,
    signed,
)


def by_rsa(**options: Any) -> JWTAuth:
    given: dict[str, Any] = {"algorithms": ["RS256"], "issuer": ISSUER, "audience": AUDIENCE} | options
    return JWTAuth(public_pem(rsa_key()), **given)


def by_secret(**options: Any) -> JWTAuth:
    given: dict[str, Any] = {"algorithms": ["HS256"], "issuer": ISSUER, "audience": AUDIENCE} | options
    return JWTAuth(SECRET, **given)


async def taken(auth: JWTAuth, token: Any) -> dict[str, Any]:
    found = await auth({"token": token}, connection())
    assert found is not None
    return dict(found)


async def refused(auth: JWTAuth, token: Any, why: str | None = None) -> None:
    with pytest.raises(InvalidToken, match=why) as caught:
        await auth({"token": token}, connection())
    assert len(str(token)) < 10 or str(token)[:50] not in str(caught.value)


# MARK: What is taken


ALGORITHMS: list[tuple[str, Any]] = [
    *((name, rsa_key()) for name in ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")),
    ("ES256", ec_key()),
    ("ES384", ec_key(ec.SECP384R1)),
    ("ES512", ec_key(ec.SECP521R1)),
    ("EdDSA", ed_key()),
]


@pytest.mark.parametrize(("algorithm", "key"), ALGORITHMS, ids=[name for name, _ in ALGORITHMS])
async def test_tokens_of_a_public_key_are_taken_and_those_of_another_refused(algorithm: str, key: Any) -> None:
    for auth in (
        JWTAuth(public_pem(key), algorithms=[algorithm], audience=AUDIENCE),
        JWTAuth(jwks={"keys": [jwk(key, "k")]}, algorithms=[algorithm], audience=AUDIENCE),
    ):
        token = signed(claims(), key, algorithm, "k")
        assert (await taken(auth, token))["user_id"] == "ada"
        head, body, signature = token.split(".")
        await refused(auth, f"{head}.{encoded(claims(sub='grace'))}.{signature}", "not valid")
        await refused(auth, f"{head}.{body}.{signature[:-8]}AAAAAAAA", "not valid")
        await refused(auth, f"{head}.{body}.")


@pytest.mark.parametrize(("algorithm", "size"), [("HS256", 32), ("HS384", 48), ("HS512", 64)])
async def test_tokens_of_a_secret_are_taken_and_those_of_another_refused(algorithm: str, size: int) -> None:
    auth = JWTAuth("s" * size, algorithms=[algorithm], audience=AUDIENCE)
    assert (await taken(auth, signed(claims(), "s" * size, algorithm)))["sub"] == "ada"
    await refused(auth, signed(claims(), "t" * size, algorithm), "not valid")
    for algorithms in ([algorithm], [algorithm, "HS256"]):
        with pytest.raises(ValueError, match=f"at least {size} bytes"):
            JWTAuth("s" * (size - 1), algorithms=algorithms)


async def test_the_token_comes_from_the_payload_then_the_header_then_a_named_cookie() -> None:
    good, other = (signed(claims(sub=name), SECRET, "HS256") for name in ("ada", "grace"))
    auth = by_secret(cookie="session")
    for payload, info, user in (
        ({"token": good}, connection({"session": other}, authorization=f"Bearer {other}"), "ada"),
        ({"Authorization": f"Bearer {good}"}, connection(authorization=f"Bearer {other}"), "ada"),
        ({"authorization": f"bearer  {good} "}, connection(), "ada"),
        ({"locale": "en"}, connection({"session": other}, authorization=f"Bearer {good}"), "ada"),
        (None, connection({"session": good}), "ada"),
    ):
        assert ((await auth(payload, info)) or {})["user_id"] == user
    # What is wrong in one place is not made good by another.
    wrong: list[Any] = [{"token": "x"}, {"token": None}, {"token": 7}, {"Authorization": f"Basic {good}"}, {"Authorization": [good]}]
    for payload in wrong:
        with pytest.raises(InvalidToken):
            await auth(payload, connection({"session": good}, authorization=f"Bearer {good}"))
    with pytest.raises(InvalidToken, match="bearer"):
        await auth(None, connection({"session": good}, authorization=f"Basic {good}"))
    # Nobody named the cookie.
    with pytest.raises(InvalidToken, match="no token"):
        await by_secret()(None, connection({"session": good}))


async def test_without_a_token_a_client_is_refused_or_let_in_without_claims() -> None:
    for payload in (None, {}, {"locale": "en"}):
        with pytest.raises(InvalidToken, match="no token"):
            await by_secret()(payload, connection())
        assert await by_secret(optional=True)(payload, connection()) is None
    await refused(by_secret(optional=True), "x")
    await refused(by_secret(optional=True), "")


# MARK: What becomes of claims


async def test_claims_are_mapped_by_name_or_path_and_the_others_stay() -> None:
    auth = by_secret(user_id="https://a.example/id", scopes="scp", roles="realm_access.roles")
    token = signed(
        claims(
            sub="x",
            scp=["chat:read", "profile"],
            tenant_id="t1",
            realm_access={"roles": ["editor"]},
            **{"https://a.example/id": 7},
        ),
        SECRET,
        "HS256",
    )
    found = await taken(auth, token)
    assert (found["user_id"], found["scopes"], found["roles"], found["tenant_id"]) == (7, ["chat:read", "profile"], ["editor"], "t1")
    plain = await taken(by_secret(), signed(claims(scope="chat:read  profile", roles="editor"), SECRET, "HS256"))
    assert (plain["scopes"], plain["roles"]) == (["chat:read", "profile"], ["editor"])
    nothing = await taken(by_secret(), signed(claims(), SECRET, "HS256"))
    assert (nothing["scopes"], nothing["roles"]) == ([], [])


async def test_rights_are_read_from_the_named_claims_alone() -> None:
    auth = by_secret(scopes="rights.scopes", roles="rights.roles")
    token = signed(claims(user_id="root", scope="admin", scopes=["admin"], role="admin", roles=["admin"], rights={}), SECRET, "HS256")
    found = await taken(auth, token)
    assert {name: found[name] for name in ("user_id", "scopes", "roles")} == {"user_id": "ada", "scopes": [], "roles": []}
    assert found.keys().isdisjoint({"scope", "role"})


@pytest.mark.parametrize(
    "changes",
    [
        {"sub": None},
        {"sub": ""},
        {"scope": 7},
        {"scope": {"admin": True}},
        {"roles": [1]},
        {"roles": {"admin": True}},
        {"roles": ["a", None]},
    ],
)
async def test_claims_of_another_kind_refuse(changes: dict[str, Any]) -> None:
    await refused(by_secret(), signed(claims(**changes), SECRET, "HS256"))


@pytest.mark.parametrize("user", [True, ["ada"], {"id": "ada"}, None])
async def test_a_user_is_a_string_or_a_number(user: Any) -> None:
    await refused(by_secret(user_id="account.id"), signed(claims(account={"id": user}), SECRET, "HS256"), "names nobody")


# MARK: Times, issuer, audience


async def test_a_token_is_taken_in_its_time_by_clocks_that_differ_as_much_as_they_may() -> None:
    now = int(time.time())
    for changes in ({"exp": now - 30}, {"nbf": now + 30}, {"iat": now + 30}):
        token = signed(claims(**changes), SECRET, "HS256")
        await refused(by_secret(), token, "not valid")
        await refused(by_secret(leeway=10), token, "not valid")
        await taken(by_secret(leeway=60), token)


async def test_the_connection_may_live_as_long_as_the_token_is_taken() -> None:
    now = int(time.time())
    assert (await taken(by_secret(leeway=30.5), signed(claims(exp=now + 5), SECRET, "HS256")))["exp"] == now + 36


@pytest.mark.parametrize("expiry", ["soon", [1], {}, True, 1e400, -1e400, "1e3"])
async def test_an_expiry_that_is_no_time_refuses(expiry: Any) -> None:
    await refused(by_secret(), forged({"alg": "HS256"}, claims(exp=expiry), SECRET.encode()))


async def test_claims_that_must_be_there_are_demanded() -> None:
    forever = signed(claims(exp=None), SECRET, "HS256")
    await refused(by_secret(), forever, "exp")
    assert "exp" not in await taken(by_secret(require=()), forever)
    await refused(by_secret(require=("exp", "jti")), signed(claims(), SECRET, "HS256"), "jti")


@pytest.mark.parametrize("changes", [{"iss": None}, {"iss": "https://evil.example/"}, {"aud": None}, {"aud": "shop"}, {"aud": ["shop"]}])
async def test_a_token_of_another_issuer_or_for_another_service_is_refused(changes: dict[str, Any]) -> None:
    await refused(by_secret(), signed(claims(**changes), SECRET, "HS256"), "not valid")


async def test_a_token_that_names_an_audience_is_for_who_names_it() -> None:
    auth = JWTAuth(SECRET, algorithms=["HS256"])
    await refused(auth, signed(claims(), SECRET, "HS256"), "[Aa]udience")
    await taken(auth, signed(claims(aud=None), SECRET, "HS256"))
    several = by_secret(audience=["chat", "feed"], issuer=[ISSUER, "https://b.example/"])
    await taken(several, signed(claims(aud=["feed", "x"], iss="https://b.example/"), SECRET, "HS256"))


# MARK: Attacks


async def test_a_token_without_a_signature_is_refused() -> None:
    for auth in (by_secret(), by_rsa(), JWTAuth(jwks={"keys": [jwk(rsa_key())]}, algorithms=["RS256"], audience=AUDIENCE)):
        for name in ("none", "None", "NONE", "nOnE", "", None, 0, ["none"]):
            await refused(auth, forged({"alg": name, "typ": "JWT"}, claims()))
        await refused(auth, forged({}, claims()))


async def test_a_public_key_is_not_taken_for_a_secret() -> None:
    pem = public_pem(rsa_key())
    for auth in (
        by_rsa(),
        by_rsa(algorithms=["RS256", "ES256"]),
        JWTAuth(jwks={"keys": [jwk(rsa_key(), "k")]}, algorithms=["RS256"], audience=AUDIENCE),
    ):
        for secret in (pem, pem.strip(), pem.replace("\n", "\r\n"), ""):
            for kid in ({}, {"kid": "k"}):
                await refused(auth, forged({"alg": "HS256", **kid}, claims(), secret.encode()))
    with pytest.raises(ValueError, match="public key for a secret"):
        JWTAuth(pem, algorithms=["RS256", "HS256"])
    for text in (pem, private_pem(rsa_key())):
        with pytest.raises(ValueError, match="verify with a secret"):
            JWTAuth(text, algorithms=["HS256"])


async def test_a_token_does_not_choose_its_algorithm() -> None:
    await refused(by_rsa(), signed(claims(), rsa_key(), "RS512"), "none of the algorithms")
    await refused(by_rsa(), signed(claims(), rsa_key(), "PS256"), "none of the algorithms")
    # A key of a set that says what it is for is for nothing else.
    bound = JWTAuth(jwks={"keys": [jwk(rsa_key(), "k", alg="RS256")]}, algorithms=["RS256", "PS256"], audience=AUDIENCE)
    await taken(bound, signed(claims(), rsa_key(), "RS256", "k"))
    await refused(bound, signed(claims(), rsa_key(), "PS256", "k"), "no key")


async def test_keys_that_a_token_brings_along_are_not_looked_at() -> None:
    mine = rsa_key("attacker's")
    for header in (
        {"jwk": jwk(mine, "k")},
        {"jku": "http://127.0.0.1:1/keys"},
        {"x5u": "http://127.0.0.1:1/keys"},
        {"x5c": [encoded(public_pem(mine).encode())]},
    ):
        for auth in (by_rsa(), JWTAuth(jwks={"keys": [jwk(rsa_key(), "k")]}, algorithms=["RS256"], audience=AUDIENCE)):
            await refused(auth, signed(claims(), mine, "RS256", "k", **header), "not valid")


async def test_extensions_that_must_be_understood_refuse() -> None:
    headers: list[dict[str, Any]] = [{"crit": ["exp"], "exp": 1}, {"crit": []}, {"b64": True}, {"b64": False}]
    for header in headers:
        await refused(by_secret(), forged({"alg": "HS256", **header}, claims(), SECRET.encode()))
    await refused(by_secret(), forged({"alg": "HS256", "b64": True}, claims(), SECRET.encode()), "demands extensions")


async def test_a_token_that_is_too_long_is_not_read() -> None:
    await refused(by_secret(), signed(claims(padding="x" * 16_000), SECRET, "HS256"), "more than 16384 bytes")


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "..",
        "a.b.c",
        "e30.e30.e30",
        "\x00",
        "é.é.é",
        "\ud800",
        "A" * 20_000,
        "." * 16_000,
        encoded(b"[" * 9_000) + ".e30.",
        7,
        [],
        {},
    ],
)
async def test_what_is_no_token_is_refused(token: Any) -> None:
    for auth in (by_secret(), by_rsa(), by_rsa(optional=True)):
        await refused(auth, token)


async def test_a_payload_that_is_no_object_is_refused() -> None:
    body = encoded([1])
    for text in (body, encoded(b"not json"), encoded(b"[" * 5_000)):
        head = encoded({"alg": "HS256"})
        token = signed(claims(), SECRET, "HS256")
        await refused(by_secret(), f"{head}.{text}.{token.split('.')[2]}")


# MARK: What cannot be safe is refused when it is set up


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({}, "either a key or a key set"),
        ({"key": SECRET, "jwks": {"keys": []}}, "either a key or a key set"),
        ({"key": SECRET, "algorithms": ["none"]}, "none"),
        ({"key": SECRET, "algorithms": ["HS256", "none"]}, "none"),
        ({"key": SECRET, "algorithms": []}, "algorithms names"),
        ({"key": SECRET, "algorithms": "HS256"}, "is a list"),
        ({"key": SECRET, "algorithms": ["hs256"]}, "hs256"),
        ({"key": SECRET, "leeway": -1}, "leeway"),
        ({"key": SECRET, "leeway": float("inf")}, "leeway"),
        ({"key": SECRET, "leeway": float("nan")}, "leeway"),
        ({"key": SECRET, "cache": 0}, "cache"),
        ({"key": SECRET, "refetch": 0}, "refetch"),
        ({"key": SECRET, "timeout": -1}, "timeout"),
        ({"key": "no key", "algorithms": ["RS256"]}, "PEM"),
        ({"key": private_pem(rsa_key()), "algorithms": ["RS256"]}, "private key is none"),
        ({"key": public_pem(ec_key()), "algorithms": ["RS256"]}, "not for RS256"),
        ({"key": public_pem(ec_key(ec.SECP384R1)), "algorithms": ["ES256"]}, "not for ES256"),
        ({"key": public_pem(ec_key(ec.SECP256K1)), "algorithms": ["ES256"]}, "not for ES256"),
        ({"key": public_pem(rsa_key(bits=1024)), "algorithms": ["RS256"]}, "2048 bits"),
        ({"jwks": {"keys": []}, "algorithms": ["HS256"]}, "no secrets"),
        ({"jwks": {}, "algorithms": ["RS256"]}, "list"),
        ({"jwks": {"keys": {}}, "algorithms": ["RS256"]}, "list"),
        ({"jwks": "http://id.example.com/keys", "algorithms": ["RS256"]}, "https"),
        ({"jwks": "http://127.0.0.1.example.com/keys", "algorithms": ["RS256"]}, "https"),
        ({"jwks": "file:///etc/keys", "algorithms": ["RS256"]}, "https"),
        ({"jwks": "ftp://127.0.0.1/keys", "algorithms": ["RS256"]}, "https"),
    ],
)
def test_what_cannot_be_safe_is_an_error(options: dict[str, Any], why: str) -> None:
    given: dict[str, Any] = {"algorithms": ["HS256"]} | options
    with pytest.raises(ValueError, match=why):
        JWTAuth(**given)


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        JWTAuth(jwks=tmp_path / "keys.json", algorithms=["RS256"])


def test_without_pyjwt_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jwt", None)
    with pytest.raises(ImportError, match=r"subsgen\[jwt\]"):
        JWTAuth(SECRET, algorithms=["HS256"])


# MARK: Over a real socket


async def test_a_client_with_a_token_is_let_in_and_the_others_are_told_nothing(start: Start, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "subsgen")
    token, wrong = signed(claims(), SECRET, "HS256"), jwt.encode(claims(), SECRET[::-1], "HS256")
    async with start(SubscriptionManager(schema=SDL, auth_handler=by_secret()), None) as server:
        async with client(server) as one, client(server, Authorization=f"Bearer {token}") as two:
            await one.initialise({"token": token})
            await two.initialise()
        for payload in ({"token": wrong}, {"token": signed(claims(exp=1), SECRET, "HS256")}, {}, {"token": {"x": 1}}):
            async with client(server) as stranger:
                await stranger.send({"type": "connection_init", "payload": payload})
                assert await stranger.closing() == (4403, "Forbidden")
    assert "not valid" in caplog.text
    assert wrong not in caplog.text
    assert token not in caplog.text
