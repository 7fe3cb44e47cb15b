"""What of the answers of Isso and of the site around it may be kept."""

from crawler.evidence import Fields

FIELDS = Fields(
    people=frozenset({"author", "hash"}),
    places=frozenset(),
    facts=frozenset({"id", "parent", "created", "likes", "dislikes", "total_replies", "hidden_replies"}),
    words=frozenset({"text"}),
    pages="title, meta, h1, time, article, #content, .content, main, a",
)
