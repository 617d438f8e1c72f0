"""Worker processes: one per kind (`compile`, `gpu`, `interpret`), spoken to in frames over stdin and stdout."""
