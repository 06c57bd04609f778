"""Who meets whom: the only room that knows every concrete class."""
