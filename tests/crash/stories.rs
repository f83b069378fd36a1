//! What is done with each kind of application between its first deploy and its undeploy.

use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::lives::Life;

/// Events of one life, in requests of several.
const EVENTS: u32 = 12;
const EVENTS_AT_ONCE: u32 = 3;
/// An event comes to its application within this time after the platform was last started.
const DELIVERED: Duration = Duration::from_secs(60);

impl Life {
    pub(super) async fn service(&self) {
        self.previewed().await;
        self.deployed("preview", json!([]), json!([])).await;
        self.published().await;
        let token = [("TOKEN", "a secret")];
        let deployed = self
            .deployed("sandbox", pairs(&[("GREETING", "one")]), pairs(&token))
            .await;
        let path = format!(
            "/apps/{}/service",
            deployed["applications"][0]["id"].as_str().unwrap()
        );
        self.greets(&path, &["one"], &["one"]).await;
        // Its first revision serves on, as the second one's script fails.
        let values = pairs(&[("GREETING", "two"), ("SCRIPT_EXIT_CODE", "3")]);
        let failed = self.redeployed("sandbox", &values).await;
        assert_eq!(failed["status"], "Failed", "{failed}");
        let report = failed["details"]["build"]["report"].to_string();
        assert!(
            report.contains("Failed during the execution of 'postDeploy' script"),
            "{failed}"
        );
        self.greets(&path, &["one"], &["one"]).await;
        self.world.ledger.serves(&path, &["one", "three"]);
        let values = pairs(&[("GREETING", "three"), ("SCRIPT_EXIT_CODE", "0")]);
        let deployed = self.redeployed("sandbox", &values).await;
        assert_eq!(deployed["status"], "Deployed", "{deployed}");
        self.greets(&path, &["three"], &["three"]).await;
        self.undeployed("preview").await;
        self.greets(&path, &["three"], &[]).await;
        self.undeployed("sandbox").await;
        self.deleted().await;
    }

    /// The service answers with one of these now, and from now on with one of those.
    async fn greets(&self, path: &str, now: &[&str], later: &[&str]) {
        let answers = |answer: Option<&Value>| Some(answer?.clone());
        let answer = self.client().wait(path, "answered", answers).await;
        assert!(
            now.iter().any(|one| answer["greeting"] == *one),
            "{path} answers {answer} and not {now:?}"
        );
        assert_eq!(answer["token"], "a secret", "{path}");
        if later.is_empty() {
            self.world.ledger.stops(path);
        } else {
            self.world.ledger.serves(path, later);
        }
    }

    pub(super) async fn job(&self) {
        self.previewed().await;
        let values = pairs(&[("WITNESS", self.world.witness.url())]);
        self.deployed("preview", values, json!([])).await;
        let path = format!("{}/applications/job/executions", self.deployment("preview"));
        for _ in 0..3 {
            self.tell("execute");
            let execution = self.client().post(&path, &json!({})).await;
            let id = &execution["id"];
            let ended = |page: Option<&Value>| {
                let found = page?["results"]
                    .as_array()?
                    .iter()
                    .find(|one| &one["id"] == id);
                let found = found
                    .unwrap_or_else(|| panic!("the execution {id} was acknowledged and is lost"));
                (found["state"] != "queued" && found["state"] != "running").then(|| found.clone())
            };
            let ended = self.client().wait(&path, "executed", ended).await;
            // One whose acknowledgement was lost may still go on when the next is asked for, which then says so.
            let skipped = ended["state"] == "skipped"
                && ended["message"]
                    .as_str()
                    .is_some_and(|why| why.contains("still going on"));
            assert!(ended["state"] == "succeeded" || skipped, "{ended}");
            assert!(
                skipped || self.world.witness.heard(id.as_str().unwrap()) > 0,
                "the job never heard of {id}"
            );
        }
        self.undeployed("preview").await;
        self.deleted().await;
    }

    pub(super) async fn event(&self) {
        self.previewed().await;
        let values = pairs(&[("WITNESS", self.world.witness.url())]);
        let deployed = self.deployed("preview", values, json!([])).await;
        let topic = format!(
            "/v1/{}:publish",
            deployed["applications"][0]["topic"].as_str().unwrap()
        );
        let name = |event: u32| format!("event-{}-{event}", self.number());
        self.tell("publish events");
        for first in (0..EVENTS).step_by(EVENTS_AT_ONCE as usize) {
            let messages = (first..first + EVENTS_AT_ONCE)
                .map(|event| json!({"data": STANDARD.encode(name(event))}));
            let messages = json!({"messages": messages.collect::<Vec<_>>()});
            self.client().post(&topic, &messages).await;
        }
        let begin = Instant::now();
        for event in 0..EVENTS {
            while self.world.witness.heard(&name(event)) == 0 {
                let since = begin.max(self.client().session().await.since);
                assert!(
                    since.elapsed() < DELIVERED,
                    "{} was acknowledged and is not delivered",
                    name(event)
                );
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
        self.tell("events are delivered");
        self.undeployed("preview").await;
        self.deleted().await;
    }
}

/// Configuration values.
fn pairs(values: &[(&str, &str)]) -> Value {
    values
        .iter()
        .map(|(key, value)| json!({"key": key, "value": value}))
        .collect()
}
