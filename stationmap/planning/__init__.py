"""For planners: who is not served, where, at what hour and for what. Tables and arrays in, frozen results out."""
