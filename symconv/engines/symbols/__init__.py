"""SymPy expressions assembled from sorted pieces."""
