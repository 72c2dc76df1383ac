"""The parts of the page that need no page: each module by itself, in the browser."""

from __future__ import annotations

import hashlib
import json
import random
from base64 import b64encode
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any

import pytest
from explored import serving_explorer
from playwright.sync_api import Browser

from subsgen.explorer import page

Evaluate = Callable[..., Any]

SCHEMA = """
async () => {
  const { INTROSPECTION, Schema } = await import("/modules/schema.js");
  const { SocketConnection } = await import("/modules/socket.js");
  const connection = new SocketConnection(location.origin.replace("http", "ws") + "/graphql", {}, () => {});
  const result = await new Promise((done, failed) => {
    connection.run({ query: INTROSPECTION }, false, { sent() {}, complete() {}, failed, next: (_, result) => done(result) });
  });
  connection.close();
  window.schema = new Schema(result.data);
}
"""


@pytest.fixture(scope="module")
def evaluate(chromium: Browser) -> Iterator[Evaluate]:
    """Calls a function of a module with arguments. In functions `schema` is that of the server."""
    with serving_explorer() as server:
        tab = chromium.new_page()
        tab.goto(f"{server.address}/nothing")
        tab.evaluate(SCHEMA)

        def call(module: str, body: str, argument: Any = None) -> Any:
            return tab.evaluate(f"async (given) => {{ const module = await import('/modules/{module}.js'); {body} }}", argument)

        yield call
        tab.close()


# MARK: Tokens


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('a "b" 1.5e3 $x ... # c', ["name a", 'string "b"', "number 1.5e3", "punctuator $", "name x", "punctuator ...", "comment # c"]),
        ('"""a "b" \\""" c""" d', ['block """a "b" \\""" c"""', "name d"]),
        ('"open\nnext', ['string "open', "name next"]),
        ('"""open\nnext', ['block """open\nnext']),
        ("a, b\ufeff %", ["name a", "name b", "invalid %"]),
        (
            '{"a": [-1, true]}',
            ["punctuator {", 'string "a"', "punctuator :", "punctuator [", "number -1", "name true", "punctuator ]", "punctuator }"],
        ),
    ],
)
def test_tokens_are_those_of_the_specification(evaluate: Evaluate, source: str, expected: list[str]) -> None:
    assert evaluate("tokens", "return module.tokens(given).map(({ kind, text }) => `${kind} ${text}`)", source) == expected


def test_tokens_lose_nothing_of_any_text(evaluate: Evaluate) -> None:
    seed = random.randrange(2**32)
    generator = random.Random(seed)
    alphabet = [
        '"',
        '"""',
        "\\",
        "#",
        "\n",
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        "$",
        "@",
        ":",
        "=",
        "...",
        "query",
        "on",
        "a",
        "1",
        " ",
        "%",
        "é",
        ",",
    ]
    texts = ["".join(generator.choices(alphabet, k=generator.randrange(60))) for _ in range(300)]
    body = """return given.filter((text) => {
      let end = 0;
      for (const token of module.walk(text, schema).tokens) {
        if (/[^\\s,\\ufeff]/.test(text.slice(end, token.start)) || !token.role) return true;
        end = token.end;
      }
      return /[^\\s,\\ufeff]/.test(text.slice(end));
    })"""
    assert evaluate("walk", body, texts) == [], f"seed {seed}"


def test_a_document_is_coloured_by_what_its_words_mean(evaluate: Evaluate) -> None:
    source = """subscription S($c: Colour = RED) {
      x: painted(colour: $c) @skip(if: true)
      nothing messageAdded(roomId: "1", no: 1) { ...F ... on Message { id } }
    }"""
    roles = dict(evaluate("walk", "return module.walk(given, schema).tokens.map(({ text, role }) => [text, role])", source))
    words = {
        "keyword": ["subscription", "on"],
        "definition": ["S", "F"],
        "type": ["Colour", "Message"],
        "alias": ["x"],
        "field": ["painted", "id"],
        "argument": ["colour", "roomId", "if"],
        "variable": ["c"],
        "directive": ["@", "skip"],
        "enum": ["RED"],
        "atom": ["true"],
        "unknown": ["nothing", "no"],
    }
    assert {role: [word for word in expected if roles[word] == role] for role, expected in words.items()} == words


# MARK: Completion


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ("sub|", ["subscription"]),
        ("subscription { |", ["messageAdded", "painted", "tick"]),
        ("subscription { MESS|", ["messageAdded"]),
        ("subscription { messageAdded(|", ["roomId: "]),
        ("subscription { messageAdded(roomId: 1) { te|", ["text"]),
        ("subscription { messageAdded(roomId: 1) { x: author { |", ["id", "name", "__typename"]),
        ("subscription { messageAdded(roomId: 1) { author { id } sen|", ["sentAt"]),
        ("subscription { messageAdded(roomId: 1) { ... on |", ["Message"]),
        ("subscription { messageAdded(roomId: 1) { ...| } } fragment F on Message { id }", ["on", "F"]),
        ("subscription { painted(colour: |", ["RED", "GREEN"]),
        ("subscription ($c: Colour, $r: ID!) { painted(colour: |", ["$c", "RED", "GREEN"]),
        ("subscription ($c: Colour) { painted(colour: $|", ["c"]),
        ("subscription ($c: Col|", ["Colour"]),
        ("subscription { tick @sk|", ["skip"]),
        ("subscription { tick @skip(|", ["if: "]),
        ("subscription { tick @skip(if: |", ["true", "false"]),
        ("subscription { tick # me|", []),
        ('subscription { messageAdded(roomId: "me|"', []),
        ("{ ver|", ["version"]),
    ],
)
def test_suggestions_are_what_may_stand_there(evaluate: Evaluate, document: str, expected: list[str]) -> None:
    body = "const at = given.indexOf('|'); return module.complete(given.replace('|', ''), at, schema).suggestions.map(({ text }) => text)"
    assert evaluate("completion", body, document) == expected


def test_what_is_deprecated_is_said_to_be_and_comes_last(evaluate: Evaluate) -> None:
    body = "return module.complete('subscription { messageAdded(roomId: 1) { o', 42, schema).suggestions"
    found = evaluate("completion", body)
    assert [(each["text"], each["deprecated"]) for each in found if each["text"] == "old"] == [("old", True)]
    assert "use text" in next(each["description"] for each in found if each["text"] == "old")


def test_without_a_schema_keywords_are_suggested_and_nothing_else(evaluate: Evaluate) -> None:
    body = "return [module.complete('', 0, null), module.complete('{ a', 3, null)].map(({ suggestions }) => suggestions.length)"
    assert evaluate("completion", body) == [4, 0]


# MARK: Operations


def test_the_operation_at_the_cursor_is_the_one_that_runs(evaluate: Evaluate) -> None:
    source = "query A { a } subscription B($x: Int) { b(x: $x) } fragment F on T { id } { c }"
    body = "const found = module.operations(given); return [found, module.operationAt(found, 20), module.operationAt(found, 60)]"
    found, here, behind = evaluate("operations", body, source)
    assert [(each["type"], each["name"], each["field"], each["variables"]) for each in found] == [
        ("query", "A", "a", []),
        ("subscription", "B", "b", ["x"]),
        ("query", None, "c", []),
    ]
    assert (here["name"], behind["name"]) == ("B", "B")


def test_a_field_goes_into_the_selection_of_its_type(evaluate: Evaluate) -> None:
    body = """
      const type = schema.type("Message");
      const place = module.insertion(given, 0, schema, type, schema.field(type, "author"));
      return place && given.slice(0, place.start) + place.text + given.slice(place.end);
    """
    source = "subscription {\n  messageAdded(roomId: 1) {\n    id\n  }\n}"
    expected = "subscription {\n  messageAdded(roomId: 1) {\n    id\n    author {\n      id\n      name\n    }\n  }\n}"
    assert evaluate("operations", body, source) == expected
    assert evaluate("operations", body, expected) == expected
    assert evaluate("operations", body, "subscription { tick }") is None


def test_formatting_gives_the_usual_form_and_keeps_it(evaluate: Evaluate) -> None:
    source = (
        'subscription S($a:ID!,$b:[Int!]=[1,2]){x:messageAdded(roomId:$a,f:{a:1 b:"x"})@skip(if:true){id ...F ...on Message{text}}} # end\n'
        "fragment F on Message{id}\n# about G\n query G{a}"
    )
    expected = """subscription S($a: ID!, $b: [Int!] = [1, 2]) {
  x: messageAdded(roomId: $a, f: { a: 1, b: "x" }) @skip(if: true) {
    id
    ...F
    ... on Message {
      text
    }
  }
} # end

fragment F on Message {
  id
}

# about G
query G {
  a
}
"""
    formatted = evaluate("format", "return module.format(given)", source)
    assert formatted == expected
    assert evaluate("format", "return module.format(given)", formatted) == expected


# MARK: Results


def test_json_is_indented_without_a_number_or_a_string_being_read(evaluate: Evaluate) -> None:
    source = '{"a":[9007199254740993,1.0,{}],"b":[],"d":{"e":"\\u00e9, {"}}'
    expected = '{\n  "a": [\n    9007199254740993,\n    1.0,\n    {}\n  ],\n  "b": [],\n  "d": {\n    "e": "\\u00e9, {"\n  }\n}'
    assert evaluate("json", "return module.indented(given)", source) == expected


def test_what_is_kept_is_bounded_by_number_and_by_size(evaluate: Evaluate) -> None:
    body = """
      const recent = new module.Recent(3);
      for (const text of ["a", "b", "c", "d"]) recent.add({ text });
      const few = recent.items.map(({ text }) => text);
      recent.add({ text: "x".repeat(40 * 1024 * 1024) });
      return [few, recent.items.length];
    """
    assert evaluate("runs", body) == [["b", "c", "d"], 1]


def test_rates_and_quantiles_are_counted_second_by_second(evaluate: Evaluate) -> None:
    body = """
      const series = new module.Series();
      series.add(1000_100, null, null, false);
      series.add(1000_200, 100, 5, true);
      for (let number = 1; number <= 10_000; number += 1) series.add(1002_000, number, null, false);
      return series.rows(1003_500, 4);
    """
    rows = evaluate("series", body)
    assert [(row["second"], row["rate"], row["failed"]) for row in rows] == [(999, 0, 0), (1000, 2, 1), (1001, 0, 0), (1002, 10_000, 0)]
    assert (rows[1]["gap"], rows[1]["age"], rows[2]["gap"]) == (100, 5, None)
    assert rows[3]["gap"] == pytest.approx(5_000, rel=0.03)
    assert rows[3]["gapHigh"] == pytest.approx(9_500, rel=0.03)


def test_times_are_found_in_results_by_their_form_and_numbers_by_their_name(evaluate: Evaluate) -> None:
    seen = [{"createdTime": 1767323045}]
    data = {"message": {"sentAt": "2026-01-02T03:04:05.5Z", "text": "2026", "size": 1767323045, "seen": seen, "day": "2026-01-02"}}
    paths = evaluate("timestamps", "return module.timestampPaths(given, 1767323045000)", data)
    assert paths == ["message.sentAt", "message.seen.createdTime"]
    read = "return module.instantAt(given, 'message.seen.createdTime', 1767323045000)"
    assert evaluate("timestamps", read, data) == 1767323045000


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(0, 0, [0, 0.5, 1]), (0, 10, [0, 5, 10]), (0, 47, [0, 20, 40, 60]), (-3, 4, [-5, 0, 5]), (0, 0.07, [0, 0.05, 0.1])],
)
def test_axes_have_round_numbers(evaluate: Evaluate, low: float, high: float, expected: list[float]) -> None:
    assert evaluate("chart", "return module.ticks(given[0], given[1])", [low, high]) == expected


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
def test_streams_of_events_are_read_however_they_are_cut(evaluate: Evaluate, size: int) -> None:
    text = ': hello\r\n\r\nevent: next\r\ndata: {"a":\r\ndata: 1}\r\n\r\nevent:complete\n\ndata\n\nid: 3\n\n'
    body = """
      const [text, size] = given;
      const chunks = (async function* () { for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size); })();
      const found = [];
      for await (const { event, data } of module.readEvents(chunks)) found.push([event, data]);
      return found;
    """
    assert evaluate("events", body, [text, size]) == [["next", '{"a":\n1}'], ["complete", ""], ["message", ""]]


# MARK: The page


def test_the_page_is_one_file_whose_policy_lets_in_its_own_parts_alone() -> None:
    text = page('/"<graphql>')
    assert 'data-endpoint="/&quot;&lt;graphql&gt;"' in text
    policy = unescape(text.split('Content-Security-Policy" content="')[1].split('">')[0])
    for tag in ("script", "style"):
        [part] = text.split(f"<{tag}")[1:]
        content = part.split(">", 1)[1].split(f"</{tag}>")[0]
        assert f"{tag}-src 'sha256-{b64encode(hashlib.sha256(content.encode()).digest()).decode()}'" in policy
    assert "http://" not in text.replace("http://www.w3.org/", "")
    assert not any(line.startswith(("import ", "export ")) for line in text.splitlines())
    assert json.dumps(page()) == json.dumps(page())
