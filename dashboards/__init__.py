"""What it means: measures, drawings, pages, exports."""
