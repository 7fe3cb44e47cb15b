"""`lianxin demo`: the town through the ordinary command, into a folder of its own, with nothing new the second time."""

import re
import shutil
from pathlib import Path

import pytest

from tests.installation import Finished, Installation


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> tuple[Installation, Finished, Finished]:
    """The demo's folder after two runs, and what each said."""
    demo = Installation(tmp_path_factory.mktemp("demo") / "demo-data")
    demo.data.mkdir()
    (demo.data / "示例县.txt").write_text("演示", encoding="utf-8")
    (demo.data / "left-over.txt").write_text("上一次的", encoding="utf-8")
    first = demo.run("demo", "--data", str(demo.data), "--no-serve", "--fresh")
    second = demo.run("demo", "--data", str(demo.data), "--no-serve")
    return demo, first, second


def test_its_last_lines_say_what_was_crawled_stored_and_masked(twice: tuple[Installation, Finished, Finished]) -> None:
    _, first, _ = twice
    assert first.code == 0, first.err
    assert first.out.splitlines()[-7:] == [
        "town-letters：完整。取得 360 条 = 入库 360 + 未变 0 + 拒收 0，41 次请求。",
        "town-hotline：完整。取得 66 条 = 入库 66 + 未变 0 + 拒收 0，35 次请求。",
        "town-comments：完整。取得 613 条 = 入库 613 + 未变 0 + 拒收 0，56 次请求。",
        "town-weibo：完整。取得 95 条 = 入库 95 + 未变 0 + 拒收 0，32 次请求。",
        "town-page：完整。取得 35 条 = 入库 35 + 未变 0 + 拒收 0，7 次请求。",
        first.out.splitlines()[-2],
        "合计：取得 1169，入库 1169，未变 0，拒收 0；结果：完整 5。",
    ]
    assert first.out.splitlines()[-2].startswith("遮盖个人信息 ")


def test_the_second_run_stores_nothing_new(twice: tuple[Installation, Finished, Finished]) -> None:
    demo, _, second = twice
    assert second.code == 0, second.err
    last = second.out.splitlines()[-1]  # letters that were answered long ago are not asked for again
    assert re.fullmatch(r"合计：取得 (\d+)，入库 0，未变 \1，拒收 0；结果：完整 5。", last), last
    assert len(demo.comments()) == 882
    items = [item.id for item in demo.items()]
    assert len(items) == len(set(items)) == 1169


def test_without_a_browser_it_says_so_and_goes_on(tmp_path: Path) -> None:
    demo = Installation(tmp_path / "demo-data")
    ended = demo.run("demo", "--data", str(demo.data), "--no-serve", LIANXIN_BROWSER="/nowhere/chromium")
    assert ended.code == 0, ended.err
    assert ended.out.splitlines()[0] == (
        "LIANXIN_BROWSER 指的 /nowhere/chromium 不存在，采集不了要浏览器的网页。演示略过 town-page，其余照常。"
    )
    assert ended.out.splitlines()[-1] == "合计：取得 1134，入库 1134，未变 0，拒收 0；结果：完整 4。"


def test_every_policy_has_all_three_stages(twice: tuple[Installation, Finished, Finished]) -> None:
    demo, _, _ = twice
    stages = {stage for comment in demo.comments() for stage in comment.policy_stages}
    assert stages >= {
        f"{policy}:{stage}" for policy in ("lift", "parking", "lunch") for stage in ("before", "during", "after")
    }


def test_it_says_that_it_is_made_up(twice: tuple[Installation, Finished, Finished]) -> None:
    demo, _, _ = twice
    assert "虚构" in demo.registry().notice
    assert "虚构" in (demo.data / "示例县.txt").read_text(encoding="utf-8")


def test_a_rebuild_gives_the_same_documents(twice: tuple[Installation, Finished, Finished]) -> None:
    demo, _, _ = twice
    before = (demo.comments(), demo.posts())
    rebuilt = demo.run("index", "rebuild")
    assert "lianxin-comments：882 篇" in rebuilt.out
    assert (demo.comments(), demo.posts()) == before


def test_no_name_and_no_number_of_the_town_reaches_the_disk(twice: tuple[Installation, Finished, Finished]) -> None:
    demo, _, _ = twice
    journal = demo.journal_bytes().decode()
    for personal in ("楼上的猫", "990101", "622200", "陈***", "六楼看云", "菜市场阿芬", "_2Ak"):
        assert personal not in journal


def test_the_exports_keep_the_words_and_say_where_they_are_from(
    twice: tuple[Installation, Finished, Finished], tmp_path: Path
) -> None:
    demo, _, _ = twice
    for form in ("csv", "html"):
        path = tmp_path / f"lift.{form}"
        assert demo.run("export", "lift", "--format", form, "--out", str(path)).code == 0
        text = path.read_text(encoding="utf-8-sig")
        assert "装了我去哪里练这么好的腿" in text
        assert "示例县为虚构" in text


def test_fresh_begins_anew(twice: tuple[Installation, Finished, Finished]) -> None:
    demo, _, _ = twice
    assert not (demo.data / "left-over.txt").exists()


def test_real_data_are_never_touched(installation: Installation) -> None:
    installation.write()
    before = {path.name: path.read_bytes() for path in installation.data.iterdir()}
    ended = installation.run("demo", "--data", str(installation.data), "--no-serve", "--fresh")
    assert (ended.code, "不会动它" in ended.err) == (2, True)
    assert {path.name: path.read_bytes() for path in installation.data.iterdir()} == before


def test_a_demo_folder_with_a_source_of_its_own_is_not_emptied(tmp_path: Path) -> None:
    demo = Installation(tmp_path / "demo-data")
    demo.write('[[source]]\nid = "letters"\nplatform = "file"\n')
    (demo.data / "示例县.txt").write_text("演示", encoding="utf-8")
    for more in ([], ["--fresh"]):
        ended = demo.run("demo", "--data", str(demo.data), "--no-serve", *more)
        assert (ended.code, "演示以外的来源（letters）" in ended.err) == (2, True)
    assert demo.registry().sources.keys() == {"letters"}


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ended = Installation(tmp_path / "x").run("demo", "--data", str(tmp_path / "file" / "demo"), "--no-serve")
    assert (ended.code, "Traceback" in ended.err) == (2, False)


def test_an_export_after_a_lost_index_is_whole(twice: tuple[Installation, Finished, Finished], tmp_path: Path) -> None:
    demo, _, _ = twice
    shutil.rmtree(demo.data / "index")
    lost = demo.run("check")
    assert (lost.code, "✗ 索引" in lost.out) == (1, True)
    assert demo.run("export", "lift", "--out", str(tmp_path / "lift.csv")).code == 0
    assert "装了我去哪里练这么好的腿" in (tmp_path / "lift.csv").read_text(encoding="utf-8-sig")
    assert len(demo.comments()) == 882
