"""The five decks: every claim decided, every refutation recorded, every generated file current."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from symconv.catalogue import OPERATIONS
from symconv.cli import main
from symconv.expressions import calls, parse
from symconv.fixtures import Law, Network, Statement, Values, dumps, load, schema
from symconv.language import FUNCTIONS
from symconv.render import report as render
from symconv.verdicts import Report, Status
from symconv.verify import verify

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "worked_examples"
DECKS = sorted(EXAMPLES.glob("*.yaml"))
COUNTS = {
    "birmingham": (43, 2, 8),
    "by-hand": (37, 1, 0),
    "cnn-course": (114, 4, 11),
    "neural-networks": (57, 14, 3),
    "superdatascience": (33, 5, 2),
}
"""Claims confirmed, refuted and undecidable in each deck."""
NEEDED = {
    "birmingham": {"conv", "conv_transpose", "deconvolve", "max_pool", "toeplitz"},
    "by-hand": {"conv", "correlate"},
    "cnn-course": {
        *("avg_pool", "conv", "dilate", "flatten", "global_avg_pool", "global_max_pool"),
        *("gradient_of_input", "gradient_of_kernel", "im2col", "locally_connected"),
        *("max_pool", "max_pool_indices", "max_unpool", "sum_pool", "toeplitz"),
    },
    "neural-networks": {
        *("conv", "convolve", "gradient_of_bias", "gradient_of_input", "gradient_of_kernel"),
        *("max_pool", "toeplitz"),
    },
    "superdatascience": {"conv", "gradient_of_input", "im2col", "sum_pool", "toeplitz"},
}
"""Operations that the claims of a deck go through."""
READINGS = {
    "birmingham/networks/associativity-of-layers",
    "birmingham/fcn/convolutions-only-padded",
    "cnn-course/advantages/translation-invariant-maps",
    "neural-networks/example/associative",
    "neural-networks/example/commutative",
    "neural-networks/padding/associative",
    "neural-networks/padding/commutative",
    "neural-networks/layer/operation-as-defined",
    "superdatascience/map/as-defined",
}
"""Laws that are false in one reading of a slide; the erratum says in which one they are true."""


@pytest.fixture(scope="module")
def report() -> Report:
    return verify([EXAMPLES])


def test_the_five_decks_are_there() -> None:
    names = ["birmingham", "by-hand", "cnn-course", "neural-networks", "superdatascience"]
    assert [path.stem for path in DECKS] == names


@pytest.mark.parametrize("path", DECKS, ids=lambda path: path.stem)
def test_a_deck_is_in_the_one_layout(path: Path) -> None:
    assert dumps(load(path)) == path.read_text(encoding="utf-8")


def test_nothing_fails(report: Report) -> None:
    assert report.faults == ()
    assert report.failures == ()
    assert report.exit_code == 0


@pytest.mark.parametrize("deck", COUNTS)
def test_the_counts_are_known(report: Report, deck: str) -> None:
    found = next(found for found in report.decks if found.deck == deck)
    statuses = (Status.CONFIRMED, Status.REFUTED, Status.UNDECIDABLE)
    assert tuple(map(found.count, statuses)) == COUNTS[deck]


@pytest.mark.parametrize("deck", NEEDED)
def test_claims_go_through_the_operations_they_name(deck: str) -> None:
    document = load(EXAMPLES / f"{deck}.yaml")
    used: set[str] = {case.op for case in document.cases if isinstance(case, Values)}
    for case in document.cases:
        if isinstance(case, Statement):
            known = [*case.arrays, *case.ranges]
            for text in case.statements:
                used |= calls(parse(text, symbols=known, functions=FUNCTIONS))
    assert NEEDED[deck] <= used & OPERATIONS.keys()


def test_the_case_studies_say_where_equivariance_is_lost() -> None:
    cases = {case.id: case for case in load(EXAMPLES / "birmingham.yaml").cases}
    vgg, fcn = cases["birmingham/vgg16/question"], cases["birmingham/fcn/question"]
    assert isinstance(vgg, Network)
    assert isinstance(fcn, Network)
    assert "equivariant until == flatten" in vgg.claims
    assert "equivariant until == the end" in fcn.claims


def laws(deck: str) -> dict[str, Law]:
    cases = load(EXAMPLES / f"{deck}.yaml").cases
    return {case.id: case for case in cases if isinstance(case, Law)}


@pytest.mark.parametrize("deck", COUNTS)
def test_laws_of_the_decks_are_proved_for_all_shapes(report: Report, deck: str) -> None:
    pytest.importorskip("z3")
    found = next(found for found in report.decks if found.deck == deck)
    claims = laws(deck)
    assert claims
    for finding in found.findings:
        if finding.id in claims and finding.status is Status.CONFIRMED:
            proved = [note for note in finding.notes if note.startswith("proved for ")]
            assert len(proved) == len(claims[finding.id].laws)
            assert all(note.startswith("proved for all shapes: ") for note in proved)


def test_laws_that_are_refuted_say_which_reading_is_true(report: Report) -> None:
    claims = {name: case for deck in COUNTS for name, case in laws(deck).items()}
    found = {
        finding.id
        for deck in report.decks
        for finding in deck.findings
        if finding.id in claims and finding.status is Status.REFUTED
    }
    assert found == READINGS
    for name in READINGS:
        erratum = claims[name].erratum
        assert erratum is not None
        assert erratum.note.startswith("Read ")
        assert "it is true " in erratum.note


def test_the_properties_that_the_slides_list_are_laws() -> None:
    properties = ("commutativity", "associativity", "scalar", "distributivity")
    assert {f"birmingham/properties/{name}" for name in properties} <= laws("birmingham").keys()
    wu = ("row-times-kronecker", "gradient-of-vec", "vec-of-product", "identity-dropped")
    names = {f"superdatascience/wu/{name}" for name in (*wu, "chain-of-every-size")}
    assert names <= laws("superdatascience").keys()
    for deck in ("by-hand", "neural-networks"):
        assert "(W - F + 2*P) % " in laws(deck)[f"{deck}/size/formula"].assume[-1]


def test_the_errata_are_current(report: Report) -> None:
    written = (EXAMPLES / "ERRATA.md").read_text(encoding="utf-8")
    relative = Report(decks=report.decks, faults=report.faults)
    assert render.to_errata(relative) == written


def test_the_schema_is_current() -> None:
    assert schema.PATH.read_text(encoding="utf-8") == schema.text()


def test_json_counts_add_up() -> None:
    result = CliRunner().invoke(main, ["verify", str(EXAMPLES), "--json"])
    data = json.loads(result.output)
    decided = data["confirmed"] + len(data["refuted"]) + len(data["damaged"])
    assert data["claims"] == decided
    assert data["failures"] == []


def test_by_hand_is_right_and_not_accused(report: Report) -> None:
    deck = next(deck for deck in report.decks if deck.deck == "by-hand")
    refuted = [finding for finding in deck.findings if finding.status is Status.REFUTED]
    assert all(finding.blame.value == "maybe-transcription" for finding in refuted)
    assert not any(finding.cells for finding in refuted)


def test_the_ones_kernel_map_is_refuted_cell_by_cell(report: Report) -> None:
    deck = next(deck for deck in report.decks if deck.deck == "neural-networks")
    cells = {
        (cell.cell, cell.printed, cell.exact)
        for finding in deck.findings
        if finding.status is Status.REFUTED
        for cell in finding.cells
    }
    assert ((0, 0), "20", str(1 + 2 + 3 + 3 + 2 + 2 + 2 + 1 + 3)) in cells
    assert ((1, 0), "20", str(3 + 2 + 2 + 2 + 1 + 3 + 2 + 3 + 3)) in cells
