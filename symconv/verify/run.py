"""Files and folders in, one report out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from symconv.errors import FixtureError, SymconvError
from symconv.fixtures import Case, Document, read
from symconv.verdicts import DeckReport, Finding, Report, Status
from symconv.verify.batches import confirmed
from symconv.verify.judge import Outcome, finding, judge

Progress = Callable[[str, int, int], None]
"""Called with the deck, the number of claims judged so far and their total."""


def verify(paths: Iterable[str | Path], *, progress: Progress | None = None) -> Report:
    """Re-derive every claim of the fixture files in *paths* and judge what they print.

    A folder stands for the `.yaml` and `.yml` files in it and below, in order of name; a JSON twin
    is named itself. Faults of files and cases are collected in the report; everything else goes on.
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
        for case, found in zip(one.document.cases, judged(one.document), strict=True):
            if isinstance(found, SymconvError):
                faults.append(str(found.at(f"{path}:{one.lines[case.id]}: case {case.id}")))
            else:
                findings.append(found)
            done += 1
            if progress:
                progress(one.document.deck, done, total)
        decks.append(DeckReport(one.document.deck, one.document.title, str(path), tuple(findings)))
    return Report(tuple(decks), tuple(faults))


def judged(document: Document) -> Iterator[Finding | SymconvError]:
    """Yield, for every case of a document in order, the finding on it or why there is none.

    Where an operation has engines, every printed value is held against two at least: numbers
    against the definition and NumPy, plain integers many cases at a time; symbols against the
    definition and SymPy.

    >>> from symconv.fixtures import Document, Values
    >>> case = Values(
    ...     id="demo/one", says="", slide="1", op="correlate", x="1 2 3", w="4 5", printed="14 24"
    ... )
    >>> demo = Document(
    ...     schema="symconv-fixture/1", deck="demo", title="", origin="", cases=[case]
    ... )
    >>> [(found.status.value, found.cells[0].exact) for found in judged(demo)]
    [('refuted', '23')]
    """
    sound = confirmed(document)
    for case in document.cases:
        if case.id in sound:
            yield finding(case, document, Outcome(Status.CONFIRMED))
        else:
            yield _judged(case, document)


def _judged(case: Case, document: Document) -> Finding | SymconvError:
    try:
        return judge(case, document)
    except SymconvError as error:
        return error
    except Exception as error:  # noqa: BLE001 - a defect of ours loses no other case
        message = f"{type(error).__name__}: {error}"
        return FixtureError("internal", message, hint="please report this case")


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
