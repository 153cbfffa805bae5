"""Wording of the screen: a `Board` in, lines of styled text out. No Textual, no rich, no clock."""
