"""Why there is no server."""


class Unavailable(Exception):
    """No Elasticsearch can be started here; the message says what is missing or what its log said."""
