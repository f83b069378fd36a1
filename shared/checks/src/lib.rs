//! Checks of a source tree: facts are gathered first, and judged second without looking at a file again.
//!
//! What connect.yaml promises is compared with the tree: folders, package.json files, start scripts, shared modules, Node.js versions.

mod check;
mod check_image;
mod check_sca;
mod digest;
mod endpoints;
mod entries;
mod env_file;
mod evidence;
mod facts;
mod files;
mod finding;
mod guard;
pub mod image;
mod judge;
mod package;
mod parts;
pub mod policy;
mod sarif;
pub mod sast;
pub mod sca;
pub mod secrets;
mod spec;
mod suppression;
mod worst;

pub use check::{Ask, CheckResult, Ended, Judged, SourceChecks, Terms, check, check_changed};
pub use check_image::{Bundle, check_image};
pub use digest::{digest, version};
pub use entries::{entries, sentence, title};
pub use env_file::RULE as ENV_FILE;
pub use evidence::evidence;
pub use facts::{ApplicationFacts, Folder, TreeFacts, gather};
pub use files::{Files, SourceFile, Unread, files};
pub use finding::{Check, Finding, Place, Severity};
pub use judge::judge;
pub use package::{LocalDependency, MAX_PACKAGE_BYTES, Package, PackageFile};
pub use parts::{Memory, Seen};
pub use policy::Policy;
pub use sarif::sarif;
pub use spec::{SpecCheck, check_spec};
pub use worst::{MAX_FINDINGS, More};
