"""What of the board's answers may be kept, by the names in them; of a letter's own page its text."""

from crawler.evidence import Fields

FIELDS = Fields(
    people=frozenset({"userId", "nickName"}),
    places=frozenset({"from"}),
    facts=frozenset({"result", "code", "tid", "fid", "lastItem", "dateline", "answerId", "answerDateline", "favNum"}),
    words=frozenset({"subject", "content", "answerContent", "answerOrganization", "organization", "forumName"})
    | {"typeName", "domainName", "stateInfo", "resultDesc", "msg"},
    pages=".content",
)
