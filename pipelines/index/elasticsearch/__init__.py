"""The index on an Elasticsearch, for more than one machine can hold."""
