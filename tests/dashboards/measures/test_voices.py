from dashboards.measures.voices import Voice, voices
from dashboards.scope import Scope
from pipelines.documents import to_source
from pipelines.index.mapping import COMMENTS
from tests.dashboards.town import NOW, REGISTRY, comment, letter


def test_each_stage_shows_its_most_liked(index, documents):
    seen = voices(index, REGISTRY, Scope("lift"), NOW)
    assert list(seen) == ["before", "during", "after"]
    for stage, chosen in seen.items():
        own = [document for document in documents if f"lift:{stage}" in document.policy_stages]
        ranked = sorted(own, key=lambda one: (-one.likes, one.id))
        assert [voice.id for voice in chosen] == [one.id for one in ranked[:3]]


def test_a_voice_has_no_author():
    assert "author" not in Voice.__slots__


def test_what_was_erased_is_not_shown(empty_index):
    liked = comment(1, NOW, likes=900, erased=True)
    empty_index.put(COMMENTS, [to_source(liked), to_source(comment(2, NOW, likes=None))])
    assert [voice.id for voice in voices(empty_index, REGISTRY, Scope("lift"), NOW)["after"]] == ["isso:00002"]


def test_an_official_reply_stands_under_its_letter(empty_index):
    empty_index.put(COMMENTS, [to_source(letter(1, NOW, 5.0))])
    (voice,) = voices(empty_index, REGISTRY, Scope("lift"), NOW)["after"]
    assert [answer.unit for answer in voice.answers] == ["示例县住房和城乡建设局"]
