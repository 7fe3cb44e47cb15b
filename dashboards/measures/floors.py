"""Below these numbers of comments nothing is concluded. One place, so that page, table and export agree."""

SAMPLE_FLOOR = 30
"""Fewer judged comments than this give no share: its 95 % interval would be wider than ±18 points."""

CELL_FLOOR = 3
"""Fewer cases than this give no median: one letter would decide it."""

TOO_FEW_TO_COMPARE = SAMPLE_FLOOR
"""Two volumes are compared in per cent only if both reach this; below it both counts are shown."""
