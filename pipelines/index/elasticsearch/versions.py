"""Versions: in which generation and state a document was read, and that it is written only where it is still so."""

from collections.abc import Mapping

from pipelines.index.contract import Version
from pipelines.index.elasticsearch.bulk import Parcel, parcel
from pipelines.index.elasticsearch.generations import generation_of
from pipelines.index.elasticsearch.reading import Document


def read_as(document: Document) -> tuple[str, Version]:
    """The generation that a document was read from, and its version: that, sequence number and primary term."""
    generation = generation_of(str(document["_index"]))
    return generation, Version(f"{generation}:{document['_seq_no']}:{document['_primary_term']}")


def parcels(
    fits: Mapping[str, bytes], versions: Mapping[str, Version] | None, generation: str
) -> tuple[list[Parcel], list[str]]:
    """What to send, and ids of documents that were read from another generation than they would be written into."""
    if versions is None:
        return [parcel(identity, content) for identity, content in fits.items()], []
    sent, stale = [], []
    for identity, content in fits.items():
        if identity not in versions:
            sent.append(parcel(identity, content, "create"))
            continue
        read_from, _, state = versions[identity].partition(":")
        number, _, term = state.partition(":")
        if read_from == generation:
            sent.append(parcel(identity, content, if_seq_no=int(number), if_primary_term=int(term)))
        else:
            stale.append(identity)
    return sent, stale
