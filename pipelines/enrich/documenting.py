"""From an item to its document: who published it, which policies and stages it belongs to, when it was first seen."""

from dataclasses import fields, replace
from datetime import datetime
from operator import attrgetter
from zoneinfo import ZoneInfo

from crawler.items import Comment, Post
from crawler.registry import Account, Registry
from pipelines.documents import CommentDocument, PostDocument
from pipelines.enrich.attribution import Ties, strongest, ties_by_post, ties_by_source, ties_by_words
from pipelines.enrich.meaning import Meaning
from pipelines.enrich.responses import with_replies
from pipelines.enrich.stages import policy_stages

_AS_COLLECTED = tuple(
    sorted({field.name for field in fields(Comment)} & {field.name for field in fields(CommentDocument)} - {"domain"})
)
"""What a comment's document takes over from it as it is; there may be more than one domain."""
_collected = attrgetter(*_AS_COLLECTED)


def post_document(post: Post, registry: Registry, zone: ZoneInfo) -> PostDocument:
    """A post with its account's unit and region, its policies and stages."""
    ties = strongest(
        lambda: _source_ties(post.source, registry),
        lambda: ties_by_words(f"{post.title}\n{post.text}", registry.policies),
    )
    account = registry.accounts.get(post.account or "")
    return PostDocument(
        id=post.id,
        platform=post.platform,
        source=post.source,
        title=post.title,
        text=post.text,
        url=post.url,
        posted_at=post.posted_at,
        posted_precision=post.posted_precision,
        collected_at=post.collected_at,
        run=post.run,
        account=post.account,
        unit=account.unit if account else None,
        region=account.region if account else None,
        policies=ties.policies,
        policy_stages=policy_stages(ties.policies, post.posted_at, registry.policies, zone),
        attribution=ties.rules,
        comment_count=post.comment_count,
        comments_open=post.comments_open,
        curated=post.curated,
    )


def comment_document(
    comment: Comment,
    post: PostDocument | None,
    stored: CommentDocument | None,
    first_seen: datetime,
    meaning: Meaning,
    registry: Registry,
    zone: ZoneInfo,
) -> CommentDocument:
    """A comment tied to its policies, with what its words alone say.

    `stored` is the version the index holds, whose replies and label stay. The label may be another machine's, whose
    journal is not here.
    """
    account = _account(comment, registry)
    ties = _ties(comment, post, registry)
    document = CommentDocument(
        **dict(zip(_AS_COLLECTED, _collected(comment), strict=True)),
        **meaning,
        first_seen=first_seen,
        last_seen=comment.collected_at,
        account=account.id if account else None,
        unit=account.unit if account else None,
        region=account.region if account else None,
        policies=ties.policies,
        policy_stages=policy_stages(ties.policies, comment.posted_at, registry.policies, zone),
        attribution=ties.rules,
        domain=(comment.domain,) if comment.domain else (),
        stance_labels=stored.stance_labels if stored else (),
    )
    return with_replies(document, stored.replies if stored else ())


def tied(document: CommentDocument, post: PostDocument | None, registry: Registry, zone: ZoneInfo) -> CommentDocument:
    """A comment's document with its policies, their stages and the rules that tied it."""
    ties = _ties(document, post, registry)
    return replace(
        document,
        policies=ties.policies,
        policy_stages=policy_stages(ties.policies, document.posted_at, registry.policies, zone),
        attribution=ties.rules,
    )


def _ties(comment: Comment | CommentDocument, post: PostDocument | None, registry: Registry) -> Ties:
    return strongest(
        lambda: _source_ties(comment.source, registry),
        lambda: ties_by_post(post.id, post.policies) if post else Ties(),
        lambda: ties_by_words(f"{comment.title}\n{comment.text}", registry.policies),
    )


def _source_ties(source: str, registry: Registry) -> Ties:
    entry = registry.sources.get(source)
    return ties_by_source(source, entry.policies) if entry else Ties()


def _account(comment: Comment, registry: Registry) -> Account | None:
    entry = registry.sources.get(comment.source)
    return registry.accounts.get(entry.account) if entry and entry.account else None
