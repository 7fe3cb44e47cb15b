"""What happens to a comment: steps, journal, enrichment, index."""
