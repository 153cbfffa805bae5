"""The command line: one small module for each group of commands, and one way in which they end."""
