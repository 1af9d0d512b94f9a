"""All laws, by name."""

from __future__ import annotations

from collections.abc import Mapping

from symconv.laws.law import Law
from symconv.laws.registry import algebraic

LAWS: Mapping[str, Law] = {law.name: law for law in (*algebraic.LAWS,)}
"""Every law by its name, in the order of the documentation."""
