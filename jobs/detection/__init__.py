"""Pure: a text goes in, mentions with their reasons come out."""
