"""Calls that are refused, and the whole text of each error."""
