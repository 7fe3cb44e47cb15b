"""What a source says of its letterbox in `sources.toml`."""

from collections.abc import Mapping

from pydantic import AnyHttpUrl, model_validator

from crawler.errors import WrongUse
from crawler.platforms.base import Options
from crawler.platforms.letterbox.preset import read_preset


class LetterboxOptions(Options):
    """`preset` is the name of one that comes with the program, or a file of one's own.

    `parameters` are the preset's, such as the number of a board; `site` is another address of the same board.
    """

    preset: str
    parameters: Mapping[str, str] = {}
    site: AnyHttpUrl | None = None

    @model_validator(mode="after")
    def _known_to_the_preset(self) -> "LetterboxOptions":
        try:
            known = read_preset(self.preset).parameters
        except WrongUse as error:
            raise ValueError(str(error).rstrip("。")) from error
        for name in self.parameters:
            if name not in known:
                raise ValueError(f"预设 {self.preset} 没有“{name}”这个参数，可以写 {'、'.join(known) or '的没有'}")
        for name, value in known.items():
            if not (value or self.parameters.get(name)):
                raise ValueError(f'预设 {self.preset} 要写 parameters = {{ {name} = "…" }}')
        return self
