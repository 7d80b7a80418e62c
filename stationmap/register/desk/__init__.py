"""What comes to the clerks, and what they put up: reports, confirmations, notices, events, photos."""
