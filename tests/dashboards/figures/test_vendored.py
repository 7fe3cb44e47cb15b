import hashlib
import re
from pathlib import Path

from plotly.offline import get_plotlyjs_version

import dashboards

FOLDER = Path(dashboards.__file__).parent / "static" / "dashboards" / "vendor"


def test_the_served_plotly_is_the_one_that_the_wheel_is_made_for():
    version = get_plotlyjs_version()
    (script,) = FOLDER.glob("plotly-basic-*.min.js")
    assert script.name == f"plotly-basic-{version}.min.js"
    assert f"plotly.js (basic - minified) v{version}" in script.read_text(encoding="utf-8")[:200]


def test_vendored_files_are_what_the_list_says():
    rows = re.findall(r"^\| (\S+) \|[^|]*\|[^|]*\| ([0-9a-f]{64}) \|", (FOLDER / "VENDORED.md").read_text(), re.M)
    assert rows
    for name, checksum in rows:
        assert hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() == checksum


def test_vendored_files_carry_their_licence():
    assert "MIT" in (FOLDER / "plotly-LICENSE.txt").read_text()
