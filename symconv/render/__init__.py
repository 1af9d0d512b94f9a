"""Findings and formulas for people: terminal, HTML, Markdown, JSON."""
