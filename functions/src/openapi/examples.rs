//! What a body can look like; a test holds every example against its schema.

use serde_json::{Map, Value, json};

/// The examples of an endpoint's body by their names.
pub(super) fn of(endpoint: &str) -> Map<String, Value> {
    let examples: Vec<(&str, &str, Value)> = match endpoint {
        "auth-token" => vec![(
            "token",
            "A token with every scope of the API client",
            json!({"grant_type": "client_credentials"}),
        )],
        "connectors-staged-create" => vec![("draft", "A draft for one Project", draft())],
        "connectors-staged-update" => vec![
            (
                "preview",
                "Check and build it, to try it out",
                json!({"version": 1, "actions": [{"action": "updatePreviewable"}]}),
            ),
            ("publish", "Move to a new tag and publish", publish()),
        ],
        "deployments-create" => vec![
            (
                "preview",
                "Try a draft out",
                json!({
                    "key": "tax-preview", "connector": {"key": "tax-sync", "staged": true}, "configurations": [], "region": "europe-west1.gcp",
                }),
            ),
            (
                "production",
                "Deploy a published Connector, with values",
                production(),
            ),
        ],
        "deployments-update" => vec![(
            "redeploy",
            "The newest version, and another value",
            redeploy(),
        )],
        "revisions-rollback" => vec![("rollback", "From version 7", json!({"version": 7}))],
        "certifications-update" => vec![(
            "approve",
            "Approve",
            json!({
                "version": 4, "actions": [{"action": "approve", "comment": "Welcome to the marketplace."}],
            }),
        )],
        _ => Vec::new(),
    };
    let shown = |(name, summary, value): (&str, &str, Value)| {
        (name.to_owned(), json!({"summary": summary, "value": value}))
    };
    examples.into_iter().map(shown).collect()
}

fn draft() -> Value {
    json!({
        "key": "tax-sync",
        "name": "Tax sync",
        "description": "Keeps taxes in step",
        "integrationTypes": ["tax"],
        "creator": {"name": "Ada", "email": "ada@example.org", "company": "Example Ltd", "noOfContributors": 3},
        "repository": {"url": "https://github.com/example/tax-sync.git", "tag": "v1"},
        "supportedRegions": ["europe-west1.gcp"],
        "privateProjects": ["europe-west1.gcp:my-shop"],
    })
}

fn publish() -> Value {
    json!({"version": 3, "actions": [
        {"action": "setRepository", "url": "https://github.com/example/tax-sync.git", "tag": "v1"},
        {"action": "publish", "certification": false},
    ]})
}

fn production() -> Value {
    json!({
        "key": "tax-production",
        "type": "production",
        "connector": {"key": "tax-sync"},
        "region": "europe-west1.gcp",
        "configurations": [
            {
                "applicationName": "api",
                "standardConfiguration": [{"key": "LOG_LEVEL", "value": "info"}],
                "securedConfiguration": [{"key": "TAX_TOKEN", "value": "s3cret"}],
            },
            {"applicationName": "nightly", "schedule": "15 2 * * *"},
        ],
        "globalConfiguration": {"standardConfiguration": [{"key": "SHOP", "value": "eu"}]},
    })
}

fn redeploy() -> Value {
    json!({"version": 4, "actions": [{
        "action": "redeploy",
        "updateConnector": true,
        "configurationValues": [
            {"applicationName": "api", "standardConfiguration": [{"key": "LOG_LEVEL", "value": "debug"}]},
        ],
    }]})
}
