"""What we need from others, as small Protocols: `systems` (who we talk to), the books (what we remember; the store
implements them, and the flows know nothing of tables), `runtime`."""
