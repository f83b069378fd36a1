//! Rows: keys, items, transactions, outbox.
