"""For whoever sets questions: what a question can tell, and variants of it."""
