"""WHEN: free text, calendar, opening."""
