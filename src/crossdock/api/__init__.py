"""The HTTP door: webhooks in, health out."""
