"""The recipe: another mood model is another recipe."""

import json
from pathlib import Path

import pytest

from crawler.config import Config
from crawler.errors import WrongUse
from crawler.registry import Registry
from pipelines.recipe import recipe_of
from sentiment.handling import RULES

NOTHING = Registry({}, {}, {})


def test_a_model_of_ones_own_is_in_the_recipe_by_its_id(tmp_path: Path):
    about = {"id": "policy-a", "handling": RULES, "calibration": {"mood": [1, 0], "neutral": [0, 1, 0]}, "files": {}}
    (tmp_path / "model.json").write_text(json.dumps(about))
    recipes = {recipe_of(NOTHING, Config(sentiment=model)) for model in ("policy", "snownlp", tmp_path)}
    assert len(recipes) == 3
    (tmp_path / "model.json").write_text(json.dumps(about | {"id": "policy-b"}))
    assert recipe_of(NOTHING, Config(sentiment=tmp_path)) not in recipes


def test_a_folder_that_is_no_model_is_named(tmp_path: Path):
    with pytest.raises(WrongUse, match="没有这个程序能用的模型"):
        recipe_of(NOTHING, Config(sentiment=tmp_path))
