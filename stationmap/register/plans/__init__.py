"""What planners keep: demand that was loaded, and runs with their question, inputs, progress and result."""
