//! Before strangers' code runs, the platform tries whether its sandbox holds, and does not start where it does not.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use sandbox::Breach;
use tokio::sync::OnceCell;

/// The flag by which the operator takes the risk.
const FLAG: &str = "--allow-unsafe-sandbox";

/// Tries, in the sandbox, what must fail there (see `sandbox::breaches`), once in each process.
///
/// `folder` is one of the platform's own, and `secrets` are files of the platform that no command may open.
///
/// # Errors
/// An attempt succeeds although this machine has the means to prevent it, or although the platform is root, and `allow_unsafe` is not set.
pub(crate) async fn ensure(
    folder: &Path,
    secrets: &[PathBuf],
    allow_unsafe: bool,
) -> anyhow::Result<()> {
    if sandbox::owner().is_some() {
        // What the platform unpacks must be readable to the user that commands run as; its own files lie in a folder that is closed.
        rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o022));
    }
    static FOUND: OnceCell<Vec<Breach>> = OnceCell::const_new();
    let tried = FOUND.get_or_try_init(|| sandbox::breaches(folder, secrets));
    let found = tried.await.with_context(|| {
        format!(
            "The sandbox of builds and applications cannot be tried in {}",
            folder.display()
        )
    });
    match (found, allow_unsafe) {
        (Ok(found), _) => judge(found, allow_unsafe),
        (Err(error), true) => {
            tracing::warn!(
                "{error:#}; {FLAG} is set, and builds and applications run all the same"
            );
            Ok(())
        }
        (Err(error), false) => Err(error),
    }
}

fn judge(found: &[Breach], allow_unsafe: bool) -> anyhow::Result<()> {
    for breach in found {
        tracing::warn!(
            attempt = breach.name,
            "a command in the sandbox {}",
            breach.sentence
        );
    }
    let refused: Vec<&str> = found
        .iter()
        .filter(|breach| !breach.known)
        .map(|breach| breach.sentence)
        .collect();
    if refused.is_empty() || allow_unsafe {
        return Ok(());
    }
    bail!(
        "The sandbox does not hold on this machine: a build or an application {}. Install bubblewrap (`apt-get install bubblewrap`) and allow \
         it to make user namespaces, or run Slipway as a user other than root. To run the code of others without this protection, start \
         with {FLAG}.",
        refused.join("; it ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOT: Breach = Breach {
        name: "root",
        sentence: "runs as the user root",
        known: false,
    };

    #[test]
    fn a_breach_is_named_and_refused_unless_a_flag_says_otherwise() {
        let writes = Breach {
            name: "write-outside",
            sentence: "can write outside of its folders",
            known: false,
        };
        let error = judge(&[ROOT, writes], false).unwrap_err().to_string();
        assert_eq!(
            error,
            "The sandbox does not hold on this machine: a build or an application runs as the user root; it can write outside of its \
             folders. Install bubblewrap (`apt-get install bubblewrap`) and allow it to make user namespaces, or run Slipway as a user \
             other than root. To run the code of others without this protection, start with --allow-unsafe-sandbox."
        );
        assert!(judge(&[ROOT, writes], true).is_ok());
    }

    #[test]
    fn what_a_machine_without_means_is_known_to_lack_is_no_reason_to_refuse() {
        let known = Breach {
            known: true,
            ..ROOT
        };
        assert!(judge(&[known], false).is_ok());
    }
}
