//! What connect.yaml says, or everything that is wrong with it: all findings at once, each with its place and what to do.
//!
//! The rules and the words of the messages are those of the official schema (contract, section 8.1), one line for each property where
//! that would list several in one; the hints and the limits below are ours. Stricter than the official schema on purpose: the application
//! type `unknown` (nothing can run it), cron expressions that pass there by accident, scopes that are not one name, YAML directives and foreign tags,
//! texts with a NUL, and the limits. Laxer: a quoted text may go on in a line that is indented too little, and cross-checks run on a file
//! that has other mistakes too.

mod across;
mod application;
mod configuration;
mod fields;
mod finding;
mod health_check;
mod locate;
mod model;
mod retry_policy;
mod scalar;
mod suggest;
mod yaml;

pub use finding::Finding;
pub use health_check::HealthCheck;
pub use locate::locate;
pub use model::{
    Application, ApplicationType, Configuration, Inherit, Scripts, SecuredKey, Spec, StandardKey,
};
pub use retry_policy::RetryPolicy;

use crate::limits::SPEC_BYTES;
use fields::Field;
use finding::{Findings, Place};

/// The file's name, in the root of the repository.
pub const FILE_NAME: &str = "connect.yaml";
/// The most applications in one connector (ours; the most among 102 public ones is 5).
pub const MAX_APPLICATIONS: usize = 100;
/// The most keys in one `standardConfiguration` or `securedConfiguration` (ours: all of them become environment variables).
pub const MAX_KEYS: usize = 200;
/// The longest text of one property, in bytes (ours: it must fit into an environment or an argument list).
pub const MAX_TEXT_BYTES: usize = 8 * 1024;
/// The most scopes of an inherited API client (ours).
pub const MAX_SCOPES: usize = 100;

/// Reads a connect.yaml.
///
/// # Errors
/// Every finding, in the order of the file; never an empty list.
pub fn read(text: &str) -> Result<Spec, Vec<Finding>> {
    let mut out = Findings::default();
    let spec = read_file(text, &mut out);
    match (spec, out.finish()) {
        (Some(spec), findings) if findings.is_empty() => Ok(spec),
        (_, findings) => Err(findings),
    }
}

fn read_file(text: &str, out: &mut Findings) -> Option<Spec> {
    if text.len() > SPEC_BYTES {
        out.add(
            "spec/file-too-large",
            "",
            Place::START,
            format!(
                "The file has {} bytes; at most {SPEC_BYTES} are read",
                text.len()
            ),
            "describe applications here, and keep data in files of the application".to_owned(),
        );
        return None;
    }
    let tree = yaml::tree(text, out)?;
    let root = Field {
        node: &tree,
        path: String::new(),
    };
    let file = root.object(out)?;
    file.only(&["deployAs", "inheritAs"], out);
    let applications = file
        .need("deployAs", "a list of applications", out)
        .map(|list| application::read_all(&list, out));
    let inherit = file
        .get("inheritAs")
        .map(|inherit| configuration::read_inherit(&inherit, out));
    let (applications, inherit) = (applications?, inherit.unwrap_or_default());
    across::check(&applications, &inherit, out);
    Some(Spec {
        applications: applications
            .into_iter()
            .filter_map(|read| read.application)
            .collect(),
        inherit: Inherit {
            configuration: inherit.configuration.configuration,
            api_client_scopes: inherit.scopes,
        },
    })
}
