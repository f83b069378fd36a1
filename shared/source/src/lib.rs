//! Git: resolves a tag, reads a file, fetches a commit.
