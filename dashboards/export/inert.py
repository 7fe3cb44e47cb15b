"""What makes a cell harmless: a spreadsheet must show what people wrote, never run it."""

RUNS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""First characters a spreadsheet takes for a formula (OWASP, CSV Injection), their full-width forms included."""


def inert(text: str) -> str:
    """The text, after an apostrophe where a spreadsheet would take it for a formula."""
    return f"'{text}" if text.lstrip(" \n").startswith(RUNS) else text
