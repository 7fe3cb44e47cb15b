from datetime import date, datetime
from statistics import median

import pytest

from dashboards.measures.replies import replies
from dashboards.scope import Scope
from pipelines.documents import to_source
from pipelines.index.mapping import COMMENTS
from tests.dashboards.town import NOW, REGISTRY, ZONE, letter


def test_letters_are_counted_as_a_plain_count_counts_them(index, documents):
    letters = [document for document in documents if document.kind == "letter"]
    hours = [document.reply_hours for document in letters if document.reply_hours is not None]
    seen = replies(index, REGISTRY, Scope("lift"), NOW)
    assert (seen.letters, seen.answered, seen.waiting) == (len(letters), len(hours), len(letters) - len(hours))
    assert seen.median_hours == pytest.approx(median(hours))


def test_the_longest_waiting_comes_first_and_waits_until_the_newest_comment(index, documents):
    seen = replies(index, REGISTRY, Scope("lift"), NOW)
    oldest = min((one for one in documents if one.kind == "letter" and not one.replies), key=lambda one: one.posted_at)
    assert seen.as_of == date(2026, 9, 8)
    assert seen.longest[0].id == oldest.id
    assert seen.longest[0].days == (date(2026, 9, 8) - oldest.posted_at.astimezone(ZONE).date()).days
    assert [one.days for one in seen.longest] == sorted((one.days for one in seen.longest), reverse=True)


def test_a_letter_without_reply_waits(empty_index):
    empty_index.put(COMMENTS, [to_source(letter(1, datetime(2026, 6, 1, 8, tzinfo=ZONE), None))])
    seen = replies(empty_index, REGISTRY, Scope("lift"), NOW)
    assert (seen.letters, seen.answered, seen.waiting, seen.longest[0].days) == (1, 0, 1, 0)


def test_two_answers_give_no_median(empty_index):
    at = datetime(2026, 6, 1, 8, tzinfo=ZONE)
    empty_index.put(COMMENTS, [to_source(letter(number, at, 10.0 * number)) for number in (1, 2)])
    assert replies(empty_index, REGISTRY, Scope("lift"), NOW).median_hours is None


def test_an_even_number_of_answers_has_the_mean_of_the_middle_two(empty_index):
    at = datetime(2026, 6, 1, 8, tzinfo=ZONE)
    empty_index.put(
        COMMENTS, [to_source(letter(number, at, hours)) for number, hours in enumerate((1.0, 2.0, 5.0, 90.0))]
    )
    assert replies(empty_index, REGISTRY, Scope("lift"), NOW).median_hours == 3.5
