"""How a comment feels. Imports none of the other packages."""
