"""Logs: where an error was and which, never what it says."""

import logging
import os
import subprocess
import sys

from crawler.logs import DiscreetRecord
from crawler.town.server import TownServer, answering
from tests.installation import CONTACT, Installation
from tests.servers.village import VILLAGE

BREAKING = """
from crawler.platforms import liuyan
from lianxin.cli import main

def broken(body):
    try:
        int("王建国")
    except ValueError as error:
        raise KeyError("13912345678") from error

liuyan.parse_list = broken
main()
"""


def test_an_error_is_told_without_its_words() -> None:
    try:
        try:
            int("王建国")
        except ValueError as error:
            raise KeyError("13912345678") from error
    except KeyError as error:
        record = DiscreetRecord("a", logging.ERROR, __file__, 1, "broke", (), (KeyError, error, error.__traceback__))
    text = logging.Formatter("%(message)s").format(record)
    assert (text.count("test_logs.py"), "\nValueError" in text, text.endswith("\nKeyError")) == (2, True, True), text
    assert ("王建国" in text.replace('int("王建国")', ""), "'13912345678'" in text) == (False, False), text


def test_a_parser_that_breaks_writes_nobody_to_the_log(installation: Installation) -> None:
    with TownServer(answering(VILLAGE)) as server:
        installation.write_board(server.url)
        ended = subprocess.run(
            [sys.executable, "-c", BREAKING, "crawl", "board"],
            capture_output=True, encoding="utf-8", timeout=300, check=False,
            env={**os.environ, **CONTACT, "LIANXIN_DATA": str(installation.data), "PYTHONUTF8": "1"},
        )  # fmt: skip
    log = (installation.data / "logs" / "crawl.log").read_text(encoding="utf-8")
    assert ("解析出错（KeyError）" in ended.stdout, "KeyError" in log) == (True, True), (
        ended.stdout + ended.stderr + log
    )
    assert ("王建国" in log, "13912345678" in log) == (False, False), log
