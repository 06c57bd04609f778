"""What we remember: named SQL, numbered migrations, and thin gateways that do no thinking of their own."""
