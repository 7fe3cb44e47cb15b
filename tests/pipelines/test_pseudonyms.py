"""Pseudonyms and their key, and the province as the finest place."""

import os
import stat
import subprocess
import sys

import pytest

from crawler.errors import Trouble
from pipelines.masking.provinces import province
from pipelines.masking.pseudonyms import Pseudonyms, read_or_make_key

KEY = bytes(range(32))


def test_a_pseudonym_is_the_keyed_digest_of_platform_and_author():
    # printf 'weibo\0楼上的猫' | openssl dgst -sha256 -mac HMAC -macopt hexkey:000102…1f
    assert Pseudonyms(KEY).of("weibo", "楼上的猫") == "~7193226efd93033f6920"


def test_platform_author_and_key_all_matter():
    names = Pseudonyms(KEY)
    assert (
        len(
            {
                names.of("weibo", "甲"),
                names.of("liuyan", "甲"),
                names.of("weibo", "乙"),
                Pseudonyms(KEY[::-1]).of("weibo", "甲"),
            }
        )
        == 4
    )


def test_a_pseudonym_passes_unchanged():
    names = Pseudonyms(KEY)
    once = names.of("weibo", "甲")
    assert names.of("weibo", once) == once
    assert names.of("weibo", "~abc") != "~abc"


@pytest.mark.parametrize(
    "nobody", [None, "", "  ", "匿名", "匿名网友", "匿名用户", "Anonymous", "游客", "网友", "陈***"]
)
def test_nobody_has_no_pseudonym(nobody):
    assert Pseudonyms(KEY).of("liuyan", nobody) is None


def test_the_key_does_not_show_in_messages():
    assert "x01" not in repr(Pseudonyms(KEY))


def test_a_key_is_made_once_for_the_owner_alone(tmp_path):
    path = tmp_path / "new" / "pseudonym.key"
    key = read_or_make_key(path)
    assert len(key) == 32
    assert read_or_make_key(path) == key
    assert [entry.name for entry in path.parent.iterdir()] == ["pseudonym.key"]
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_processes_that_start_at_once_agree_on_the_key(tmp_path):
    script = (
        "import pathlib, sys; from pipelines.masking.pseudonyms import read_or_make_key;"
        "sys.stdin.readline(); print(read_or_make_key(pathlib.Path(sys.argv[1])).hex())"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "pseudonym.key")]
    processes = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(6)]
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    assert len({process.communicate()[0] for process in processes}) == 1
    assert {process.returncode for process in processes} == {0}


@pytest.mark.parametrize("content", ["", "\n", "abc", "0" * 63, "z" * 64, "字" * 64])
def test_an_incomplete_key_is_refused_with_what_to_do(tmp_path, content):
    path = tmp_path / "pseudonym.key"
    path.write_text(content, encoding="utf-8")
    path.chmod(0o600)
    with pytest.raises(Trouble, match=r"密钥文件.*。$"):
        read_or_make_key(path)


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
def test_a_key_that_others_can_read_is_refused(tmp_path):
    path = tmp_path / "pseudonym.key"
    path.write_text("0" * 64)
    path.chmod(0o644)
    with pytest.raises(Trouble, match=f"chmod 600 {path}"):
        read_or_make_key(path)


def test_a_key_in_an_impossible_place_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(Trouble, match="请检查它和所在文件夹的权限"):
        read_or_make_key(tmp_path / "file" / "pseudonym.key")


@pytest.mark.parametrize(
    ("place", "short"),
    [
        ("发布于 广西壮族自治区 钦州市", "广西"),
        (" 广西壮族自治区 钦州市", "广西"),
        ("来自上海", "上海"),
        ("来自 陕西", "陕西"),
        ("IP属地：内蒙古", "内蒙古"),
        ("IP 属地上海", "上海"),
        ("中国 广东 广州", "广东"),
        ("北京市", "北京"),
        ("海南藏族自治州", None),
        ("来自美国", None),
        ("钦州", None),
        ("", None),
        (None, None),
    ],
)
def test_a_place_is_cut_to_the_province(place, short):
    assert province(place) == short
