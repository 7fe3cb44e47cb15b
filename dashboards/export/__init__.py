"""A policy's feedback as a file, from the same measures as the pages."""

from dashboards.export.csv_file import feedback_csv
from dashboards.export.html_file import feedback_html
from dashboards.export.writing import FORMATS, export_policy

__all__ = ["FORMATS", "export_policy", "feedback_csv", "feedback_html"]
