"""A wrong registry file gives one sentence with file, line and field; a right one gives what it says."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.errors import WrongUse
from crawler.registry import FILE_NAMES, load_registry
from crawler.registry.toml_file import RegistryFile
from tests.installation import ASSESSED, POLICIES

SOURCE = f'[[source]]\nid = "board"\nplatform = "liuyan"\noptions = {{ fid = 1 }}\n{ASSESSED}'
ACCOUNT = '[[account]]\nid = "main"\nplatform = "liuyan"\nunit = "示例县人民政府"\nregion = "示例县"\n'


def write(folder: Path, **texts: str | bytes) -> None:
    for name in FILE_NAMES:
        text = texts.get(name.removesuffix(".toml"), "")
        (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())


def complaint(folder: Path, **texts: str | bytes) -> str:
    write(folder, **texts)
    with pytest.raises(WrongUse) as raised:
        load_registry(folder)
    return str(raised.value)


def test_a_right_registry_is_read(tmp_path: Path) -> None:
    write(tmp_path, policies=f'notice = "演示"\n{POLICIES}', accounts=ACCOUNT, sources=SOURCE)
    registry = load_registry(tmp_path)
    lift = registry.policies["lift"]
    assert registry.notice == "演示"
    assert lift.aliases == ("加装电梯",)
    assert lift.stage_on(date(2026, 5, 31)) is None
    assert lift.stage_on(date(2026, 6, 1)) == "before"
    assert lift.stage_on(date(2026, 6, 30)) == "before"
    assert lift.stage_on(date(2026, 7, 1)) == "during"
    assert lift.stage_on(date(2030, 1, 1)) == "after"
    assert registry.accounts["main"].role == "main"
    assert registry.sources["board"].pace.delay == 0


@pytest.mark.parametrize(
    ("policies", "line", "words"),
    [
        ('[[policy]]\nid = "a"\nname = "甲"\ncolour = "red"\n', 4, "没有这个键"),
        ('[[policy]]\nid = "a"\n', 1, "缺少这一项"),
        ('[[policy]]\nid = "a"\nname = 5\n', 3, "应当是文字"),
        ('[[policy]]\nid = "大写"\nname = "甲"\n', 2, "id"),
        ('[[policy]]\nid = "a"\nname = "甲"\naliases = ["梯"]\n', 4, "aliases"),
        ('[[policy]]\nid = "a"\nname = "甲"\nbefore = { from = 2026-13-01 }\n', 4, "TOML 写法有误"),
        ('[[policy]]\nid = "a"\nname = "甲"\nbefore = { from = "soon" }\n', 4, "不是日期"),
        ('[[policy]]\nid = "a"\nname = "甲"\nbefore = { from = 2026-02-01, until = 2026-01-01 }\n', 4, "必须晚于"),
        (
            '\n[[policy]]\nid = "a"\nname = "甲"\nbefore = { from = 2026-01-01 }\nduring = { from = 2026-02-01 }\n',
            2,
            "要写 until",
        ),
        ('[[policy]]\nid = "a"\nname = "甲"\n[[policy]]\nid = "a"\nname = "乙"\n', 5, "已经用过"),
        ('[policy]\nid = "a"\n', 1, "两层方括号"),
        ('[[policies]]\nid = "a"\n', 1, "没有这一项"),
        ('[[policy]]\nid = "a"\nname = "甲\n', 3, "TOML 写法有误"),
        ("notice = 5\n", 1, "应当是文字"),
    ],
)
def test_a_wrong_policy_is_named_with_its_line(tmp_path: Path, policies: str, line: int, words: str) -> None:
    sentence = complaint(tmp_path, policies=policies)
    assert f"policies.toml 第 {line} 行" in sentence
    assert words in sentence
    assert "\n" not in sentence


def test_overlapping_stages_say_which_day_to_write(tmp_path: Path) -> None:
    sentence = complaint(tmp_path, policies=POLICIES.replace("until = 2026-07-01", "until = 2026-07-05"))
    assert "before（到 2026-07-05）与 during（从 2026-07-01）重叠" in sentence
    assert "改成 2026-07-01 或更早" in sentence


@pytest.mark.parametrize(
    ("sources", "line", "words"),
    [
        (SOURCE + 'policies = ["nothing"]\n', 9, "没有 id 为“nothing”的政策，已有：lift"),
        (SOURCE + 'account = "nobody"\n', 9, "没有 id 为“nobody”的账号，已有：main"),
        (SOURCE + 'schedule = "every day"\n', 9, "不是 cron 写法"),
        (SOURCE + 'schedule = "61 6 * * *"\n', 9, "不是 cron 写法"),
        (SOURCE + 'schedule = "0 6 31 2 *"\n', 9, "那一天不存在"),
        (
            SOURCE.replace("delay = 0", 'hours = "22-06"') + 'schedule = "0 6-21 * * *"\n',
            1,
            "不在 pace.hours（22-06）之内",
        ),
        (SOURCE + 'since = "yesterday"\n', 9, "不是日期"),
        ('[[source]]\nid = "b"\nplatform = "liuyan"\nenabled = true\n', 1, "影响评估"),
        ('[[source]]\nid = "b"\nplatform = "liuyan"\npace = { delay = -1 }\n', 4, "pace.delay"),
        (SOURCE + SOURCE, 10, "已经用过"),
    ],
)
def test_a_wrong_source_is_named_with_its_line(tmp_path: Path, sources: str, line: int, words: str) -> None:
    sentence = complaint(tmp_path, policies=POLICIES, accounts=ACCOUNT, sources=sources)
    assert f"sources.toml 第 {line} 行" in sentence
    assert words in sentence


@pytest.mark.parametrize(
    ("accounts", "words"),
    [
        (ACCOUNT + 'role = "sub"\n', "要写 parent"),
        (ACCOUNT + 'role = "sub"\nparent = "other"\n', "没有 id 为“other”的账号"),
        (ACCOUNT + "opened = 2020-05-01\nstopped = 2020-04-01\n", "早于 opened"),
        (ACCOUNT + 'services = [{ name = "挂号", kind = "buy", url = "https://a.cn" }]\n', "services.kind"),
    ],
)
def test_a_wrong_account_is_named(tmp_path: Path, accounts: str, words: str) -> None:
    sentence = complaint(tmp_path, accounts=accounts)
    assert "accounts.toml 第" in sentence
    assert words in sentence


def test_a_file_in_another_encoding_names_the_line(tmp_path: Path) -> None:
    sentence = complaint(tmp_path, policies=b'[[policy]]\nid = "a"\n' + 'name = "电梯"\n'.encode("gbk"))
    assert "policies.toml 第 3 行：不是 UTF-8 编码" in sentence


def test_a_huge_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    write(tmp_path)
    with (tmp_path / "policies.toml").open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    with pytest.raises(WrongUse, match="有 100 MB，登记文件不应超过 4 MB"):
        load_registry(tmp_path)


def test_a_nesting_bomb_is_refused(tmp_path: Path) -> None:
    sentence = complaint(tmp_path, policies="notice = " + "[" * 200_000)
    assert "policies.toml 第 1 行：括号套得太深" in sentence


def test_a_missing_file_says_how_to_begin(tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match="先运行 lianxin init"):
        load_registry(tmp_path)


def test_the_example_files_are_a_right_and_empty_registry(tmp_path: Path) -> None:
    examples = Path(__file__).parents[3] / "crawler" / "registry" / "examples"
    registry = load_registry(examples)
    assert (len(registry.policies), len(registry.accounts), len(registry.sources)) == (0, 0, 0)


def test_the_example_files_are_right_when_their_examples_are_switched_on(tmp_path: Path) -> None:
    examples = Path(__file__).parents[3] / "crawler" / "registry" / "examples"
    for name in FILE_NAMES:
        lines = (examples / name).read_text(encoding="utf-8").splitlines()
        begin = next(number for number, line in enumerate(lines) if line.startswith("# [["))
        switched = [line.removeprefix("# ") if "=" in line or "[[" in line else line for line in lines[begin:]]
        (tmp_path / name).write_text("\n".join(switched).replace("https://…", "https://example.cn"), encoding="utf-8")
    registry = load_registry(tmp_path)
    assert list(registry.policies) == ["lift"]
    assert registry.sources["county-letters"].options == {"fid": 5001}


@given(st.text())
def test_any_text_is_read_or_refused_with_a_sentence(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("any") / "policies.toml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        RegistryFile(path, allowed=("policy",))
    except WrongUse as complaint:
        assert str(complaint).startswith(str(path))
