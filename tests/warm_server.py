"""A process that has the libraries loaded and becomes the command whenever it is asked to: `lianxin` without the wait.

Half of a command's time is the import of other people's modules. Here they are imported once; each command is a fork
that gets its arguments, environment, folder and files, and then runs `python -m lianxin` as any other process would:
the project's own modules are read anew. `python -m tests.warm_server SOCKET` serves until it is killed.
"""

import array
import json
import os
import random
import runpy
import signal
import socket
import sys
import time
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path

LIBRARIES = (
    "apscheduler.triggers.cron",
    "elasticsearch",
    "numpy.typing",
    "opencc",
    "platformdirs",
    "orjson",
    "parsel",
    "protego",
    "pydantic_settings",
    "pyjson5",
    "regex",
    "rich.console",
    "rich.progress",
    "rich.table",
    "scrapy.core.downloader.handlers.http11",
    "scrapy.core.scraper",
    "scrapy.crawler",
    "scrapy.downloadermiddlewares.httpcache",
    "scrapy.downloadermiddlewares.httpcompression",
    "scrapy.downloadermiddlewares.redirect",
    "scrapy.downloadermiddlewares.retry",
    "scrapy.downloadermiddlewares.robotstxt",
    "scrapy.pqueues",
    "scrapy.spidermiddlewares.referer",
    "scrapy.squeues",
    "service_identity",
    "tantivy",
    "tldextract",
    "twisted.web.client",
    "twisted.internet.asyncioreactor",  # not twisted.internet.reactor: that is chosen at its first import
    "typer",
)
_LARGEST = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Command:
    """What a process of the command is given: arguments, environment and folder; its files go beside."""

    arguments: list[str]
    environment: dict[str, str]
    folder: str


def ask(server: Path, command: Command, out: int, err: int, timeout: float) -> int:
    """Run a command and give its exit code; negative for a signal, as `subprocess` has it.

    `out` and `err` are open files. Raises TimeoutError, when the command is killed.
    """
    with socket.socket(socket.AF_UNIX) as asking:
        asking.connect(str(server))
        text = json.dumps(asdict(command)).encode()
        files = array.array("i", [out, err])
        asking.sendmsg([len(text).to_bytes(4)], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, files)])
        asking.sendall(text)
        told = asking.makefile("r")
        process = int(told.readline())
        asking.settimeout(timeout)
        try:
            return int(told.readline())
        except TimeoutError:
            os.kill(process, signal.SIGKILL)
            raise


def serve(listener: socket.socket) -> Command:
    """Fork for whoever asks. Comes back in the process that is to be the command, its files in place."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those who wait
    while True:
        asked, _ = listener.accept()
        if os.fork():
            asked.close()
            continue
        listener.close()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        command, files = _read(asked)
        process = os.fork()
        if process:
            asked.sendall(f"{process}\n".encode())
            _, status = os.waitpid(process, 0)
            asked.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())
            os._exit(0)
        asked.close()
        with Path(os.devnull).open() as nothing:
            for number, file in enumerate((nothing.fileno(), *files)):
                os.dup2(file, number)
        for file in files:
            os.close(file)
        return command


def _read(asked: socket.socket) -> tuple[Command, list[int]]:
    length, passed, _, _ = asked.recvmsg(4, socket.CMSG_SPACE(2 * array.array("i").itemsize))
    files = array.array("i")
    files.frombytes(passed[0][2])
    text = asked.makefile("rb").read(int.from_bytes(length))
    return Command(**json.loads(text)), list(files)


def become(command: Command) -> None:
    """Take on what a new process of the command would have."""
    os.environ.clear()
    os.environ.update(command.environment)
    time.tzset()
    os.chdir(command.folder)
    sys.argv = ["lianxin", *command.arguments]
    random.seed()


if __name__ == "__main__":
    for library in LIBRARIES:
        import_module(library)
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(sys.argv[1])
        made.listen()
        asked_for = serve(made)
    become(asked_for)
    runpy.run_module("lianxin", run_name="__main__", alter_sys=True)
