"""scripts/mutants.py: what it changes, and that a program without a chosen change is as it was written."""

from __future__ import annotations

from pathlib import Path

import pytest

import mutate
from mutants import Mutation
from swift_tokens import tokens


def changes(source: str) -> list[str]:
    return [mutant.what for mutant in Mutation(source, 1).result().mutants]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("let a = b && c", ["&& becomes ||"]),
        ("let a = !b", ["! is taken away"]),
        ("let a = b! + c", ["+ becomes -"]),
        ("let a: Set<Int> = b ?? []", ["?? becomes its right side"]),
        ('let a = "x && \\(b == c ? "}" : "{")" // && here', []),
        ("let a = b.contains { $0 }", ["contains becomes allSatisfy"]),
        ("let a = b.contains(c)", []),
        ("guard let a else { return }", ["guard never holds"]),
        ("if a, let b, case .c = d { e() }", ["if never holds", "a always holds"]),
        ("for a in b where c { }", ["where never holds", "c always holds"]),
        ("extension A where B == C { }", ["== becomes !="]),
        ("func a() -> Bool { b }", ["it is true", "it is false"]),
        ("func a() -> Int? { return b }", ["it does nothing but return nil"]),
        ("func a() -> [Int] { b }", ["it is []"]),
        ("func a(_ b: Int) { c() }", ["it does nothing"]),
        ("var a: [Int: Bool] { b }", ["it is [:]"]),
        ("var a = 1 { didSet { b() } }", []),
        ("    a.b(c)\n", ["it is taken away"]),
        ("init(a: Int) {\n    self.a = a\n    a.b = c\n}", ["it is taken away"]),
    ],
)
def test_changes(source: str, expected: list[str]) -> None:
    assert changes(source) == expected


def test_lines_stay_where_they_were() -> None:
    source = "func a() -> Bool {\n    guard b else { return false }\n    // c\n    return d\n}\n"
    result = Mutation(source, 7).result()
    assert result.text.count("\n") == source.count("\n")
    assert [mutant.number for mutant in result.mutants] == list(range(7, 7 + len(result.mutants)))
    assert result.mutants[-1].text == "guard b else { return false }"


def test_left_out_keeps_the_other_numbers() -> None:
    every = Mutation("let a = b && c || d", 1).result().mutants
    rest = Mutation("let a = b && c || d", 1, frozenset({1})).result().mutants
    assert [mutant.number for mutant in every] == [1, 2]
    assert rest == every[1:]


def test_tokens_of_strings() -> None:
    source = 'a(#"\\("#, "\\(b("\\(c)"))", """\n"x"\n""") /* /* d */ e */ f'
    assert [token.text for token in tokens(source) if token.kind == "word"] == ["a", "f"]


def test_every_reason_names_a_change() -> None:
    known = {change.key for change in mutate.mutated(mutate.sources(), frozenset(), write=False)}
    assert set(mutate.read_reasons()) <= known


def test_reasons(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reasons = tmp_path / "survivors.txt"
    reasons.write_text("# what this is\n\nA.swift: if never holds\n    if a { b }\n    It saves time,\n    and no more.\n")
    monkeypatch.setattr(mutate, "REASONS", reasons)
    assert mutate.read_reasons() == {("A.swift", "if never holds", "if a { b }"): "It saves time, and no more."}
