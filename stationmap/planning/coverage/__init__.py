"""Coverage: who is served within reach, by area, by kind and service, and by the hour."""
