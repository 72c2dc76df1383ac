"""Orders, told to those who listen."""
