"""What we talk about: frozen values in the trade's words. Nothing here reads a clock, a network or a database."""
