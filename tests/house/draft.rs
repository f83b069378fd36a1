//! A ConnectorStaged under test: read, changed, previewed, published, deployed.

use serde_json::{Value, json};

use super::{Answer, Deployment, Project, redacted};

/// A registered draft.
#[derive(Clone)]
pub(crate) struct Draft {
    pub(crate) project: Project,
    pub(crate) id: String,
}

impl Draft {
    pub(super) fn of(project: Project, draft: &Value) -> Self {
        Self {
            project,
            id: draft["id"].as_str().expect("a draft has an id").to_owned(),
        }
    }

    /// Its path.
    pub(crate) fn path(&self) -> String {
        format!("/connectors/drafts/{}", self.id)
    }

    /// The draft as it stands.
    pub(crate) async fn read(&self) -> Value {
        self.project.get(&self.path()).await.of_status(200)
    }

    /// Sends actions at the current version.
    pub(crate) async fn act(&self, actions: Value) -> Answer {
        let version = self.read().await["version"].clone();
        self.project
            .post(
                &self.path(),
                &json!({"version": version, "actions": actions}),
            )
            .await
    }

    /// The draft when no run goes on any more.
    pub(crate) async fn settled(&self) -> Value {
        loop {
            let draft = self.project.get_settled(&self.path()).await.of_status(200);
            if draft["isPreviewable"] != "pending" && draft["status"] != "Processing" {
                return draft;
            }
        }
    }

    /// The draft after a preview, whatever came of it.
    pub(crate) async fn preview(&self) -> Value {
        let draft = self
            .act(json!([{"action": "updatePreviewable"}]))
            .await
            .of_status(201);
        assert_eq!(draft["isPreviewable"], "pending");
        self.settled().await
    }

    /// The draft after a publication, whatever came of it.
    pub(crate) async fn publish(&self, certification: bool) -> Value {
        let publish = json!([{"action": "publish", "certification": certification}]);
        let draft = self.act(publish).await.of_status(201);
        assert_eq!(draft["status"], "Processing");
        self.settled().await
    }

    /// Previewed, and found good.
    pub(crate) async fn previewed(self) -> Self {
        let draft = self.preview().await;
        assert_eq!(
            draft["isPreviewable"],
            "true",
            "{}",
            report(&draft["previewableReport"])
        );
        self
    }

    /// Published without certification.
    pub(crate) async fn published(self) -> Self {
        let draft = self.publish(false).await;
        assert_eq!(
            draft["status"],
            "Published",
            "{}",
            report(&draft["publishingReport"])
        );
        self
    }

    /// What deploys it as a preview, with these values.
    pub(crate) fn deployment(&self, configurations: Value) -> Value {
        json!({
            "connector": {"id": self.id, "staged": true},
            "region": "europe-west1.gcp",
            "configurations": configurations,
        })
    }

    /// A preview Deployment, whatever came of it.
    pub(crate) async fn deploy(&self, configurations: Value) -> Deployment {
        let body = self.deployment(configurations);
        Deployment::create(&self.project, &body).await
    }

    /// A preview Deployment that serves.
    pub(crate) async fn deployed(&self, configurations: Value) -> Deployment {
        let deployment = self.deploy(configurations).await;
        let settled = deployment.settled().await;
        assert_eq!(
            settled["status"],
            "Deployed",
            "{}",
            report(&settled["details"]["build"]["report"])
        );
        deployment
    }
}

/// A report as a person reads it.
pub(crate) fn report(report: &Value) -> String {
    let entries = report["entries"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let lines = entries.iter().map(|entry| {
        let text = |name: &str| entry[name].as_str().unwrap_or_default();
        let application = match text("application") {
            "" => String::new(),
            name => format!(" [{name}]"),
        };
        let message = match text("message") {
            "" => String::new(),
            message => format!("\n  {}", message.replace('\n', "\n  ")),
        };
        format!("{}{application}: {}{message}", text("type"), text("title"))
    });
    redacted(lines.collect::<Vec<_>>().join("\n"))
}
