"""Every code block in the README and the docs is true."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from symconv.cli import main
from symconv.fixtures import dumps, reads
from symconv.homework import Checker, loads
from symconv.verify import verify

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)


def run_python_blocks(page: Path, flags: int = doctest.NORMALIZE_WHITESPACE) -> doctest.TestResults:
    """Run the examples of a page, one after the other in one namespace."""
    text = "\n".join(blocks(page, "python"))
    example = doctest.DocTestParser().get_doctest(text, {}, page.name, str(page), 0)
    return doctest.DocTestRunner(optionflags=flags).run(example)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_python_blocks_run_as_written(page: Path) -> None:
    if page.name == "findings.md":
        pytest.skip("compares other libraries; tests/peers/test_findings_peers.py runs it")
    assert run_python_blocks(page).failed == 0


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_console_blocks_print_what_they_say(page: Path) -> None:
    for block in blocks(page, "console"):
        command, _, expected = block.partition("\n")
        arguments = re.findall(r'"[^"]*"|\S+', command.removeprefix("$ symconv "))
        result = CliRunner().invoke(main, [argument.strip('"') for argument in arguments])
        assert result.output == expected


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_fixture_files_shown_are_sound_and_confirmed_or_explained(
    page: Path, tmp_path: Path
) -> None:
    for block in blocks(page, "yaml"):
        if not block.startswith("schema: symconv-fixture"):
            continue
        loaded = reads(block)
        assert loaded.faults == ()
        assert loaded.document is not None
        assert dumps(loaded.document) == block
        file = tmp_path / "deck.yaml"
        file.write_text(block, encoding="utf-8")
        report = verify([file])
        assert report.faults == ()
        assert report.failures == ()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_questions_shown_can_be_asked(page: Path) -> None:
    for block in blocks(page, "yaml"):
        if block.startswith("schema: symconv-question"):
            assert Checker(loads(block)).table.singles


def test_the_pages_have_blocks_of_every_kind() -> None:
    for language in ("python", "console", "yaml"):
        assert any(blocks(page, language) for page in PAGES)
