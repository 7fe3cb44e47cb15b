"""What a comment means: functions over a batch, one subject a file. Run at indexing and again at every rebuild."""

RULES = 4
"""Raise it when the same journal, registry and model give other documents than before: the next feeding begins anew."""
