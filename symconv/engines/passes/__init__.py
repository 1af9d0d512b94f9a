"""Passes over the output: sums of products in integers or floats that a proven bound licenses."""
