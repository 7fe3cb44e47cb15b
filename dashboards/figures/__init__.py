"""Drawings: measures to Plotly dictionaries and to plain SVG. One theme; no plotly at run time."""
