"""What an infusion room is: events, commands, decide, evolve, and everything that follows from them.

Pure: no input or output, no clock of its own, nothing random. Every function that needs the time is given it.
Records are msgspec structs and not pydantic models: they must be loaded before the first paint of the board,
where pydantic and its seventy models cost as much again as Textual itself.
"""
