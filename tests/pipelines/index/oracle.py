"""The dialect answered the slow, obvious way: plain Python over a list of documents. Shares no code with the engine."""

import itertools
import math
import re
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from tests.pipelines.index.oracle_numbers import percentile, spread, stats

# Enough for the texts of these tests, whose other letters stand apart; tokens have their own. 1，1 is one number.
WORD = re.compile(r"[a-z0-9]+(?:(?<=[0-9])，(?=[0-9])[a-z0-9]+)*|[\u4e00-\u9fff]|[^\W_]|[\U0001f300-\U0001faff]")


@cache
def words(text):
    return WORD.findall(text.lower())


@cache
def instant(text):
    return datetime.fromisoformat(text)


def epoch(moment):
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def values(document, field):
    value = document.get(field, [])
    return value if isinstance(value, list) else [value]


@cache
def comparable(value):
    return epoch(instant(value)) if isinstance(value, str) and re.match(r"\d{4}-", value) else value


def matches(document, clause):
    ((kind, body),) = clause.items()
    whole = {
        "match_all": lambda: True,
        "ids": lambda: document["id"] in body["values"],
        "exists": lambda: bool(values(document, body["field"])),
        "bool": lambda: _bool(document, body),
    }
    return whole[kind]() if kind in whole else _of_field(document, kind, *next(iter(body.items())))


def _of_field(document, kind, field, operand):
    have = values(document, field)
    if kind == "term":
        return (operand["value"] if isinstance(operand, dict) else operand) in have
    if kind == "terms":
        return bool(set(operand) & set(have))
    if kind == "prefix":
        return any(value.startswith(operand) for value in have)
    if kind == "wildcard":
        pattern = re.compile(_regex(operand["value"] if isinstance(operand, dict) else operand), re.S)
        return any(bool(pattern.fullmatch(value)) for value in have)
    if kind == "range":
        return any(all(_within(comparable(v), bound, comparable(b)) for bound, b in operand.items()) for v in have)
    wanted = words(operand["query"] if isinstance(operand, dict) else operand)
    found = words(document.get(field, ""))
    if kind == "match_phrase":
        return bool(wanted) and any(found[i : i + len(wanted)] == wanted for i in range(len(found)))
    every = isinstance(operand, dict) and operand.get("operator") == "and"
    return bool(wanted) and (all if every else any)(word in found for word in wanted)


def _regex(pattern):
    """A wildcard pattern as a regular expression; the empty one matches nothing."""
    parts = re.findall(r"\\?.", pattern, re.S)
    return "".join({"*": ".*", "?": "."}.get(part) or re.escape(part[-1]) for part in parts) or "(?!)"


def _bool(document, body):
    def clauses(occur):
        given = body.get(occur, [])
        return [given] if isinstance(given, dict) else given

    required = clauses("must") + clauses("filter")
    should = clauses("should")
    least = body.get("minimum_should_match", 1 if should and not required else 0)
    return (
        all(matches(document, clause) for clause in required)
        and not any(matches(document, clause) for clause in clauses("must_not"))
        and sum(matches(document, clause) for clause in should) >= least
    )


def _within(value, bound, limit):
    return {"gt": value > limit, "gte": value >= limit, "lt": value < limit, "lte": value <= limit}[bound]


def ordered(documents, sort):
    """Documents by (field, order) keys, missing values last."""
    for field, order in reversed(sort):
        have = [document for document in documents if field in document]
        have.sort(key=lambda document: comparable(document[field]), reverse=order == "desc")
        documents = have + [document for document in documents if field not in document]
    return documents


def shows_hits(result):
    """Whether a part of an engine's answer is what `top_hits` gives; "hits" may also name an aggregation."""
    return isinstance(result.get("hits"), dict) and isinstance(result["hits"].get("hits"), list)


def aggregate(documents, request):
    return {name: _one(documents, body) for name, body in request.items()}


def _one(documents, body):
    below = body.get("aggs", {})
    ((kind, options),) = ((key, value) for key, value in body.items() if key != "aggs")
    if kind == "filter":
        return bucket([document for document in documents if matches(document, options)], below)
    if kind == "filters":
        filters = options["filters"].items()
        return {"buckets": {key: bucket([d for d in documents if matches(d, one)], below) for key, one in filters}}
    if kind == "terms":
        return _terms(documents, options, below)
    if kind == "date_histogram":
        return _date_histogram(documents, options, below)
    if kind in ("histogram", "range"):
        return {"histogram": _histogram, "range": _range}[kind](documents, options, below)
    if kind == "composite":
        return _composite(documents, options, below)
    if kind == "top_hits":
        sort = [next(iter(key.items())) for key in options["sort"]]
        return {"total": len(documents), "ids": [d["id"] for d in ordered(documents, sort)[: options.get("size", 3)]]}
    found = [comparable(value) for document in documents for value in set(values(document, options["field"]))]
    if kind == "percentiles":
        percents = sorted(options.get("percents", [1, 5, 25, 50, 75, 95, 99]))
        return {"values": {str(float(percent)): percentile(sorted(found), percent) for percent in percents}}
    if kind in ("stats", "extended_stats"):
        return stats(found) | (spread(found) if kind == "extended_stats" else {})
    return {"value": _metric(kind, found)}


def bucket(documents, below):
    return {"doc_count": len(documents), **aggregate(documents, below)}


def _metric(kind, found):
    if kind == "value_count":
        return len(found)
    if kind == "cardinality":
        return len(set(found))
    if kind == "sum":
        return sum(found)
    if not found:
        return None
    return {"avg": lambda: sum(found) / len(found), "min": lambda: min(found), "max": lambda: max(found)}[kind]()


def _histogram(documents, options, below):
    interval, offset, least = options["interval"], options.get("offset", 0), options.get("min_doc_count", 0)
    steps = {}
    for document in documents:
        for value in values(document, options["field"]):
            steps.setdefault(math.floor((value - offset) / interval), []).append(document)
    if steps and not least:
        for step in range(min(steps), max(steps)):
            steps.setdefault(step, [])
    buckets = [
        {"key": step * interval + offset, **bucket(steps[step], below)}
        for step in sorted(steps)
        if len(steps[step]) >= least
    ]
    return {"buckets": buckets}


def _range(documents, options, below):
    buckets = []
    for part in options["ranges"]:
        lower, upper = part.get("from", -math.inf), part.get("to", math.inf)
        inside = [one for one in documents if any(lower <= v < upper for v in values(one, options["field"]))]
        buckets.append(part | bucket(inside, below))
    return {"buckets": buckets}


def _composite(documents, options, below):
    sources = [(name, *one) for part in options["sources"] for name, of in part.items() for one in of.items()]
    combinations = {}
    for document in documents:
        for key in itertools.product(*(_source_keys(document, kind, source) for _, kind, source in sources)):
            combinations.setdefault(key, []).append(document)
    keys = sorted(combinations)
    for place, (_, _, source) in reversed(list(enumerate(sources))):
        keys.sort(key=lambda key, place=place: key[place], reverse=source.get("order") == "desc")
    if "after" in options:
        last = [options["after"][name] for name, _, _ in sources]
        keys = [key for key in keys if _comes_after(key, last, sources)]
    keys = keys[: options.get("size", 10)]
    named = [dict(zip((name for name, _, _ in sources), key, strict=True)) for key in keys]
    buckets = [{"key": name, **bucket(combinations[key], below)} for name, key in zip(named, keys, strict=True)]
    return {"buckets": buckets} | ({"after_key": named[-1]} if named else {})


def _source_keys(document, kind, source):
    if kind == "terms":
        return set(values(document, source["field"]))
    days = _date_histogram([document], {**source, "min_doc_count": 1}, {})["buckets"]
    return [day["key_as_string" if "format" in source else "key"] for day in days]


def _comes_after(key, last, sources):
    for value, limit, (_, _, source) in zip(key, last, sources, strict=True):
        if value != limit:
            return value < limit if source.get("order") == "desc" else value > limit
    return False


def _terms(documents, options, below):
    holding = {}
    for document in documents:
        for value in set(values(document, options["field"])):
            holding.setdefault(value, []).append(document)
    buckets = [{"key": key, **bucket(holding[key], below)} for key in sorted(holding)]
    everything = sum(one["doc_count"] for one in buckets)
    ((by, direction),) = options.get("order", {"_count": "desc"}).items()
    sign = -1 if direction == "desc" else 1
    if by == "_key":
        buckets = buckets[::sign]
    elif by == "_count":
        buckets.sort(key=lambda one: sign * one["doc_count"])
    else:
        ((kind, _),) = below[by].items()
        empty = {"min": float("inf"), "max": float("-inf")}.get(kind)

        def rank(one):
            value = one[by]["value"] if one[by]["value"] is not None else empty
            return (value is None, 0 if value is None else sign * value)

        buckets.sort(key=rank)
    size = options.get("size", 10)
    first = buckets[: size * 3 // 2 + 10]  # as far as Elasticsearch looks
    frequent = [one for one in first if one["doc_count"] >= options.get("min_doc_count", 1)]
    rare = sum(one["doc_count"] for one in first) - sum(one["doc_count"] for one in frequent)
    shown = frequent[:size]
    return {"other": everything - rare - sum(one["doc_count"] for one in shown), "buckets": shown}


def start_of(moment, interval):
    """Start of the interval that holds a moment on its own clock."""
    if interval == "hour":
        return moment.replace(minute=0, second=0, microsecond=0)
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    return {
        "day": lambda: day,
        "week": lambda: day - timedelta(days=day.weekday()),
        "month": lambda: day.replace(day=1),
        "quarter": lambda: day.replace(day=1, month=[1, 1, 1, 4, 4, 4, 7, 7, 7, 10, 10, 10][day.month - 1]),
        "year": lambda: day.replace(day=1, month=1),
    }[interval]()


def _date_histogram(documents, options, below):
    name = options.get("time_zone", "UTC")
    zone = instant(f"2000-01-01T00:00:00{name}").tzinfo if name[0] in "+-" else ZoneInfo(name)
    interval = options["calendar_interval"]
    starts = {}
    for document in documents:
        for value in values(document, options["field"]):
            start = start_of(instant(value).astimezone(zone), interval)
            starts.setdefault(epoch(start), []).append(document)
    least = options.get("min_doc_count", 0)
    if starts and not least:
        for minute in range(min(starts), max(starts), 3_600_000):
            moment = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=minute)).astimezone(zone)
            starts.setdefault(epoch(start_of(moment, interval)), [])
    shown = []
    for key in sorted(starts):
        if len(starts[key]) >= least:
            moment = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=key)).astimezone(zone)
            full = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
            text = full[:10] if "format" in options else full
            shown.append({"key": key, "key_as_string": text, **bucket(starts[key], below)})
    return {"buckets": shown}
