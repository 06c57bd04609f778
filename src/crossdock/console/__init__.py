"""The web console: pages for the desks, rendered here, that work without a script and better with one."""
