"""Pages: arrangement only. Numbers come from measures, sentences from words."""
