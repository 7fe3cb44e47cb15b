"""Reading: pure functions from what platforms send (bytes, HTML, times, counts) to plain values. No network."""
