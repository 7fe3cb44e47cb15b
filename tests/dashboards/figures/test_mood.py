import json
import re

import plotly.graph_objects as go
import pytest

from dashboards.figures.drawing import mood_svg
from dashboards.figures.mood import mood_figure
from dashboards.measures.mood import mood
from dashboards.scope import Scope
from tests.dashboards.town import NOW, REGISTRY


@pytest.fixture(scope="module", params=["lift", "parking"])
def seen(request, index):
    return mood(index, REGISTRY, Scope(request.param), NOW)


def test_plotly_accepts_the_drawing(seen):
    go.Figure(mood_figure(seen))


def test_the_drawing_is_plain_json(seen):
    json.dumps(mood_figure(seen), allow_nan=False)


def test_no_words_carry_markup_that_the_content_policy_refuses(seen):
    assert re.findall(r"<(?!br>|extra>|/extra>)[^>]*>", json.dumps(mood_figure(seen))) == []


def test_bars_show_the_shares_and_counts_of_the_buckets(seen):
    positive, negative, volume = mood_figure(seen)["data"]
    assert volume["y"] == [bucket.counts.total for bucket in seen.buckets]
    for bucket, up, down in zip(seen.buckets, positive["y"], negative["y"], strict=True):
        if bucket.counts.judged < 30:
            assert (up, down) == (None, None)
        else:
            assert up == bucket.counts.positive / bucket.counts.judged
            assert down == -bucket.counts.negative / bucket.counts.judged


def test_buckets_with_missing_days_are_hatched(seen):
    shapes = mood_figure(seen)["data"][2]["marker"]["pattern"]["shape"]
    assert shapes == ["/" if bucket.missing else "" for bucket in seen.buckets]


def test_a_long_gap_is_a_band_with_words(index):
    figure = mood_figure(mood(index, REGISTRY, Scope("lift"), NOW))
    bands = [
        shape for shape in figure["layout"]["shapes"] if shape["line"].get("dash") == "dot" and shape["type"] == "rect"
    ]
    assert [(band["x0"], band["x1"]) for band in bands] == [("2026-06-08", "2026-06-18")]
    assert "未采集" in [note["text"] for note in figure["layout"]["annotations"]]


def test_stages_and_milestones_are_marked(index):
    notes = [note["text"] for note in mood_figure(mood(index, REGISTRY, Scope("lift"), NOW))["layout"]["annotations"]]
    assert {"① 制定前", "② 执行中", "③ 实施后", "◆1", "◆2"} <= set(notes)


def test_the_plain_drawing_has_as_many_bars(seen):
    svg = mood_svg(seen)
    enough = sum(bucket.enough for bucket in seen.buckets)
    assert svg.count('fill="#12807F"') == enough + 1  # one more is the word 正面
    assert svg.count('stroke="#77828D"/>') == len(seen.buckets)
    assert "style=" not in svg
