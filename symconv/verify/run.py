"""Files and folders in, one report out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from symconv.errors import FixtureError, SymconvError
from symconv.fixtures import Case, Document, Loaded, read
from symconv.verdicts import DeckReport, Finding, Report
from symconv.verify.judge import judge

Progress = Callable[[str, int, int], None]
"""Called with the deck, the number of claims judged so far and their total."""


def verify(paths: Iterable[str | Path], *, progress: Progress | None = None) -> Report:
    """Re-derive every claim of the fixture files in *paths* and judge what they print.

    A folder stands for the `.yaml` and `.yml` files in it and below, in order of name. Faults of
    files and cases are collected in the report; everything else goes on.
    """
    faults: list[str] = []
    loaded = [(path, read(path)) for path in _files(paths, faults)]
    faults += [str(fault) for _, one in loaded for fault in one.faults]
    total = sum(len(one.document.cases) for _, one in loaded if one.document)
    decks: list[DeckReport] = []
    done = 0
    for path, one in loaded:
        if one.document is None:
            continue
        findings = []
        for case in one.document.cases:
            finding = _judged(case, one.document, one, path, faults)
            findings += [finding] if finding else []
            done += 1
            if progress:
                progress(one.document.deck, done, total)
        decks.append(DeckReport(one.document.deck, one.document.title, str(path), tuple(findings)))
    return Report(tuple(decks), tuple(faults))


def _judged(
    case: Case, document: Document, loaded: Loaded, path: Path, faults: list[str]
) -> Finding | None:
    try:
        return judge(case, document)
    except SymconvError as error:
        fault: SymconvError = error
    except Exception as error:  # noqa: BLE001 - a defect of ours loses no other case
        message = f"{type(error).__name__}: {error}"
        fault = FixtureError("internal", message, hint="please report this case")
    faults.append(str(fault.at(f"{path}:{loaded.lines[case.id]}: case {case.id}")))
    return None


def _files(paths: Iterable[str | Path], faults: list[str]) -> list[Path]:
    found: list[Path] = []
    for path in map(Path, paths):
        if not path.is_dir():
            found.append(path)
            continue
        inside = sorted(p for p in path.rglob("*") if p.suffix in (".yaml", ".yml") and p.is_file())
        if not inside:
            error = FixtureError("no-files", "no .yaml file in this folder", place=str(path))
            faults.append(str(error))
        found += inside
    return found
