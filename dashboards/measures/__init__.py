"""Numbers: (index, registry, scope, now) to frozen dataclasses. No Django, no Plotly.

`now` is an aware moment whose zone is the one in which days are counted.
"""
