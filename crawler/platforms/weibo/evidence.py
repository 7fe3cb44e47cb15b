"""What of Weibo's answers may be kept, by the names in them."""

from crawler.evidence import Fields

_ROWS = ("mblog", "list", "data", "comments", "reply_comment", "rootComment", "retweeted_status")
"""Under which names posts and comments stand; only there is a number that of what was said, not of who said it."""

FIELDS = Fields(
    people=frozenset(
        {"user.id", "user.idstr", "user.screen_name", "data.sub", "data.subp"}
    ),  # a visitor's cookies, too
    places=frozenset({"source", "region_name"}),
    facts=frozenset(f"{parent}.{name}" for parent in _ROWS for name in ("id", "idstr"))
    | {"mid", "mblogid", "reply_id", "created_at", "containerid", "tab_type", "tabKey", "max_id", "since_id"}
    | {"comments_count", "like_count", "like_counts", "total_number", "error_code", "errno"},
    words=frozenset({"text", "text_raw", "longTextContent", "msg", "message"}),
)
