"""The laws as tests for other implementations: a function is asked what a law says of it."""

from symconv.laws.testing.assertions import assert_laws, hypothesis_strategy, laws_for
from symconv.laws.testing.cases import Instance
from symconv.laws.testing.reports import LawBrokenError

__all__ = ["Instance", "LawBrokenError", "assert_laws", "hypothesis_strategy", "laws_for"]
