"""The language of laws: text to tree and back, without evaluating anything."""
