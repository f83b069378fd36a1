//! A connector of tests/fixtures as a creator has it: a git repository with a tag, and a draft at the platform.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::client::Client;
use crate::command;

/// How long the first validation may take: it downloads and builds.
const FIRST_VALIDATION: Duration = Duration::from_secs(900);
/// Any Region will do on one machine.
pub(crate) const REGION: &str = "europe-west1.gcp";

/// The tag of its only commit.
pub(crate) const TAG: &str = "v1.0.0";

/// A connector in a repository.
pub(crate) struct Connector {
    name: &'static str,
    folder: PathBuf,
}

impl Connector {
    /// Copies tests/fixtures/connectors/`name` into `place`, commits it and tags it v1.0.0.
    pub(crate) fn of_fixture(name: &'static str, place: &Path) -> Result<Self> {
        let fixture = format!("tests/fixtures/connectors/{name}");
        let folder = place.join("repositories").join(name);
        let path = folder
            .to_str()
            .context("the target folder's name is not UTF-8")?;
        let script = r#"
            mkdir -p "$2" && cp -R "$1/." "$2" && cd "$2" && git init --quiet && git add --all &&
            git -c user.name=xtask -c user.email=xtask@example.org -c commit.gpgSign=false commit --quiet --message v1.0.0 &&
            git -c tag.gpgSign=false tag v1.0.0
        "#;
        command::output(command::program(
            "sh",
            &["-c", script, "sh", &fixture, path],
        ))
        .with_context(|| format!("cannot make a repository of {fixture}"))?;
        Ok(Self { name, folder })
    }

    /// Where an application's sources are.
    pub(crate) fn application(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Moves the tag to a new commit of the same files.
    pub(crate) fn commit_again(&self) -> Result<()> {
        let path = self
            .folder
            .to_str()
            .context("the target folder's name is not UTF-8")?;
        let script = r#"
            cd "$1" && git -c user.name=xtask -c user.email=xtask@example.org -c commit.gpgSign=false                 commit --quiet --allow-empty --message again &&
            git -c tag.gpgSign=false tag --force v1.0.0
        "#;
        command::output(command::program("sh", &["-c", script, "sh", path])).map(drop)
    }

    /// The repository as git's own program sees it.
    pub(crate) fn file_url(&self) -> String {
        format!("file://{}", self.folder.display())
    }

    /// The value of `--map-repository` that puts this repository behind its public address.
    pub(crate) fn map(&self) -> String {
        format!("{}={}", self.url(), self.file_url())
    }

    /// Its public address.
    pub(crate) fn url(&self) -> String {
        format!("https://github.com/slipway/{}.git", self.name)
    }

    /// What registers it.
    pub(crate) fn draft(&self, key: &str, project: &str) -> Value {
        json!({
            "key": key,
            "name": self.name,
            "description": "A connector of tests/fixtures",
            "creator": {"email": "ada@example.org"},
            "repository": {"url": self.url(), "tag": TAG},
            "privateProjects": [format!("{REGION}:{project}")],
        })
    }

    /// Registers it as a draft. The answer is its path at the API.
    pub(crate) fn register(&self, client: &Client, key: &str, project: &str) -> Result<String> {
        let created = client.post("/connectors/drafts", &self.draft(key, project))?;
        let id = created["id"].as_str().context("the draft has no id")?;
        Ok(format!("/connectors/drafts/{id}"))
    }
}

/// Validates a draft, and waits for the verdict, which must be good.
pub(crate) fn validate(client: &Client, path: &str) -> Result<()> {
    let draft = client
        .get(path)?
        .with_context(|| format!("{path} is gone"))?;
    let update = json!({"version": draft["version"], "actions": [{"action": "updatePreviewable"}]});
    client.post(path, &update)?;
    let pending = |draft: &Value| draft["isPreviewable"] == "pending";
    let draft = client.settled(path, pending, FIRST_VALIDATION)?;
    let draft = draft.with_context(|| format!("{path} is gone"))?;
    if draft["isPreviewable"] != "true" {
        bail!("{path} is not previewable: {}", draft["previewableReport"]);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixture_becomes_a_repository_with_a_tag() {
        let name = format!("connector-test-{}", std::process::id());
        let place = command::target().unwrap().join(name);
        let connector = Connector::of_fixture("minimal", &place).unwrap();
        let list = ["ls-remote", "--tags", &connector.file_url()];
        let tags = command::output(command::program("git", &list)).unwrap();
        assert!(tags.trim_end().ends_with("refs/tags/v1.0.0"), "{tags}");
        assert!(
            connector
                .application("service")
                .join("package.json")
                .is_file()
        );
        std::fs::remove_dir_all(&place).unwrap();
    }
}
