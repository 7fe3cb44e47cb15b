"""The installation's own id: which data folder this is, whatever the machine or container it is used from is called."""

import secrets

from crawler.config import Config
from crawler.errors import on_disk
from pipelines.files import make_once


def installation_of(config: Config) -> str:
    """16 hexadecimal digits, made on first use; the same for all processes that share the data folder.

    Within one data folder only one process at a time builds an index (`feeding_lock.py`), so what an installation
    began earlier is not being built by another. Raises ServiceAway where the disk refuses.
    """
    path = config.installation_path
    with on_disk(path):
        if not path.exists():
            make_once(path, secrets.token_hex(8).encode())
        return path.read_text(encoding="ascii")
