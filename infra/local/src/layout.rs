//! What the embedded engine creates follows from the catalogue and the store's key names: there is no second list.

use functions::catalogue::WORKERS;
use store::keys;

use crate::engine::{IndexLayout, Layout, QueueLayout, TableLayout};

/// The table's name.
pub(crate) const TABLE: &str = "slipway";
/// The bucket's name.
pub(crate) const BUCKET: &str = "slipway";

/// Table, queues and bucket of an installation.
#[must_use]
pub(crate) fn layout() -> Layout {
    let index = |name: &str| IndexLayout {
        name: name.to_owned(),
        partition_key: format!("{name}pk"),
        sort_key: format!("{name}sk"),
    };
    let queue = |worker: &functions::catalogue::Worker| QueueLayout {
        name: worker.name.to_owned(),
        visibility_seconds: u32::try_from(6 * worker.timeout.as_secs()).unwrap_or(u32::MAX),
        // A run counts its own faults, to three; the queue gives up only on a message that never reaches its run.
        max_receives: 10,
    };
    Layout {
        table: TableLayout {
            name: TABLE.to_owned(),
            partition_key: keys::PARTITION.to_owned(),
            sort_key: keys::SORT.to_owned(),
            indexes: vec![index(keys::LISTS), index(keys::QUEUES)],
            expires_at: keys::EXPIRES.to_owned(),
        },
        queues: WORKERS.iter().map(queue).collect(),
        buckets: vec![BUCKET.to_owned()],
    }
}
