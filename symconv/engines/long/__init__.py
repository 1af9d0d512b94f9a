"""Integers beyond 64 bits and rationals: limbs, and one long product in FLINT."""
