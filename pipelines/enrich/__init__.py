"""What a comment means: functions over a batch, one subject a file. Run at indexing and again at every rebuild."""
