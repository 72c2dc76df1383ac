"""Keys that signatures of tokens are verified with: where they come from, and which algorithms each is for."""

from __future__ import annotations

import asyncio
import json
import threading
import time
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from http.client import HTTPMessage
from typing import IO, Any, Final, Protocol, cast
from urllib.parse import urlsplit

from .log import logger

__all__ = ["FetchedKeys", "FixedKeys", "Keys", "VerificationKey", "key_of", "keys_of_set", "url_reader"]

_SYMMETRIC: Final = {"HS256": 32, "HS384": 48, "HS512": 64}
"""The bytes that a secret has at least: as many as the hash (RFC 7518, section 3.2)."""
_RSA: Final = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"})
_CURVES: Final = {"secp256r1": "ES256", "secp384r1": "ES384", "secp521r1": "ES512"}
_ALGORITHMS: Final = frozenset({*_SYMMETRIC, *_RSA, *_CURVES.values(), "EdDSA"})
_RSA_BITS: Final = 2048
_SET_BYTES: Final = 1024 * 1024
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class VerificationKey:
    """A key, and for which of the algorithms that were asked for it may be used: never for those of another kind of key."""

    value: Any
    algorithms: frozenset[str]
    kid: str | None = None


class Keys(Protocol):
    """Where keys are looked up."""

    async def find(self, kid: str | None, algorithm: str) -> VerificationKey | None:
        """The key for a token's header; None where there is none, or where the header leaves open which of several it is."""


def checked_algorithms(algorithms: Sequence[str]) -> frozenset[str]:
    """The names of algorithms. Raises ``ValueError`` where there is none, and for one that is not taken, ``none`` first of all."""
    if isinstance(algorithms, str):
        raise ValueError(f'algorithms is a list: ["{algorithms}"]')
    names = frozenset(algorithms)
    if not names:
        raise ValueError('algorithms names those that tokens may be signed by, such as ["RS256"]')
    for name in sorted(names - _ALGORITHMS):
        raise ValueError(f"tokens are not taken with the algorithm {name!r}; there are {', '.join(sorted(_ALGORITHMS))}")
    if not (names <= _SYMMETRIC.keys() or names.isdisjoint(_SYMMETRIC)):
        raise ValueError("algorithms are either of a secret (HS...) or of a public key: who takes both may take a public key for a secret")
    return names


def key_of(text: str | bytes, algorithms: frozenset[str]) -> VerificationKey:
    """A secret, or a public key in PEM. Raises ``ValueError`` for one that the algorithms are not for, or that is too weak."""
    data = text.encode() if isinstance(text, str) else text
    if algorithms <= _SYMMETRIC.keys():
        if b"-----BEGIN " in data or data.startswith((b"ssh-", b"ecdsa-")):
            raise ValueError(f"{', '.join(sorted(algorithms))} verify with a secret, and this is a public or private key")
        needed = max(_SYMMETRIC[name] for name in algorithms)
        if len(data) < needed:
            raise ValueError(f"a secret for {', '.join(sorted(algorithms))} has at least {needed} bytes, and this one has {len(data)}")
        return VerificationKey(data, algorithms)
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(data)
    except ValueError as error:
        raise ValueError('a public key is PEM text that begins with "-----BEGIN PUBLIC KEY-----"; a private key is none') from error
    usable = _algorithms_of(key) & algorithms
    if not usable:
        raise ValueError(f"the key is not for {', '.join(sorted(algorithms))}, or is too short: RSA keys have {_RSA_BITS} bits or more")
    return VerificationKey(key, usable)


def keys_of_set(document: bytes | Mapping[str, Any], algorithms: frozenset[str]) -> list[VerificationKey]:
    """The keys of a JSON Web Key Set (RFC 7517) that may verify with some of the algorithms. Raises ``ValueError`` for what is none."""
    try:
        decoded: object = json.loads(document) if isinstance(document, bytes) else document
    except RecursionError as error:
        raise ValueError("a key set is not nested so deeply") from error
    listed = cast("Mapping[str, object]", decoded).get("keys") if isinstance(decoded, Mapping) else None
    if not isinstance(listed, list):
        raise ValueError('a key set is a JSON object with a list "keys"')
    entries = cast("list[object]", listed)
    keys = [_key_of_entry(cast("Mapping[str, Any]", entry), algorithms) for entry in entries if isinstance(entry, Mapping)]
    found = [key for key in keys if key is not None]
    if not found:
        logger.warning("none of the %d keys in a key set is for %s", len(entries), ", ".join(sorted(algorithms)))
    return found


def _key_of_entry(entry: Mapping[str, Any], algorithms: frozenset[str]) -> VerificationKey | None:
    """None for a key that is not for verifying, or not for these algorithms.

    A set is public, so a secret in it is none: it has no algorithms.
    """
    import jwt

    operations, algorithm = entry.get("key_ops", ["verify"]), entry.get("alg")
    if entry.get("use", "sig") != "sig" or not isinstance(operations, list) or "verify" not in operations:
        return None
    if not isinstance(algorithm, str | None):
        return None
    try:
        value = jwt.PyJWK(dict(entry)).key
    except (jwt.PyJWTError, ValueError, TypeError):
        return None  # of a kind that nobody here knows, or broken
    usable = _algorithms_of(value) & algorithms
    if algorithm is not None:
        usable &= {algorithm}
    kid = entry.get("kid")
    return VerificationKey(value, usable, kid if isinstance(kid, str) else None) if usable else None


def _algorithms_of(key: object) -> frozenset[str]:
    """What a public key can verify. Of a private key nothing: it does not belong here."""
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

    if isinstance(key, RSAPublicKey):
        return _RSA if key.key_size >= _RSA_BITS else frozenset()
    if isinstance(key, EllipticCurvePublicKey):
        name = _CURVES.get(key.curve.name)
        return frozenset() if name is None else frozenset({name})
    return frozenset({"EdDSA"}) if isinstance(key, Ed25519PublicKey) else frozenset()


def choose(keys: Sequence[VerificationKey], kid: str | None, algorithm: str) -> VerificationKey | None:
    """The one key for a token's header; None where there is none, or where it leaves open which of several it is."""
    fitting = [key for key in keys if algorithm in key.algorithms and (kid is None or key.kid == kid)]
    return fitting[0] if len(fitting) == 1 else None


class FixedKeys:
    """Keys that never change."""

    def __init__(self, keys: Sequence[VerificationKey], *, by_id: bool) -> None:
        self._keys = keys
        self._by_id = by_id

    async def find(self, kid: str | None, algorithm: str) -> VerificationKey | None:
        return choose(self._keys, kid if self._by_id else None, algorithm)


class FetchedKeys:
    """Keys of a file or an address, read again when they are old, and for a token whose key is not among them.

    Keys that are older than ``cache`` seconds are read again while they go on being used; when they have become twice as old, reading
    has failed for as long, and no token is taken until it succeeds. There is one reading at a time, and within ``refetch`` seconds no
    other begins: tokens with made-up keys cannot make it more. May be used on several event loops.
    """

    def __init__(
        self, fetch: Callable[[], list[VerificationKey]], *, cache: float, refetch: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._fetch = fetch
        self._cache = cache
        self._refetch = refetch
        self._clock = clock
        self._lock = threading.Lock()
        """Guards what follows."""
        self._keys: Sequence[VerificationKey] = ()
        self._fetched: float | None = None
        self._attempted: float | None = None
        self._fetching: Future[None] | None = None

    async def find(self, kid: str | None, algorithm: str) -> VerificationKey | None:
        age = self._age()
        if age is None or age >= self._cache:
            fetching = self._begin()
            if (age is None or age >= 2 * self._cache) and fetching is not None:
                await asyncio.wrap_future(fetching)
        if (found := self._found(kid, algorithm)) is None and (fetching := self._begin()) is not None:
            await asyncio.wrap_future(fetching)
            found = self._found(kid, algorithm)
        return found

    def _found(self, kid: str | None, algorithm: str) -> VerificationKey | None:
        age = self._age()
        return None if age is None or age >= 2 * self._cache else choose(self._keys, kid, algorithm)

    def _age(self) -> float | None:
        with self._lock:
            return None if self._fetched is None else self._clock() - self._fetched

    def _begin(self) -> Future[None] | None:
        """The reading that is under way, or a new one. None where it is too early for one."""
        with self._lock:
            now = self._clock()
            if self._fetching is not None:
                return self._fetching
            if self._attempted is not None and now - self._attempted < self._refetch:
                return None
            self._attempted = now
            fetching = self._fetching = Future()
        # Now nobody who gives up waiting takes it from the others.
        fetching.set_running_or_notify_cancel()
        threading.Thread(target=self._run, args=(fetching,), name="subsgen-keys", daemon=True).start()
        return fetching

    def _run(self, fetching: Future[None]) -> None:
        try:
            keys = self._fetch()
        except Exception as error:  # whatever it is, those who wait must be told that it is over
            logger.warning("the keys of tokens could not be read: %r", error)
        else:
            with self._lock:
                self._keys = keys
                self._fetched = self._clock()
        with self._lock:
            self._fetching = None
        fetching.set_result(None)


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Keys come from where the developer said, and from nowhere else."""

    def redirect_request(self, req: Any, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str) -> None:
        return None


def url_reader(url: str, timeout: float, clock: Callable[[], float] = time.monotonic) -> Callable[[], bytes]:
    """Reads an address. Raises ``ValueError`` for one without TLS, but on this machine.

    Reading raises ``OSError``, and ``ValueError`` for what is too large.
    """
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise ValueError("keys are fetched by https: who can change them on the way can sign tokens")
    opener = urllib.request.build_opener(_NoRedirects)

    def read() -> bytes:
        deadline = clock() + timeout
        content = b""
        with opener.open(url, timeout=timeout) as response:
            while chunk := response.read1(65536):
                content += chunk
                if len(content) > _SET_BYTES:
                    raise ValueError(f"a key set has at most {_SET_BYTES} bytes")
                if clock() > deadline:
                    raise TimeoutError(f"reading a key set took longer than {timeout:g} seconds")
        return content

    return read
