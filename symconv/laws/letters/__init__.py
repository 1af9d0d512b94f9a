"""Integers with letters in them, and comparisons of them."""
