import re
import shlex
from dataclasses import replace
from math import isclose
from pathlib import Path

import pytest
from typer import Typer
from typer.testing import CliRunner

from bench.sizing import (
    GENERATIONS,
    LARGEST_HEAP_GB,
    LARGEST_SHARD_GB,
    LOW_WATERMARK,
    SHARD_DOCUMENTS,
    main,
    need,
    needs_table,
)

SIZES = [1, 1_000_000, 10_000_000, 70_000_000, 1_000_000_000, 20_000_000_000]


@pytest.mark.parametrize("documents", SIZES)
@pytest.mark.parametrize("document_bytes", [50, 650, 2_000])
def test_no_shard_is_larger_than_it_may_be(documents, document_bytes):
    found = need(documents, document_bytes, 0.06)
    assert found.shard_gb <= LARGEST_SHARD_GB
    assert documents / found.shards <= SHARD_DOCUMENTS
    assert isclose(found.shards * found.shard_gb, documents * document_bytes / 1e9)


@pytest.mark.parametrize("documents", SIZES)
@pytest.mark.parametrize("replicas", [0, 1, 2, 5])
def test_the_disks_hold_every_copy_of_both_generations_below_the_watermark(documents, replicas):
    found = need(documents, 650, 0.06, replicas)
    stored = documents * 650 / 1e9 * (1 + replicas) * GENERATIONS
    assert isclose(found.node_disk_gb * found.nodes * LOW_WATERMARK, stored)
    assert found.nodes > replicas
    assert found.nodes >= 3 or replicas == 0


@pytest.mark.parametrize("documents", SIZES)
def test_the_heap_is_half_of_the_memory_or_the_largest_there_is(documents):
    found = need(documents, 650, 0.06)
    assert found.heap_gb in (found.memory_gb / 2, LARGEST_HEAP_GB)


def test_a_billion_worked_by_hand():
    """650 GB in shards of 30: 22; two copies of two generations on disks 85 % full: 3,059 GB on three nodes."""
    found = need(1_000_000_000, 650, 0.06)
    assert (found.shards, found.nodes, found.node_cores, round(found.disk_gb)) == (22, 3, 8, 3059)
    assert isclose(found.body_seconds, 1000 / 22 * 0.06)


def test_one_copy_needs_one_node():
    assert need(1_000_000, 650, 0.06, replicas=0).nodes == 1


def test_the_table_has_a_column_for_each():
    found = need(10_000_000, 650, 0.06)
    lines = needs_table([found, replace(found, shards=7)]).splitlines()
    assert lines[0].count("10,000,000 documents") == 2
    assert "| number of shards | 1 | 7 |" in lines


def test_the_document_shows_what_its_command_prints():
    text = (Path(__file__).parents[2] / "docs" / "scale.md").read_text(encoding="utf-8")
    command, shown = re.search(r"`python -m bench\.sizing (.+?)`:\n\n((?:\|.*\n)+)", text).groups()
    application = Typer()
    application.command()(main)
    printed = CliRunner().invoke(application, shlex.split(command)).stdout
    assert printed.strip() == shown.strip()
