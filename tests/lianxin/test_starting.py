"""From an empty folder to a checked configuration; every mistake is one sentence and the right exit code."""

import os
import sys
from pathlib import Path
from shutil import copytree

import pytest

from crawler.errors import ServiceAway
from crawler.ledger import Ledger
from crawler.platforms import platforms
from lianxin import cli
from sentiment.mood_model import shipped_folder, shipped_id
from tests.installation import ASSESSED, Installation


def test_init_writes_three_commented_files_and_never_overwrites(installation: Installation) -> None:
    first = installation.run("init")
    assert first.code == 0
    assert sorted(path.name for path in installation.data.iterdir()) == [
        "accounts.toml",
        "policies.toml",
        "sources.toml",
    ]
    (installation.data / "policies.toml").write_text("# 我的\n", encoding="utf-8")
    again = installation.run("init")
    assert "没有改动" in again.out
    assert (installation.data / "policies.toml").read_text(encoding="utf-8") == "# 我的\n"


def test_check_after_init_is_in_order(installation: Installation) -> None:
    installation.run("init")
    ended = installation.run("check")
    assert ended.code == 0, ended.out
    assert "✓ 登记文件：政策 0 项" in ended.out
    assert "✗" not in ended.out


def test_check_names_file_line_and_field(installation: Installation) -> None:
    installation.write(policies='[[policy]]\nid = "a"\nname = "甲"\ncolor = "红"\n')
    ended = installation.run("check")
    assert ended.code == 2
    assert "policies.toml 第 4 行，policy.color：没有这个键" in ended.out


def test_check_knows_the_options_of_each_platform(installation: Installation) -> None:
    installation.write(f'[[source]]\nid = "board"\nplatform = "liuyan"\n{ASSESSED}options = {{ fid = "many" }}\n')
    ended = installation.run("check")
    assert ended.code == 2
    assert "来源“board”的 options.fid：应当是整数" in ended.out


def test_check_knows_the_platforms(installation: Installation) -> None:
    installation.write(f'[[source]]\nid = "x"\nplatform = "facebook"\n{ASSESSED}')
    ended = installation.run("check")
    assert ended.code == 2
    assert f"没有“facebook”这个平台，可写：{'、'.join(platforms())}、file" in ended.out


@pytest.mark.skipif(sys.platform == "win32", reason="file modes are a POSIX thing")
def test_a_key_that_others_can_read_is_refused(installation: Installation) -> None:
    installation.run("init")
    installation.run("check")
    key = installation.data / "pseudonym.key"
    assert key.stat().st_mode & 0o777 == 0o600
    key.chmod(0o644)
    ended = installation.run("check")
    assert ended.code == 2
    assert f"chmod 600 {key}" in ended.out


@pytest.mark.parametrize(
    ("arguments", "environment", "words"),
    [
        (["crawl"], {}, "请写要采集的来源"),
        (["crawl", "nobody"], {}, "没有来源“nobody”，已有：letters"),
        (["crawl", "letters"], {}, "请用 lianxin import"),
        (["crawl", "--all"], {}, "没有启用的来源"),
        (["check"], {"LIANXIN_TZ": "Moon/Sea"}, "LIANXIN_TZ"),
        (["index", "status"], {"LIANXIN_INDEX": "elastic"}, "LIANXIN_INDEX"),
        (["index", "status"], {"LIANXIN_INDEX_KEY_FILE": "nowhere", "LIANXIN_INDEX": "http://127.0.0.1:9"}, "nowhere"),
        (
            ["index", "status"],
            {"LIANXIN_INDEX_PASSWORD_FILE": os.devnull, "LIANXIN_INDEX": "http://a:9"},
            "是空的",
        ),
        (["export", "nothing", "--out", "x.csv"], {}, "nothing"),
        (["serve", "--host", "0.0.0.0"], {}, "0.0.0.0"),
    ],
)
def test_wrong_use_is_one_sentence_and_exit_code_2(
    installation: Installation, arguments: list[str], environment: dict[str, str], words: str
) -> None:
    installation.write('[[source]]\nid = "letters"\nplatform = "file"\n')
    ended = installation.run(*arguments, **environment)
    assert ended.code == 2, ended.out + ended.err
    assert words in ended.err
    assert "Traceback" not in ended.err
    assert len(ended.err.strip().splitlines()) == 1


def test_a_command_without_registry_says_how_to_begin(installation: Installation) -> None:
    ended = installation.run("sources")
    assert (ended.code, "先运行 lianxin init" in ended.err) == (2, True)


def test_sources_and_runs_are_listed(installation: Installation) -> None:
    installation.write('[[source]]\nid = "letters"\nplatform = "file"\n')
    assert "还没有采集过" in installation.run("runs").out
    assert "letters" in installation.run("sources").out


def test_lists_cut_nothing_off(installation: Installation) -> None:
    names = [f"a-source-with-a-name-for-which-a-terminal-has-no-room-{number}" for number in range(2)]
    installation.write("".join(f'[[source]]\nid = "{name}"\nplatform = "file"\n' for name in names))
    rows = installation.run("sources").out.splitlines()
    assert [name for name in names for row in rows if name in row and "还没有" in row] == names


def test_check_reads_the_mood_model_that_was_chosen(installation: Installation, tmp_path: Path) -> None:
    installation.write()
    copytree(shipped_folder(), tmp_path / "model")
    assert f"✓ 情感模型：{shipped_id()}" in installation.run("check", LIANXIN_SENTIMENT=str(tmp_path / "model")).out
    (tmp_path / "model" / "mood.3").write_bytes(b"")
    found = installation.run("check", LIANXIN_SENTIMENT=str(tmp_path / "model"))
    assert "✗ 情感模型" in found.out
    assert found.code == 2


def test_ctrl_c_is_answered_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted() -> None:
        sys.exit(cli.INTERRUPTED)  # as typer leaves

    monkeypatch.setattr(cli, "command_line", lambda _: interrupted)
    with pytest.raises(SystemExit) as end:
        cli.main()
    assert (end.value.code, "再运行一次同样的命令" in capsys.readouterr().err) == (cli.INTERRUPTED, True)


@pytest.mark.parametrize(("damage", "words"), [(b"no ledger at all" * 100, "可以删去"), (None, "磁盘是否已满")])
def test_only_a_damaged_ledger_may_be_deleted(tmp_path: Path, damage: bytes | None, words: str) -> None:
    path = tmp_path / "ledger.sqlite"
    path.write_bytes(damage) if damage else path.mkdir()
    with pytest.raises(ServiceAway, match=words):
        Ledger(path)
