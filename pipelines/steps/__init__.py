"""Steps: what happens to every item before it is written, one verb a file: validate, clean, mask, record."""

from scrapy.exceptions import DropItem


class Rejected(DropItem):
    """An item that must not be stored. `reason` is a Chinese sentence for whoever mends it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
