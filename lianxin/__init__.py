"""The front door: the `lianxin` command. Nobody imports it."""
