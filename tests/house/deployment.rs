//! A Deployment under test: called, redeployed, undeployed, and its logs read.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Answer, Project, eventually, report};

/// A Deployment.
#[derive(Clone)]
pub(crate) struct Deployment {
    pub(crate) project: Project,
    pub(crate) id: String,
}

/// The values of one application as a draft gives them.
pub(crate) fn values(
    application: &str,
    standard: &[(&str, &str)],
    secured: &[(&str, &str)],
) -> Value {
    let list = |pairs: &[(&str, &str)]| -> Vec<Value> {
        pairs
            .iter()
            .map(|(key, value)| json!({"key": key, "value": value}))
            .collect()
    };
    json!([{
        "applicationName": application,
        "standardConfiguration": list(standard),
        "securedConfiguration": list(secured),
    }])
}

impl Deployment {
    /// Begins to deploy.
    pub(crate) async fn create(project: &Project, body: &Value) -> Self {
        let deployment = project
            .post(&project.deployments(""), body)
            .await
            .of_status(201);
        assert_eq!(deployment["status"], "Deploying");
        Self {
            project: project.clone(),
            id: deployment["id"].as_str().unwrap().to_owned(),
        }
    }

    /// Its path, and what follows.
    pub(crate) fn path(&self, rest: &str) -> String {
        self.project.deployments(&format!("/{}{rest}", self.id))
    }

    /// The Deployment as it stands.
    pub(crate) async fn read(&self) -> Value {
        self.project.get(&self.path("")).await.of_status(200)
    }

    /// The Deployment when no run goes on any more.
    pub(crate) async fn settled(&self) -> Value {
        loop {
            let deployment = self
                .project
                .get_settled(&self.path(""))
                .await
                .of_status(200);
            if deployment["status"] != "Deploying" && deployment["status"] != "Undeploying" {
                return deployment;
            }
        }
    }

    /// The report of its last run.
    pub(crate) async fn report(&self) -> String {
        report(&self.settled().await["details"]["build"]["report"])
    }

    /// Asks for a redeploy with these fields.
    pub(crate) async fn redeploy(&self, fields: Value) -> Answer {
        let mut action = json!({"action": "redeploy"});
        action
            .as_object_mut()
            .unwrap()
            .extend(fields.as_object().unwrap().clone());
        let version = self.read().await["version"].clone();
        self.project
            .post(
                &self.path(""),
                &json!({"version": version, "actions": [action]}),
            )
            .await
    }

    /// Undeploys and waits; the status in which it stays, none where it is gone.
    pub(crate) async fn undeploy(&self, query: &str) -> Option<Value> {
        let answer = self.project.delete(&self.path(query)).await.of_status(202);
        assert_eq!(answer["status"], "Undeploying");
        self.gone().await
    }

    /// Waits until it is gone; the status in which it stays, if it is not.
    pub(crate) async fn gone(&self) -> Option<Value> {
        loop {
            let answer = self.project.get_settled(&self.path("")).await;
            if answer.status == 404 {
                return None;
            }
            let deployment = answer.of_status(200);
            if deployment["status"] != "Undeploying" {
                return Some(deployment);
            }
        }
    }

    /// What the Deployment shows of an application.
    pub(crate) async fn application(&self, name: &str) -> Value {
        let deployment = self.read().await;
        let applications = deployment["applications"].as_array().unwrap();
        let found = applications
            .iter()
            .find(|one| one["applicationName"] == name);
        found
            .unwrap_or_else(|| panic!("no application {name} in {deployment}"))
            .clone()
    }

    /// Calls the application `service` by the URL that the Deployment shows, with a path.
    pub(crate) async fn call(&self, path: &str) -> Answer {
        self.call_with(Method::GET, path, "").await
    }

    /// Calls the application `service`.
    pub(crate) async fn call_with(&self, method: Method, path: &str, body: &str) -> Answer {
        let application = self.application("service").await;
        let url = application["url"].as_str().unwrap().to_owned() + path;
        let request = self.project.site.http.request(method, url);
        self.project.send(request.body(body.to_owned())).await
    }

    /// A page of its logs.
    pub(crate) async fn logs(&self, query: &str) -> Answer {
        self.project.get(&self.path(&format!("/logs{query}"))).await
    }

    /// The log entries, once there are as many as expected that hold a text.
    pub(crate) async fn logged(&self, text: &str, count: usize) -> Vec<Value> {
        eventually(&format!("{count} log entries with {text}"), async || {
            let page = self.logs("").await.of_status(200);
            let entries = page["data"].as_array().unwrap().iter();
            let found: Vec<Value> = entries
                .filter(|one| one.to_string().contains(text))
                .cloned()
                .collect();
            (found.len() >= count).then_some(found)
        })
        .await
    }

    /// Publishes a message to the application `event`.
    pub(crate) async fn publish_event(&self, data: &Value) -> Answer {
        self.publish_to(&self.topic().await, data).await
    }

    /// The topic of the application `event`.
    pub(crate) async fn topic(&self) -> String {
        let application = self.application("event").await;
        application["topic"].as_str().unwrap().to_owned()
    }

    /// Publishes a message to a topic.
    pub(crate) async fn publish_to(&self, topic: &str, data: &Value) -> Answer {
        use base64::Engine;
        let path = format!("/v1/{topic}:publish");
        let data = base64::engine::general_purpose::STANDARD.encode(data.to_string());
        self.project
            .post(&path, &json!({"messages": [{"data": data}]}))
            .await
    }
}
