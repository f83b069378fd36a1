//! The lives of three connectors, each again and again until told to end: what they are told is written into the ledger.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Instant;

use serde_json::{Value, json};

use super::client::Client;
use super::folders::repository;
use super::ledger::Ledger;
use super::witness::Witness;

const REGION: &str = "europe-west1.gcp";

/// What all lives share.
pub(super) struct World {
    pub(super) client: Client,
    pub(super) ledger: Ledger,
    pub(super) witness: Witness,
    pub(super) ending: AtomicBool,
    /// Lives that came to their end.
    pub(super) lived: AtomicU32,
    pub(super) begin: Instant,
}

/// One life of a connector.
pub(super) struct Life {
    pub(super) world: Arc<World>,
    /// The connector's name, which is that of its only application.
    name: &'static str,
    number: u32,
}

impl Life {
    /// Lives again and again, and not more often once the world is ending.
    pub(super) async fn lives(world: Arc<World>, name: &'static str) {
        for number in 1.. {
            let life = Life {
                world: world.clone(),
                name,
                number,
            };
            match name {
                "service" => life.service().await,
                "job" => life.job().await,
                _ => life.event().await,
            }
            world.lived.fetch_add(1, Ordering::SeqCst);
            if world.ending.load(Ordering::SeqCst) {
                return;
            }
        }
    }

    pub(super) fn tell(&self, what: &str) {
        let seconds = self.world.begin.elapsed().as_secs_f64();
        println!("{seconds:8.3}  {} {}: {what}", self.name, self.number);
    }

    pub(super) fn client(&self) -> &Client {
        &self.world.client
    }

    fn ledger(&self) -> &Ledger {
        &self.world.ledger
    }

    pub(super) fn number(&self) -> u32 {
        self.number
    }

    fn draft(&self) -> String {
        format!("/connectors/drafts/key={}-{}", self.name, self.number)
    }

    /// The path of a Deployment by its key.
    pub(super) fn deployment(&self, kind: &str) -> String {
        format!(
            "/{{project}}/deployments/key={}-{}-{kind}",
            self.name, self.number
        )
    }

    /// A draft that was registered, renamed and found previewable.
    pub(super) async fn previewed(&self) {
        let (client, path) = (self.client(), self.draft());
        let key = format!("{}-{}", self.name, self.number);
        let project = client.session().await.project.clone();
        let draft = json!({
            "key": key,
            "name": "first name",
            "creator": {"email": "tests@example.org"},
            "repository": repository(self.name, self.number),
            "privateProjects": [format!("{REGION}:{project}")],
        });
        self.tell("create");
        let created = client.create("/connectors/drafts", &draft, &path).await;
        self.ledger().acknowledged(&path, &created);
        let renamed = |draft: &Value| draft["name"] == "second name";
        let rename = json!({"action": "setName", "name": "second name"});
        // The name changes with a write whose answer may be lost: only after it, it is known again.
        self.ledger().goes(&path);
        let draft = client.update(&path, rename, renamed).await;
        self.ledger().acknowledged(&path, &draft);
        self.tell("preview");
        let begun = |draft: &Value| draft["isPreviewable"] != "none";
        let draft = client
            .update(&path, json!({"action": "updatePreviewable"}), begun)
            .await;
        self.ledger().acknowledged(&path, &draft);
        let ended = |draft: Option<&Value>| {
            draft
                .filter(|draft| draft["isPreviewable"] != "pending")
                .cloned()
        };
        let draft = client.wait(&path, "previewed", ended).await;
        assert_eq!(draft["isPreviewable"], "true", "{draft}");
        self.ledger().acknowledged(&path, &draft);
    }

    /// The draft becomes a Connector.
    pub(super) async fn published(&self) {
        let (client, path) = (self.client(), self.draft());
        self.tell("publish");
        let begun = |draft: &Value| draft["status"] != "Draft";
        let draft = client
            .update(
                &path,
                json!({"action": "publish", "certification": false}),
                begun,
            )
            .await;
        self.ledger().acknowledged(&path, &draft);
        let ended = |draft: Option<&Value>| {
            draft
                .filter(|draft| draft["status"] != "Processing")
                .cloned()
        };
        let draft = client.wait(&path, "published", ended).await;
        assert_eq!(draft["status"], "Published", "{draft}");
        self.ledger().acknowledged(&path, &draft);
        let connector = path.replace("/drafts", "");
        let published = client
            .read(&connector)
            .await
            .expect("what is Published is there");
        self.ledger().acknowledged(&connector, &published);
    }

    /// A Deployment that serves; its kind is part of its key.
    pub(super) async fn deployed(&self, kind: &str, values: Value, secrets: Value) -> Value {
        let (client, path) = (self.client(), self.deployment(kind));
        self.tell(&format!("deploy {kind}"));
        let draft = json!({
            "key": path.rsplit_once('=').unwrap().1,
            "connector": {"key": format!("{}-{}", self.name, self.number), "staged": kind == "preview"},
            "region": REGION,
            "configurations": [{"applicationName": self.name, "standardConfiguration": values, "securedConfiguration": secrets}],
        });
        let created = client.create("/{project}/deployments", &draft, &path).await;
        self.ledger().acknowledged(&path, &created);
        let deployed = self.deploy_ends(&path).await;
        assert_eq!(deployed["status"], "Deployed", "{deployed}");
        deployed
    }

    pub(super) async fn redeployed(&self, kind: &str, values: &Value) -> Value {
        let path = self.deployment(kind);
        self.tell(&format!("redeploy {kind} {values}"));
        let action = json!({"action": "redeploy", "configurationValues": [{"applicationName": self.name, "standardConfiguration": values}]});
        let wanted = values.as_array().unwrap();
        let begun = |deployment: &Value| {
            let shown = deployment["applications"][0]["standardConfiguration"].as_array();
            wanted
                .iter()
                .all(|value| shown.is_some_and(|shown| shown.contains(value)))
        };
        let begun = self.client().update(&path, action, begun).await;
        self.ledger().acknowledged(&path, &begun);
        self.deploy_ends(&path).await
    }

    async fn deploy_ends(&self, path: &str) -> Value {
        let ended = |one: Option<&Value>| one.filter(|one| one["status"] != "Deploying").cloned();
        let ended = self.client().wait(path, "deployed", ended).await;
        self.ledger().acknowledged(path, &ended);
        ended
    }

    pub(super) async fn undeployed(&self, kind: &str) {
        let path = self.deployment(kind);
        self.tell(&format!("undeploy {kind}"));
        self.ledger().goes(&path);
        let begun = |one: Option<&Value>| one.is_none_or(|one| one["status"] == "Undeploying");
        self.client().delete(&path, begun).await;
        let ended = |one: Option<&Value>| match one {
            None => Some(()),
            Some(one) if one["status"] == "Undeploying" => None,
            Some(one) => panic!("the undeploy ended as {one}"),
        };
        self.client().wait(&path, "undeployed", ended).await;
        self.ledger().gone(&path);
    }

    /// The draft and its Connector go.
    pub(super) async fn deleted(&self) {
        let path = self.draft();
        self.tell("delete");
        self.ledger().goes(&path);
        self.ledger().goes(&path.replace("/drafts", ""));
        self.client().delete(&path, |draft| draft.is_none()).await;
        self.ledger().gone(&path);
        self.ledger().gone(&path.replace("/drafts", ""));
    }
}
