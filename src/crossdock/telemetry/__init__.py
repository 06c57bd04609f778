"""What can be seen of the work from outside: one id through all of it, figures, and traces. It decides nothing."""
