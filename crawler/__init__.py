"""What we follow and what was said: the registry, the platforms, the runs. Imports none of the other packages."""
