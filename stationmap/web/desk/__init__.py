"""The planner's desk: who is not served, where, when and for what, on a map that answers while one drags."""
