"""The pages in a real Chromium: drawn, quiet, narrow enough, and whole without JavaScript."""

import os
import shutil
import threading
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import sync_playwright
from waitress import create_server

from dashboards.wsgi import application
from pipelines.documents import to_source
from pipelines.index.embedded.engine import EmbeddedIndex
from pipelines.index.mapping import COMMENTS, RUNS
from tests.dashboards.town import NOW, comment, runs, site_of, town

pytestmark = pytest.mark.browser
WIDTHS = {"desk": (1440, 900), "phone": (390, 844)}
PAGES = ["/", "/policy/lift/", "/policy/parking/", "/policy/lunch/"]


@pytest.fixture(scope="module")
def browser():
    """The system's Chromium, or Playwright's own. Where there is none: a failure in CI, a skip elsewhere."""
    arguments = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
        path = os.environ.get("LIANXIN_BROWSER") or shutil.which("chromium") or own
        if not Path(path).exists():
            reason = "no Chromium: install it, or set LIANXIN_BROWSER to one"
            if os.environ.get("CI"):
                pytest.fail(reason)
            pytest.skip(reason)
        opened = playwright.chromium.launch(executable_path=path, args=arguments)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    index = EmbeddedIndex(tmp_path_factory.mktemp("browser"))
    hostile = ["W" * 100_000, "政" + "\u0301\u0489" * 300, "\u202e倒 مرحبا", "<script>document.title='taken'</script>"]
    voices = [comment(9000 + n, NOW, text=text, title=text[:120], likes=9000 - n) for n, text in enumerate(hostile)]
    index.put(COMMENTS, [to_source(document) for document in [*town(), *voices]])
    index.put(RUNS, [to_source(run) for run in runs()])
    before, settings.SITE = settings.SITE, site_of(index)
    server = create_server(application(settings.SITE), host="127.0.0.1", port=0)
    thread = threading.Thread(target=server.run)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.trigger.pull_trigger(server.close)
    thread.join()
    settings.SITE = before
    index.close()


class Visit:
    """A page and everything it complained about or asked for."""

    def __init__(self, browser, width, scripts=True):
        wide, high = WIDTHS[width]
        self.context = browser.new_context(viewport={"width": wide, "height": high}, java_script_enabled=scripts)
        self.page = self.context.new_page()
        self.errors, self.asked = [], []
        self.page.on("console", lambda message: self.errors.append(message.text) if message.type != "log" else None)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))


@pytest.fixture
def visit(browser):
    opened = []

    def open_at(width, scripts=True):
        opened.append(Visit(browser, width, scripts))
        return opened[-1]

    yield open_at
    for one in opened:
        one.context.close()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_quiet_asks_nobody_else_and_fits(visit, address, path, width):
    seen = visit(width)
    seen.page.goto(address + path)
    seen.page.wait_for_load_state("networkidle")
    assert seen.page.title().endswith(" · 连心桥")
    assert seen.errors == []
    assert [url for url in seen.asked if not url.startswith(address)] == []
    assert seen.page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0


@pytest.mark.parametrize("width", WIDTHS)
def test_the_chart_is_drawn_with_every_bar(visit, address, width):
    seen = visit(width)
    seen.page.goto(address + "/policy/lift/")
    seen.page.wait_for_selector(".js-plotly-plot .main-svg")
    drawn = seen.page.evaluate("document.querySelector('.js-plotly-plot').data[2].y.length")
    assert drawn == seen.page.locator("table.numbers tbody tr").count()
    box = seen.page.locator(".js-plotly-plot").bounding_box()
    assert 0 < box["width"] <= WIDTHS[width][0]
    assert seen.errors == []


@pytest.mark.parametrize("width", WIDTHS)
def test_an_opened_page_still_fits(visit, address, width):
    seen = visit(width)
    seen.page.goto(address + "/policy/lift/")
    seen.page.wait_for_selector(".js-plotly-plot")
    seen.page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
    assert seen.page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0


def test_without_javascript_nothing_is_missing(visit, address):
    seen = visit("desk", scripts=False)
    seen.page.goto(address + "/policy/lift/")
    assert seen.page.locator(".chart svg.drawing rect").count() > 20
    seen.page.locator("summary", has_text="查看数据表").click()
    assert seen.page.locator("table.numbers tbody tr").first.is_visible()
    assert seen.page.locator(".voice").count() == 9
    seen.page.get_by_label("时间").select_option("stage")
    seen.page.get_by_role("button", name="查看").click()
    assert "range=stage" in seen.page.url
    assert seen.page.locator("h3", has_text="① 制定前").count() == 0


def test_a_summary_prints_on_its_own(visit, address):
    seen = visit("desk")
    text = seen.context.request.get(address + "/policy/lift/export.html").text()
    seen.page.set_content(text)
    assert seen.page.locator("svg.drawing").is_visible()
    assert seen.page.pdf(format="A4").startswith(b"%PDF")
    assert seen.errors == []


def test_the_keyboard_reaches_the_menu(visit, address):
    seen = visit("desk")
    seen.page.goto(address + "/policy/lift/")
    reached = []
    for _ in range(7):
        seen.page.keyboard.press("Tab")
        reached.append(seen.page.evaluate("document.activeElement.textContent.trim()"))
    assert reached[:6] == ["跳到正文", "连心桥", "政策总览", "English", "政策总览", "导出反馈摘要"]
    seen.page.locator("details.menu summary").focus()
    seen.page.keyboard.press("Enter")
    assert seen.page.get_by_role("link", name="CSV").is_visible()
