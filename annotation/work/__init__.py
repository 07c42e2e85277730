"""Long acts as rows: claim, heartbeat, progress, events."""
