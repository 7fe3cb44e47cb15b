"""Steps: what happens to every item before it is written, one verb a file: validate, clean, mask, record."""

from scrapy.exceptions import DropItem

STEPS = {
    "pipelines.steps.validate.Validate": 100,
    "pipelines.steps.clean.Clean": 200,
    "pipelines.steps.mask.Mask": 300,
    "pipelines.steps.record.Record": 900,
}
"""The steps in order, as Scrapy wants them. Before 300 an item is raw: nothing may be written there."""


class Rejected(DropItem):
    """An item that must not be stored. `reason` is a Chinese sentence for whoever mends it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
