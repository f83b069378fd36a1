//! Checks of a source tree: facts are gathered first, and judged second without looking at a file again.
//!
//! What connect.yaml promises is compared with the tree: folders, package.json files, start scripts, shared modules, Node.js versions.

mod evidence;
mod facts;
mod judge;
mod package;

pub use evidence::evidence;
pub use facts::{ApplicationFacts, Folder, TreeFacts, gather};
pub use judge::judge;
pub use package::{LocalDependency, MAX_PACKAGE_BYTES, Package, PackageFile};
