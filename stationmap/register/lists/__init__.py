"""What a list says: which column carries what, what its cells mean, where its rows lie, what is wrong in it."""
