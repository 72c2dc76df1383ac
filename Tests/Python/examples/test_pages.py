"""Every block of Python and shell in the documentation does what it says: each page is played, as reader.py has it."""

from __future__ import annotations

from pathlib import Path

import pytest
from blocks import ROOT, blocks
from reader import PageError, Reader

PAGES = ["README.md", *sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").rglob("*.md"))]
ELSEWHERE = {
    # With a browser.
    "README.md": "Tests/Python/examples/test_readme.py",
    # Its Python is resolver modules that have mistakes, and what mends them.
    "docs/validation.md": "Tests/Python/test_explain.py",
}
"""Pages whose blocks another test plays or tries."""
PLAYED = [page for page in PAGES if page not in ELSEWHERE and any(block.language in ("python", "sh") for block in blocks(page))]


@pytest.mark.parametrize("page", PLAYED)
def test_a_page_does_what_it_says(page: str, tmp_path: Path) -> None:
    with Reader(page, tmp_path) as reader:
        reader.read()


def test_other_words_for_the_same_languages_do_not_hide_blocks_from_the_tests() -> None:
    for page in PAGES:
        for block in blocks(page):
            assert block.language not in {"bash", "shell", "console", "zsh", "py", "python3", "pycon"}, (
                f"{page}:{block.line}: write python or sh"
            )


def test_what_another_test_tries_it_reads() -> None:
    for page, test in ELSEWHERE.items():
        assert page.rpartition("/")[2] in (ROOT / test).read_text("utf-8")


# MARK: the reader itself, so that a page which is wrong cannot pass


def played(text: str, folder: Path) -> None:
    page = folder / "page.md"
    page.write_text(text, "utf-8")
    with Reader(str(page), folder) as reader:
        reader.read()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("```sh\nfalse\n```\n", "page.md:1: the command ended with 1"),
        ("\n```sh\nfalse | cat\n```\n", "page.md:2: the command ended with 1"),
        ("```python\nprint(missing)\n```\n", 'page.md", line 2, in <module>\n    print(missing)'),
        ("```python\nimport asyncio\n\nawait asyncio.wait_for(asyncio.Event().wait(), 0)\n```\n", "line 4, in <module>"),
        ("```sh\necho 1\n```\n\n<!-- prints -->\n```text\n2\n```\n", "page.md:6: the block above prints\n1"),
        ("```python\nprint(1)\n```\n\n<!-- prints -->\n```text\n2\n```\n", "page.md:6: the block above prints\n1"),
        ("<!-- serves -->\n```sh\necho no server\n```\n", "the server ended before it listened\n--- a terminal says\nno server"),
        (
            "<!-- listens -->\n```sh\ntrue\n```\n\n<!-- until a listener prints: x -->\n```sh\ntrue\n```\n",
            "page.md:7: what listens has ended",
        ),
        ("`schema.graphql`\n\n```graphql\ntype Subscription { a: B }\n```\n", 'error: Unknown type "B"'),
        ("<!--\n```sh\nfalse\n```\n-->\n", "page.md:2: the command ended with 1"),
    ],
)
def test_what_is_not_true_is_found(text: str, complaint: str, tmp_path: Path) -> None:
    with pytest.raises(PageError) as failure:
        played(text, tmp_path)
    assert complaint in str(failure.value)


@pytest.mark.parametrize(
    "text", ["<!-- serve -->\n```sh\ntrue\n```\n", "<!-- not run: no block -->\nText.\n", "<!-- not run -->\n```sh\nfalse\n```\n"]
)
def test_a_comment_that_says_nothing_is_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"page\.md:[12]: "):
        played(text, tmp_path)


def test_what_a_command_leaves_in_the_background_ends_with_it(tmp_path: Path) -> None:
    played(
        "```sh\ntail -f /dev/null &\necho $! > number\n```\n```sh\nwhile grep -qsv ' Z ' /proc/$(cat number)/stat; do true; done\n```\n",
        tmp_path,
    )


def test_names_stay_from_block_to_block_and_files_are_there(tmp_path: Path) -> None:
    text = (
        "`words.py`\n\n```python\nWORD = 'x'\n```\n\n```python\nfrom words import WORD\n```\n\nAnd:\n\n```python\nprint(WORD * 2)\n```\n\n"
    )
    played(f"{text}<!-- prints -->\n```text\nxx\n```\n", tmp_path)
