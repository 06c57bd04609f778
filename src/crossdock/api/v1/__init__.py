"""The HTTP API, version 1: for programs, with tokens. It calls what the command line and the console call."""
