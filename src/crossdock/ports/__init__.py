"""What we need from others, as small Protocols: `systems` (who we talk to), `memory` (what we remember), `runtime`."""
