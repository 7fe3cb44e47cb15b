"""Counts as platforms show them (`1.2万`, `100万+`) to whole numbers."""

import re
from decimal import Decimal
from unicodedata import normalize

from crawler.reading.quoting import quoted

_TIMES = {"": 1, "千": 1_000, "k": 1_000, "万": 10_000, "w": 10_000, "亿": 100_000_000}
_COUNT = re.compile(r"([0-9]{1,12}|[0-9]{1,3}(?:,[0-9]{3}){1,3})(\.[0-9]{1,8})?(千|k|万|w|亿)?\+?")


def read_count(value: str | float | None) -> int | None:
    """`1.2万` → 12000, `100万+` → 1000000 (at least so many), `1,234` → 1234; empty and None → None (not known).

    Raises ValueError with a sentence for a negative number, a fraction and anything that is no count.
    """
    if value is None:
        return None
    if isinstance(value, str):
        text = "".join(normalize("NFKC", value).lower().split())
        if not text:
            return None
        if found := _COUNT.fullmatch(text):
            number = Decimal(found[1].replace(",", "") + (found[2] or "")) * _TIMES[found[3] or ""]
            if found[3] or number == int(number):
                return int(number)
    elif not isinstance(value, bool) and value >= 0 and value == value // 1:
        return int(value)
    raise ValueError(f"“{quoted(str(value))}”不是一个数目，应为不小于 0 的整数，例如 128 或 1.2万。")
