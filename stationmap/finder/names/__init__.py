"""Places by name: stations, addresses, areas and streets by Chinese, pinyin, initials or with a typo."""
