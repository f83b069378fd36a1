//! The model of a Deployment: its values, its revisions, and which of them serves.

use serde_json::{Value, json};

use super::actions::Tag;

/// What a Deployment runs.
#[derive(Debug, Clone)]
pub(super) struct Target {
    /// The copy of the Connector that the wire shows.
    pub(super) connector: Value,
    pub(super) tag: Tag,
    pub(super) values: Values,
}

/// The values that were given.
#[derive(Debug, Clone, Default)]
pub(super) struct Values {
    greeting: Option<String>,
    token: bool,
}

/// What a request says of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Given {
    /// Nothing.
    Nothing,
    /// The list of applications is empty.
    NoApplication,
    /// The application has empty lists.
    Empty,
    Greeting(u8),
    /// GREETING empty, which removes it.
    NoGreeting,
    Token,
    /// A key that is not declared.
    Unknown,
}

impl Given {
    pub(super) const ALL: [Self; 7] = [
        Self::Nothing,
        Self::NoApplication,
        Self::Empty,
        Self::Greeting(1),
        Self::NoGreeting,
        Self::Token,
        Self::Unknown,
    ];

    /// The greeting with this number.
    pub(super) fn greeting(number: u8) -> String {
        super::actions::text("greeting", number)
    }
}

impl Values {
    pub(super) fn lay(&self, given: Given) -> Result<Self, &'static str> {
        let mut laid = self.clone();
        match given {
            Given::Greeting(number) => laid.greeting = Some(Given::greeting(number)),
            Given::NoGreeting => laid.greeting = None,
            Given::Token => laid.token = true,
            Given::Unknown => return Err("DeploymentUnknownApplicationConfigurationKey"),
            Given::Nothing | Given::NoApplication | Given::Empty => {}
        }
        Ok(laid)
    }
}

/// A Deployment.
#[derive(Debug, Clone)]
pub(super) struct Deployment {
    pub(super) key: Option<u8>,
    pub(super) gone: bool,
    pub(super) version: u64,
    pub(super) kind: &'static str,
    /// Of which draft, or of whose Connector.
    pub(super) draft: usize,
    pub(super) target: Target,
    pub(super) status: &'static str,
    pub(super) rollback: Option<u64>,
    /// What served once.
    pub(super) revisions: Vec<(u64, Target)>,
    pub(super) serving: Option<u64>,
    revision: u64,
}

impl Deployment {
    pub(super) fn new(key: Option<u8>, kind: &'static str, draft: usize, target: Target) -> Self {
        Self {
            key,
            gone: false,
            version: 1,
            kind,
            draft,
            target,
            status: "Deploying",
            rollback: None,
            revisions: Vec::new(),
            serving: None,
            revision: 1,
        }
    }

    /// Begins its next revision.
    pub(super) fn restart(&mut self, target: Target, rollback: Option<u64>) {
        self.target = target;
        self.rollback = rollback;
        self.version += 1;
        self.revision += 1;
        self.status = "Deploying";
    }

    /// What it is when its run has ended.
    pub(super) fn settle(&mut self) {
        if self.status == "Undeploying" {
            self.gone = true;
            return;
        }
        self.version += 1;
        if self.target.tag == Tag::Crashing {
            self.status = "Failed";
            return;
        }
        self.status = "Deployed";
        self.serving = Some(self.revision);
        self.revisions.push((self.revision, self.target.clone()));
    }

    /// The Deployment as the wire shows it.
    pub(super) fn shown(&self) -> Value {
        let mut shown = json!({
            "version": self.version,
            "type": self.kind,
            "connector": self.target.connector,
            "deployedRegion": "europe-west1.gcp",
            "applications": applications(&self.target),
            "preview": self.kind == "preview",
            "status": self.status,
        });
        if let Some(key) = self.key {
            shown["key"] = json!(super::wire::key(key));
        }
        if let Some(revision) = self.rollback {
            shown["rollbackRevision"] = json!(revision);
        }
        shown
    }

    /// Its revisions as the wire lists them.
    pub(super) fn shown_revisions(&self) -> Vec<Value> {
        let newest = self.revisions.iter().rev();
        newest
            .map(|(number, target)| {
                json!({
                    "revisionNumber": number,
                    "currentRevision": self.serving == Some(*number),
                    "connector": {
                        "version": target.connector["version"],
                        "repository": target.connector["repository"],
                    },
                    "applications": applications(target),
                })
            })
            .collect()
    }
}

fn applications(target: &Target) -> Value {
    let Values { greeting, token } = &target.values;
    let greeting = greeting.as_deref().unwrap_or(target.tag.greeting());
    let token = token.then(|| json!({"key": "TOKEN", "value": "********"}));
    json!([{
        "applicationName": "service",
        "standardConfiguration": [{"key": "GREETING", "value": greeting}],
        "securedConfiguration": Vec::from_iter(token),
    }])
}
