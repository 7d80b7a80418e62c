"""The vocabulary, the records, and the tables that every floor above speaks in."""
