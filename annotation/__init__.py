"""The way of a case, room by room: from received to released."""
