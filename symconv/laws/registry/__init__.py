"""All laws, by name."""

from __future__ import annotations

from collections.abc import Mapping

from symconv.laws.law import Law
from symconv.laws.registry import (
    adjoints,
    affine,
    algebraic,
    composition,
    matrices,
    merging,
    multirate,
    networks,
    pooling,
    reflections,
    rewrites,
    shifts,
    transposes,
)

ROOMS = (
    algebraic,
    reflections,
    affine,
    shifts,
    networks,
    matrices,
    adjoints,
    transposes,
    composition,
    multirate,
    rewrites,
    merging,
    pooling,
)
LAWS: Mapping[str, Law] = {law.name: law for room in ROOMS for law in room.LAWS}
"""Every law by its name, in the order of the documentation."""
