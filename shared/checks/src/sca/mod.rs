//! Dependencies: what a lockfile lists, which of it is known to be vulnerable, and the bill of materials.

mod advisories;
mod bulk;
mod cyclonedx;
mod inventory;
mod lockfile;
mod manifest;
mod matching;
mod maven;
mod npm;
mod osv;
mod pnpm;
mod versions;
mod yarn;

pub use advisories::{Advisories, Source};
pub use bulk::{Asked, BULK_PATH, asked};
pub use cyclonedx::cyclonedx;
pub(crate) use inventory::MAX_INVENTORY_BYTES;
pub use inventory::{Ecosystem, Inventory, MAX_LOCKFILE_BYTES, Package, UnreadableLockfile};
pub use lockfile::inventory;
pub use matching::{Vulnerable, vulnerable};
