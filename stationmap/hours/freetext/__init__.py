"""The free text of opening hours: signs, words, phrases, and what they mean for the days of a week."""
