"""The recipe: a fingerprint of all that makes a document out of what was collected, but for the mapping."""

import hashlib

import orjson

from crawler.config import Config
from crawler.registry import Registry
from pipelines.enrich import RULES
from pipelines.enrich.feeling import model_at_hand
from sentiment.intent import RULES as INTENT_RULES
from sentiment.moods import model_id
from sentiment.stance import RULES as STANCE_RULES


def recipe_of(registry: Registry, config: Config) -> str:
    """32 hexadecimal digits that change when policies, accounts, sources, zone, model or the rules of enrichment do."""
    parts = [
        [policy.model_dump(mode="json") for policy in registry.policies.values()],
        [(account.id, account.unit, account.region) for account in registry.accounts.values()],
        [(source.id, source.account, source.policies) for source in registry.sources.values()],
        config.tz,
        _model(config),
        RULES,
        STANCE_RULES,
        INTENT_RULES,
    ]
    return hashlib.blake2b(orjson.dumps(parts), digest_size=16).hexdigest()


def _model(config: Config) -> str:
    with model_at_hand():
        return model_id(config.sentiment)
