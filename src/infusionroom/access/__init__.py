"""Who may come in over SSH: keys bound to people, what a key may ask for, and what is wrong with an installation."""
