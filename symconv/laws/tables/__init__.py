"""The first reading of a law: both sides at one shape, as relations of indices."""
