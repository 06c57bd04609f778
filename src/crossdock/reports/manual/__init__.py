"""A manual as plain values, and its writers: a page, Markdown, JSON. What it says is made elsewhere."""
