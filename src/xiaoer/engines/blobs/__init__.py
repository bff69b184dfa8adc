"""Files by content hash: in a folder by default, in an S3-compatible store across hosts."""
