"""What we conclude: pure functions over plain values. No clock, no network, no database, no log."""
