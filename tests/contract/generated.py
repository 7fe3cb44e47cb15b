"""Whole bodies inside the dialect, made by Hypothesis: the same ones on every machine unless more are asked for."""

import json
import os
from collections.abc import Callable

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pipelines.index import Body
from tests.pipelines.index.bodies import AGGREGATIONS, HIGHLIGHTS, LEAVES, QUERIES, SORTS

EXAMPLES = int(os.environ.get("LIANXIN_CONTRACT_EXAMPLES", "0"))
"""More of them, others every time."""
STANDARD = 250
LEAST = 150
"""Different bodies that must come out of it."""

SHOWN = st.sampled_from(["id", "text", "themes", "likes", "replies", "url"])
PAGES = st.fixed_dictionaries(
    {"query": QUERIES, "sort": SORTS},
    optional={
        "size": st.integers(0, 20),
        "from": st.sampled_from([0, 0, 3, 500, 9_900]),
        "highlight": HIGHLIGHTS,
        "_source": st.lists(SHOWN, min_size=1, unique=True),
    },
)
# Few clauses below, or few documents are left to be counted.
SCOPES = st.just({"match_all": {}}) | LEAVES | QUERIES
COUNTS = st.fixed_dictionaries({"query": SCOPES, "size": st.just(0), "aggs": AGGREGATIONS})
BODIES = PAGES | COUNTS | COUNTS


def for_each_body(check: Callable[[Body], None]) -> None:
    """Call `check` with each different body. Where it fails, Hypothesis looks for the simplest body that fails."""
    seen: set[str] = set()

    @settings(
        max_examples=EXAMPLES or STANDARD,
        derandomize=not EXAMPLES,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink],
    )
    @given(body=BODIES)
    def every(body: Body) -> None:
        written = json.dumps(body, sort_keys=True, ensure_ascii=False)
        if written not in seen:
            check(body)
            seen.add(written)

    every()
