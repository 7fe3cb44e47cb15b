"""Config: where things lie and how this installation is set. The only reader of the environment."""

import re
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from crawler.addresses import shown_address
from crawler.errors import WrongUse
from crawler.zones import zone_named

_CONTACT = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+|https?://[!-~]+", re.ASCII)

MOST_EVIDENCE_DAYS = 90
"""Evidence is there to mend parsers, not to be a second journal."""


class Config(BaseSettings):
    """One installation. Every field is also an environment variable `LIANXIN_<FIELD>`.

    data      the folder that holds registry files, journal, ledger, embedded index and key
    index     `local` for the embedded engine, or the address of an Elasticsearch, a user's name in it if it wants one
    index_password_file, index_key_file, index_ca_file
              where the Elasticsearch wants them: files with that user's password, or an API key instead of both, and
              the certificate of the authority that signed the server's
    key_file  the key for pseudonyms; made on first use with mode 0600
    tz        the zone in which days, stages and deadlines are counted
    contact   how the owner of a site that is read can reach us: a mail or web address; nothing is crawled without
    browser   path of Chromium, where a page needs a browser
    sentiment the model that judges moods: `policy`, which knows policy talk, `snownlp` as it comes, or the folder of a
              model that `lianxin sentiment train` wrote
    evidence_days  for how many days what platforms answered is kept, masked, to be read again; 0 keeps nothing
    """

    model_config = SettingsConfigDict(env_prefix="LIANXIN_", frozen=True, extra="forbid")

    data: Path = Path("data")
    index: str = "local"
    index_password_file: Path | None = None
    index_key_file: Path | None = None
    index_ca_file: Path | None = None
    key_file: Path | None = None
    tz: str = "Asia/Shanghai"
    contact: str = ""
    browser: Path | None = None
    sentiment: Literal["policy", "snownlp"] | Path = "policy"
    evidence_days: int = 7

    @field_validator("evidence_days", mode="before")
    @classmethod
    def _days_are_few(cls, days: object) -> object:
        if not (str(days).isascii() and str(days).isdigit() and int(str(days)) <= MOST_EVIDENCE_DAYS):
            raise ValueError(f"应写 0 到 {MOST_EVIDENCE_DAYS} 的整数，0 就是不留")
        return days

    @field_validator("data")
    @classmethod
    def _data_is_a_folder(cls, folder: Path) -> Path:
        if folder.exists() and not folder.is_dir():
            raise ValueError(f"{folder} 是一个文件，这里要写文件夹")
        return folder

    @field_validator("tz")
    @classmethod
    def _zone_exists(cls, name: str) -> str:
        return zone_named(name).key

    @field_validator("sentiment", mode="before")
    @classmethod
    def _model_is_known(cls, name: object) -> object:
        if name in {"policy", "snownlp"}:
            return name
        if not Path(str(name)).is_dir():
            raise ValueError("应写 policy、snownlp，或 lianxin sentiment train 写的模型文件夹")
        return Path(str(name)).absolute()

    @field_validator("contact")
    @classmethod
    def _contact_is_an_address(cls, contact: str) -> str:
        if contact and not _CONTACT.fullmatch(contact):
            raise ValueError("应写一个邮箱（如 yuqing@example.gov.cn），或以 http:// 或 https:// 开头的网址")
        return contact

    @field_validator("index")
    @classmethod
    def _index_is_local_or_address(cls, url: str) -> str:
        if url != "local":
            try:
                shown_address(url)
            except ValueError as error:
                raise ValueError(f"应写 local 或 Elasticsearch 的地址；这里写的{error}") from error
        return url

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which days are counted."""
        return zone_named(self.tz)

    @property
    def key_path(self) -> Path:
        """Where the pseudonym key is, or will be made."""
        return self.key_file or self.data / "pseudonym.key"

    @property
    def installation_path(self) -> Path:
        """Where the installation's own id is, or will be made."""
        return self.data / "installation.id"

    @property
    def journal_folder(self) -> Path:
        """One file (segment) a writing process."""
        return self.data / "journal"

    @property
    def ledger_path(self) -> Path:
        """What is complete, what is missing (SQLite)."""
        return self.data / "ledger.sqlite"

    @property
    def index_folder(self) -> Path:
        """The embedded index."""
        return self.data / "index"

    @property
    def index_place(self) -> str:
        """`local`, or the index's address without user and password."""
        return self.index if self.index == "local" else shown_address(self.index)

    @property
    def stances_folder(self) -> Path:
        """What was taught of stances, made anew from the journal where it is missing."""
        return self.data / "stances"

    @property
    def evidence_folder(self) -> Path:
        """What platforms answered in the last days, masked, a file a crawl."""
        return self.data / "evidence"

    @property
    def rejected_folder(self) -> Path:
        """Items that were refused, masked, with the reason; can be mended and brought in again."""
        return self.data / "rejected"


def load_config(**overrides: object) -> Config:
    """Read the environment; keyword arguments win over it. Raises WrongUse with the variable's name."""
    try:
        return Config(**overrides)
    except ValidationError as error:
        name = "LIANXIN_" + "_".join(str(part) for part in error.errors()[0]["loc"]).upper()
        raise WrongUse(f"环境变量 {name} 不对：{_sentence(error)}。") from error


def with_index_at(
    config: Config, place: str, password_file: Path | None, key_file: Path | None, ca_file: Path | None
) -> Config:
    """The same installation with its index at another place.

    What the environment says of password, key and authority is of one Elasticsearch only: it goes for the other place
    where the index is `local` now. A file that is given goes before it. Raises WrongUse that names the option `--to`.
    """
    files = {"index_password_file": password_file, "index_key_file": key_file, "index_ca_file": ca_file}
    known = {name: file for name, file in files.items() if file or config.index != "local"}
    try:
        return Config(**(config.model_dump() | known | {"index": place}))
    except ValidationError as error:
        raise WrongUse(f"--to 不对：{_sentence(error)}。") from error


def _sentence(error: ValidationError) -> str:
    return str(error.errors()[0]["msg"]).removeprefix("Value error, ")
