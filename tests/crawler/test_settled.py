"""Letters answered long ago are not asked for one by one again, and are not missing for that."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from crawler.town import letterbox
from crawler.town.corpus import Town, load_town
from crawler.town.server import Answered, Asked, TownServer, answering
from tests.installation import ASSESSED, Installation

TOWN = Town((), load_town().letters[:60])


def test_letters_answered_long_ago_are_left_alone(installation: Installation) -> None:
    asked_for: Counter[str] = Counter()
    answer = answering(TOWN)

    def counted(asked: Asked) -> Answered:
        asked_for[asked.path] += 1
        return answer(asked)

    with TownServer(counted) as server:
        options = f'options = {{ preset = "hunan", site = "{server.url}" }}\n'
        installation.write(f'[[source]]\nid = "box"\nplatform = "letterbox"\n{ASSESSED}{options}')
        assert installation.run("crawl", "box").code == 0
        first = asked_for[letterbox.DETAIL]
        for path in installation.data.glob("ledger.sqlite*"):
            path.unlink()
        asked_for.clear()
        ended = installation.run("crawl", "box")
    run = installation.runs()[-1]
    assert (ended.code, run.outcome, run.stored) == (0, "complete", 0), run.reason
    letters = [comment for comment in installation.comments() if comment.kind == "letter"]
    a_month_ago = datetime.now(UTC) - timedelta(days=30)
    due = [letter for letter in letters if letter.answered_at is None or letter.posted_at > a_month_ago]
    assert asked_for[letterbox.DETAIL] == len(due) < first == len(letters)
