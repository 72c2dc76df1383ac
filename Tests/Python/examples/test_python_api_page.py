"""docs/reference/python-api.md names what there is, and all limits with their defaults."""

from __future__ import annotations

import re
from dataclasses import fields

from blocks import ROOT

import subsgen
from subsgen import RuntimeOptions, SubscriptionExecutor, SubscriptionManager

PAGE = (ROOT / "docs" / "reference" / "python-api.md").read_text("utf-8")


def test_the_limits_are_those_of_the_options() -> None:
    limits = dict(re.findall(r'^\| `(\w+)` \| `?"?([\w.]+)"?`? \|', PAGE, re.MULTILINE))
    assert limits == {field.name: str(field.default) for field in fields(RuntimeOptions)}


def test_the_methods_of_the_table_are_those_of_the_manager() -> None:
    methods = set(re.findall(r"^\| `(?:await )?(\w+)\(", PAGE, re.MULTILINE))
    public = {name for name, value in vars(SubscriptionManager).items() if callable(value) and not name.startswith("_")}
    assert methods == public


def test_the_names_in_the_text_are_there_to_be_imported() -> None:
    names = set(re.findall(r"`((?:Graph|Event|Runtime|Subscription|Custom)[A-Z]\w+)", PAGE))
    assert names
    assert names <= set(subsgen.__all__)
    executor = PAGE[PAGE.index("## Without an event loop") : PAGE.index("## Limits")]
    methods = set(re.findall(r"`([a-z]\w+)`", executor))
    assert methods == {name for name in vars(SubscriptionExecutor) if not name.startswith("_")}
