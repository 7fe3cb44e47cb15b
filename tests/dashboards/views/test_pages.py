import re

import pytest
from django.conf import settings
from django.test import Client
from django.test.utils import override_settings

from dashboards.measures.mood import mood
from dashboards.scope import Scope
from pipelines.documents import to_source
from pipelines.index.mapping import COMMENTS, RUNS
from tests.dashboards.town import NOW, REGISTRY, comment, runs, site_of

PAGES = ["/", "/policy/lift/", "/policy/parking/", "/policy/lunch/"]


def text_of(answer):
    return answer.content.decode()


@pytest.mark.parametrize("page", [*PAGES, "/policy/nowhere/", "/policy/lift/?range=year"])
def test_every_page_carries_the_notice_and_the_strict_headers(client, page):
    answer = client.get(page)
    assert REGISTRY.notice in text_of(answer)
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'self'; style-src 'self' 'sha256-")
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("page", PAGES)
def test_no_page_has_inline_script_style_or_an_outside_address(client, page):
    text = text_of(client.get(page))
    scripts = re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", text)
    assert all('type="application/json"' in script for script in scripts)
    assert re.findall(r"<style|\sstyle=|\son\w+=|javascript:", text) == []
    assert set(re.findall(r"https?://[^\"'\s<]+", text)) <= {"http://www.w3.org/2000/svg"}


def test_the_overview_has_a_row_for_each_policy(client):
    text = text_of(client.get("/"))
    assert re.findall(r'<a href="/policy/(\w+)/"', text) == ["lift", "parking", "lunch"]
    assert "近 30 天判出情绪的仅 12 条，样本不足，不算占比" in text
    assert "还没有采集到评论" in text
    assert "截至 2026年9月8日" in text


def test_the_navigation_shows_only_what_exists(client):
    nav = re.search(r"<nav.*?</nav>", text_of(client.get("/")), re.S).group()
    assert re.findall(r">([^<]+)</a>", nav) == ["政策总览"]


def test_the_policy_page_marks_the_current_stage(client):
    current = re.findall(r'aria-current="step">.*?</li>', text_of(client.get("/policy/lift/")), re.S)
    assert len(current) == 1
    assert "③ 实施后 · 收集反馈" in current[0]
    assert "2026年8月1日—至今" in current[0]


def test_the_table_has_the_numbers_of_the_drawing(client, index):
    text = text_of(client.get("/policy/lift/"))
    table = re.search(r'<table class="plain numbers">.*?</table>', text, re.S).group()
    rows = [re.findall(r"<td>(.*?)</td>", row) for row in re.findall(r"<tr><th scope=\"row\">.*?</tr>", table)]
    seen = mood(index, REGISTRY, Scope("lift"), NOW)
    assert [(row[1], row[2], row[4], row[6]) for row in rows] == [
        (
            str(bucket.counts.total),
            str(bucket.counts.negative),
            str(bucket.counts.positive),
            f"{bucket.counts.negative / bucket.counts.judged:.0%}" if bucket.enough else "样本不足",
        )
        for bucket in seen.buckets
    ]


def test_the_drawing_is_named_by_its_headline(client):
    text = text_of(client.get("/policy/lift/"))
    (title,) = re.findall(r'<h2 id="mood-title">(.*?)</h2>', text)
    assert f'role="img" aria-label="{title}"' in text


def test_missed_days_are_said(client):
    assert "2026年6月8日—6月17日" in text_of(client.get("/policy/lift/"))


def test_few_comments_give_no_verdict(client):
    assert "制定前仅 12 条评论，暂不判断情绪" in text_of(client.get("/policy/parking/"))


def test_a_policy_without_comments_says_what_to_do(client):
    text = text_of(client.get("/policy/lunch/"))
    assert "来源采集正常，没有匹配到这项政策的内容。" in text
    assert "mood-title" not in text


def test_an_empty_index_says_what_to_do(empty_client):
    assert "还没有来源采集过。请运行 lianxin crawl" in text_of(empty_client.get("/"))
    assert "请先采集（lianxin crawl）" in text_of(empty_client.get("/policy/lift/"))


def test_a_stale_source_is_called_out(empty_index):
    good = to_source(runs()[1]) | {"started_at": "2026-09-01T00:00:00.000Z", "finished_at": "2026-09-01T00:01:00.000Z"}
    empty_index.put(RUNS, [good])
    with override_settings(SITE=site_of(empty_index)):
        text = text_of(Client(SERVER_NAME="localhost").get("/"))
    assert "coverage-stale" in text
    assert "▲ 已过期 9 天" in text


def test_an_unknown_policy_is_a_404_sentence(client):
    answer = client.get("/policy/nowhere/")
    assert answer.status_code == 404
    assert "没有这个页面，或没有这项政策。" in text_of(answer)


@pytest.mark.parametrize(
    ("page", "sentence"),
    [
        ("/policy/lift/?range=year", "range 只能写 all、stage 或 30d"),
        ("/policy/lift/?src=nowhere", "没有 id 为“nowhere”的来源。"),
        ("/policy/lift/?q=%3Cscript%3E&%3Cb%3E=1", "不认识参数"),
        ("/?policy=lift", "总览没有参数“policy”。"),
    ],
)
def test_senseless_parameters_are_a_400_sentence(client, page, sentence):
    answer = client.get(page)
    assert answer.status_code == 400
    assert sentence in text_of(answer)
    assert "<script>" not in text_of(answer)
    assert "<b>" not in re.search(r'<div class="empty">.*', text_of(answer), re.S).group()


def test_an_unknown_host_is_a_400_sentence(client):
    answer = client.get("/", SERVER_NAME="elsewhere.example")
    assert answer.status_code == 400
    assert "请从本机打开" in text_of(answer)


def test_a_fault_of_ours_shows_no_traceback(index):
    class Broken:
        def search(self, _index, _body):
            raise RuntimeError("wires crossed")

    with override_settings(SITE=site_of(Broken())):
        answer = Client(SERVER_NAME="localhost", raise_request_exception=False).get("/")
    assert answer.status_code == 500
    assert "这个页面暂时打不开。已记录问题。" in text_of(answer)
    assert "wires crossed" not in text_of(answer)


def test_debugging_is_off():
    assert settings.DEBUG is False


def test_filters_keep_what_was_chosen(client):
    text = text_of(client.get("/policy/lift/?range=stage&src=site"))
    assert '<option value="stage" selected>' in text
    assert '<option value="site" selected>' in text
    assert "清除筛选" in text


def test_a_choice_without_comments_says_so(client):
    text = text_of(client.get("/policy/lift/?from=2026-06-08&to=2026-06-17"))
    assert "所选范围里没有评论。" in text


def test_english_is_kept_by_a_cookie(client):
    first = client.get("/?lang=en")
    assert '<html lang="en">' in text_of(first)
    assert '<html lang="en">' in text_of(client.get("/policy/lift/"))
    client.get("/?lang=zh")
    assert '<html lang="zh-CN">' in text_of(client.get("/"))


def test_a_browser_that_prefers_english_still_reads_chinese_first(client):
    assert '<html lang="zh-CN">' in text_of(client.get("/", headers={"Accept-Language": "en"}))


HOSTILE = {
    "script": "<script>alert(1)</script><img src=x onerror=alert(2)>",
    "template": "{{ settings.SECRET_KEY }} {% debug %}",
    "closing": "</script></p></main><h1>占领页面</h1>",
    "rtl": "\u202e\u2067倒过来 مرحبا",
    "word": "W" * 100_000,
    "zalgo": "政" + "\u0301\u0335\u0489" * 500 + "策",
    "formula": '=HYPERLINK("http://evil.example","点我")',
}


@pytest.fixture
def hostile_client(empty_index):
    index = empty_index
    documents = [comment(number, NOW, text=text, title=text[:200]) for number, text in enumerate(HOSTILE.values())]
    sites = []
    for start in range(0, len(documents), 3):
        index = index.beside()
        index.put(COMMENTS, [to_source(one) for one in documents[start : start + 3]])
        index.swap()
        with override_settings(SITE=site_of(index)):
            sites.append(text_of(Client(SERVER_NAME="localhost").get("/policy/lift/")))
    return "".join(sites)


def test_hostile_texts_are_only_text(hostile_client):
    assert "<script>alert" not in hostile_client
    assert "<img" not in hostile_client
    assert "<h1>占领页面" not in hostile_client
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in hostile_client
    assert "{{ settings.SECRET_KEY }}" in hostile_client


def test_long_texts_are_folded_after_three_hundred_characters(hostile_client):
    assert "展开全部 100,000 字" in hostile_client
    assert f'<bdi dir="auto" lang="zh-CN">{"W" * 300}…</bdi>' in hostile_client


def test_an_export_is_written_in_the_language_of_its_reader(client):
    text = b"".join(client.get("/policy/lift/export.csv?lang=en")).decode("utf-8-sig")
    assert text.startswith("Policy,")
