"""One station for people: its page, its sign, and what workers say of it."""
