"""The embedded engine: answers the dialect from tantivy folders on this machine, with no server."""
