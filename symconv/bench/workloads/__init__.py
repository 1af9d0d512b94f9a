"""The named workloads, each with its peers and its goals."""

from __future__ import annotations

from symconv.bench.tasks import Family
from symconv.bench.workloads import (
    fixtures,
    floats,
    homework,
    integers,
    laws,
    layers,
    memory,
    rationals,
    symbolic,
    symbols_and_numbers,
)

FAMILIES: dict[str, Family] = {
    family.name: family
    for family in (
        symbolic.FAMILY,
        symbols_and_numbers.FAMILY,
        rationals.FAMILY,
        integers.FAMILY,
        layers.FAMILY,
        floats.FAMILY,
        laws.FAMILY,
        fixtures.FAMILY,
        memory.FAMILY,
        homework.FAMILY,
    )
}
