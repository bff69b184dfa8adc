"""The invented group 和光百货集团: believable enough to answer from, owned by nobody."""
