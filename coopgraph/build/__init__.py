"""From files to a snapshot that can be asked: read, derive, write beside the current one, swap."""
