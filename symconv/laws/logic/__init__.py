"""The second reading of a law: all shapes at once, as questions of integer arithmetic."""
