//! Manners of work: load, run, commit with the outbox, deliver.
