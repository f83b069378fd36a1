//! What the engine holds: one table, queues with their dead letters, buckets. The names are the caller's.

/// Everything that [`Engine::open`](super::Engine::open) creates where it is missing.
#[derive(Clone, Debug)]
pub struct Layout {
    /// The table of the rows.
    pub table: TableLayout,
    /// The queues.
    pub queues: Vec<QueueLayout>,
    /// The buckets of the blobs.
    pub buckets: Vec<String>,
}

/// A table whose keys and index keys are strings; every index holds whole items.
#[derive(Clone, Debug)]
pub struct TableLayout {
    /// Its name.
    pub name: String,
    /// The attribute of the partition key.
    pub partition_key: String,
    /// The attribute of the sort key.
    pub sort_key: String,
    /// The global secondary indexes.
    pub indexes: Vec<IndexLayout>,
    /// The attribute that holds the end of a row's life, in seconds since 1970.
    pub expires_at: String,
}

/// A global secondary index.
#[derive(Clone, Debug)]
pub struct IndexLayout {
    /// Its name.
    pub name: String,
    /// The attribute of its partition key.
    pub partition_key: String,
    /// The attribute of its sort key.
    pub sort_key: String,
}

/// A standard queue; its dead letters go to a queue of their own.
#[derive(Clone, Debug)]
pub struct QueueLayout {
    /// Its name.
    pub name: String,
    /// How long a received message is hidden from other receivers, in seconds (0 to 43 200).
    pub visibility_seconds: u32,
    /// How often a message is received before it goes to the dead letters (1 to 1000).
    pub max_receives: u32,
}

impl QueueLayout {
    /// The name of the queue of its dead letters.
    pub fn dead_letters(&self) -> String {
        format!("{}-dead-letters", self.name)
    }
}
