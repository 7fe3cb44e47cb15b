"""Evidence: what platforms answered is kept, masked, and read once more. `crawler/evidence.py` has the file."""

from pipelines.steps import STEPS

KEEPING = {"pipelines.evidence.keeping.Keeping": 40}
"""What stands between spider and network and keeps what is answered, as Scrapy wants it: before the guard, so that it
sees each answer as the spider gets it."""

REPLAYING = {"crawler.middlewares.replay.Replay": 10}
"""What answers in place of the network."""

STEPS_AGAIN = {name: place for name, place in STEPS.items() if not name.endswith(".Record")} | {
    "pipelines.evidence.settling.RecordAgain": 900
}
"""The steps of a replay."""
