"""Who we talk to: one folder per system, none aware of another. What they share is the HTTP client beside this file."""
