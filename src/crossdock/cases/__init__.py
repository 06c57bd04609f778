"""What people act on: case kinds with their desk, cause and remedies, and what a decision says when it finds one."""
