//! The embedded engine as its users meet it: through the AWS SDK clients.

mod blobs;
mod folder;
mod lists;
mod messages;
mod rows;

use slipway::engine::{Engine, IndexLayout, Layout, QueueLayout, TableLayout};
use tempfile::TempDir;

/// A table, a queue and a bucket as the platform's own.
fn layout() -> Layout {
    let index = |name: &str| IndexLayout {
        name: name.into(),
        partition_key: format!("{name}pk"),
        sort_key: format!("{name}sk"),
    };
    Layout {
        table: TableLayout {
            name: "rows".into(),
            partition_key: "pk".into(),
            sort_key: "sk".into(),
            indexes: vec![index("gsi1"), index("gsi2")],
            expires_at: "expires_at".into(),
        },
        queues: vec![QueueLayout {
            name: "work".into(),
            visibility_seconds: 30,
            max_receives: 2,
        }],
        buckets: vec!["artifacts".into()],
    }
}

/// An engine in memory; its blobs go with the folder.
async fn in_memory() -> (Engine, TempDir) {
    let blobs = tempfile::tempdir().unwrap();
    let engine = Engine::in_memory(blobs.path(), &layout()).await.unwrap();
    (engine, blobs)
}
