"""What a document in the index looks like: one closed description per index.

Written by hand, read by everybody: the Elasticsearch mapping, the embedded schema, the documents' dataclasses (a test
compares them) and `docs/data.md` all come from here. A field that is not here cannot be stored.
"""

from dataclasses import dataclass
from typing import Literal

FieldType = Literal["keyword", "text", "date", "integer", "double", "boolean", "object"]
VERSION = 4

LARGEST_INTEGER = 2**31 - 1
LONGEST_KEYWORD = 512
"""Bytes. Elasticsearch refuses a `_id` beyond 512 and a keyword beyond 32,766; nothing of ours needs that much."""
LONGEST_TERM = 32_766
"""Bytes of a keyword that can be searched, and searched for; Lucene refuses a longer term."""

LARGEST_DOCUMENT = 1_000_000
"""Bytes of JSON. A proxy before an Elasticsearch takes that much if nobody told it otherwise: nginx takes 1 MiB."""

COMMENTS = "lianxin-comments"
POSTS = "lianxin-posts"
RUNS = "lianxin-runs"


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its type, what it means (unit included), whether it is a list, whether it can be asked for.

    An `object` is stored and returned, never searched. A date is an ISO 8601 moment in UTC with milliseconds and `Z`.
    """

    type: FieldType
    means: str
    many: bool = False
    searchable: bool = True


COMMENT_FIELDS: dict[str, Field] = {
    "id": Field("keyword", "`platform:native_id`; the document's `_id`"),
    "kind": Field("keyword", "comment, letter or submission"),
    "platform": Field("keyword", "module in `crawler/platforms` that collected it, or `file`"),
    "source": Field("keyword", "entry of `sources.toml`"),
    "account": Field("keyword", "entry of `accounts.toml` under which it was said"),
    "unit": Field("keyword", "the account's government unit"),
    "region": Field("keyword", "the account's region"),
    "post_id": Field("keyword", "the post it stands under"),
    "parent_id": Field("keyword", "the comment it answers"),
    "root_id": Field("keyword", "the comment its thread began with"),
    "url": Field("keyword", "where it can be read", searchable=False),
    "author": Field("keyword", "keyed pseudonym, never a name or a native id"),
    "author_region": Field("keyword", "province at the finest, as the platform shows it"),
    "title": Field("text", "a letter's subject, masked"),
    "text": Field("text", "what was said, masked"),
    "posted_at": Field("date", "when it was said"),
    "posted_precision": Field("keyword", "second, minute or day: how exactly `posted_at` is known"),
    "collected_at": Field("date", "when this version was collected"),
    "first_seen": Field("date", "when the first version was collected"),
    "last_seen": Field("date", "when the newest version was collected"),
    "gone_at": Field("date", "when it was found missing from its platform"),
    "run": Field("keyword", "the run that brought this version"),
    "likes": Field("integer", "marks of agreement shown by the platform"),
    "dislikes": Field("integer", "marks of disagreement shown by the platform"),
    "reply_count": Field("integer", "answers shown by the platform, official or not"),
    "category": Field("keyword", "the board's own kind of letter, e.g. 咨询, 建言, 投诉, 感谢"),
    "status": Field("keyword", "the board's own state of a letter, e.g. 待回复, 办理中, 已办理"),
    "policies": Field("keyword", "policies it belongs to", many=True),
    "policy_stages": Field("keyword", "policy and stage, e.g. `lift:before`", many=True),
    "attribution": Field("keyword", "the rules that tied it to its policies, e.g. `alias:加装电梯`", many=True),
    "sentiment": Field("double", "the mood expected, from 0 (negative) to 1 (positive)"),
    "label": Field("keyword", "positive, neutral, negative or unknown"),
    "sentiment_model": Field("keyword", "the model that gave `sentiment` and `label`"),
    "snownlp": Field("double", "stock SnowNLP's score, kept for comparison; none without Han or with stop words alone"),
    "stance": Field("keyword", "attitude to the policy: support, oppose or unclear"),
    "stance_by": Field("keyword", "what told a stance: label (staff read it), words (said outright) or model"),
    "stance_labels": Field("keyword", "what staff read, the newest of each policy: `policy:stance:moment`", many=True),
    "intent": Field("keyword", "what the writer wants: question, complaint, suggestion, thanks, other", many=True),
    "themes": Field("keyword", "what it is about", many=True),
    "keywords": Field("keyword", "telling words", many=True),
    "domain": Field("keyword", "field of administration, e.g. 城建, 教育", many=True),
    "twin": Field("keyword", "key shared by near-identical texts"),
    "appeal": Field("keyword", "kind of appeal (诉求), for comments that ask for something"),
    "due_at": Field("date", "when an answer is due"),
    "acknowledged_at": Field("date", "when a unit accepted the appeal"),
    "answered_at": Field("date", "time of the first official reply"),
    "answered_by": Field("keyword", "units that replied", many=True),
    "resolved_at": Field("date", "when the appeal was settled"),
    "reply_hours": Field("double", "hours from `posted_at` to `answered_at`; absent while unanswered"),
    "reply_flags": Field("keyword", "what a rule noticed about the reply", many=True),
    "replies": Field("object", "official replies in order: id, unit, text, replied_at, url, collected_at", many=True),
    "satisfaction": Field("double", "the writer's own mark for the answer, 0 to 1"),
    "reviewed_by": Field("keyword", "role of the member of staff whose correction is in force"),
    "reviewed_at": Field("date", "when that correction was made"),
    "erased": Field("boolean", "text was erased on request; the document stays as a count"),
}

POST_FIELDS: dict[str, Field] = {
    "id": Field("keyword", "`platform:native_id`; the document's `_id`"),
    "platform": Field("keyword", "module in `crawler/platforms` that collected it"),
    "source": Field("keyword", "entry of `sources.toml`"),
    "account": Field("keyword", "entry of `accounts.toml` that published it"),
    "unit": Field("keyword", "the account's government unit"),
    "region": Field("keyword", "the account's region"),
    "title": Field("text", "title"),
    "text": Field("text", "body"),
    "url": Field("keyword", "where it can be read", searchable=False),
    "posted_at": Field("date", "when it was published"),
    "posted_precision": Field("keyword", "second, minute or day"),
    "collected_at": Field("date", "when this version was collected"),
    "run": Field("keyword", "the run that brought this version"),
    "original": Field("boolean", "written by the account itself, not passed on"),
    "purpose": Field("keyword", "notice, interpretation, service, interaction, news or unrelated"),
    "policies": Field("keyword", "policies it belongs to", many=True),
    "policy_stages": Field("keyword", "policy and stage", many=True),
    "attribution": Field("keyword", "the rules that tied it to its policies", many=True),
    "comment_count": Field("integer", "comments the platform says there are"),
    "comments_open": Field("boolean", "the public may comment"),
    "curated": Field("boolean", "the platform shows a selection of the comments"),
    "twin": Field("keyword", "key shared by near-identical posts"),
    "gone_at": Field("date", "when it was found missing from its platform"),
}

RUN_FIELDS: dict[str, Field] = {
    "id": Field("keyword", "source and start"),
    "source": Field("keyword", "entry of `sources.toml`"),
    "platform": Field("keyword", "module in `crawler/platforms`, or `file`"),
    "started_at": Field("date", "start"),
    "finished_at": Field("date", "end; absent when the process was killed"),
    "outcome": Field("keyword", "complete, partial, blocked, suspect or failed"),
    "reason": Field("keyword", "why it is not complete, and what monitors found", searchable=False),
    "fetched": Field("integer", "items taken from the platform = stored + unchanged + rejected"),
    "stored": Field("integer", "items that were new or had changed"),
    "unchanged": Field("integer", "items already stored in the same words"),
    "rejected": Field("integer", "items refused, kept aside with the reason"),
    "requests": Field("integer", "requests sent"),
    "errors": Field("integer", "answers that could not be used"),
    "masked": Field("integer", "pieces of personal data replaced by a mark"),
    "masks": Field("object", 'the same by mark, e.g. `{"[电话]": 3}`'),
    "covered_from": Field("date", "earliest moment among the items of this run"),
    "covered_until": Field("date", "latest moment among the items of this run"),
    "gaps": Field("keyword", "days this run knows it missed, as `from/until`", many=True),
}

INDICES: dict[str, dict[str, Field]] = {COMMENTS: COMMENT_FIELDS, POSTS: POST_FIELDS, RUNS: RUN_FIELDS}


def elasticsearch_mapping(index: str) -> dict[str, object]:
    """The mapping body of one index: closed (`dynamic: strict`), versioned in `_meta`."""
    return {
        "dynamic": "strict",
        "_meta": {"lianxin": VERSION},
        "properties": {name: _property(field) for name, field in INDICES[index].items()},
    }


def _property(field: Field) -> dict[str, object]:
    if field.type == "object":
        return {"type": "object", "enabled": False}
    if field.type == "text":
        return {"type": "text", "analyzer": "standard"}
    if not field.searchable:
        return {"type": field.type, "index": False, "doc_values": False}
    return {"type": field.type}
