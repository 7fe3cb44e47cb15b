"""Template filters: the words of `dashboards.words`, and drawings made of a few rectangles."""
