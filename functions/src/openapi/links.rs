//! Where an answer leads: from a resource that was made to what can be done with it, derived from the paths of the catalogue.

use serde_json::{Map, Value, json};

use super::operation::path_parameters;
use crate::catalogue::{ENDPOINTS, Endpoint};

/// The links of an endpoint's success: those of a create lead to everything below the resource that it made.
pub(super) fn from(endpoint: &Endpoint) -> Map<String, Value> {
    if endpoint.method != "POST" || endpoint.wire.status != 201 {
        return Map::new();
    }
    let below = format!("{}/{{id}}", endpoint.path);
    let targets = ENDPOINTS
        .iter()
        .filter(|target| target.path.starts_with(&below));
    targets
        .filter_map(|target| Some((target.name.to_owned(), link(target)?)))
        .collect()
}

fn link(target: &Endpoint) -> Option<Value> {
    let mut parameters = Map::new();
    for name in path_parameters(target.path) {
        let place = match name {
            "id" => "$response.body#/id",
            "name" => "$response.body#/applications/0/applicationName",
            "projectKey" => "$request.path.projectKey",
            // A revision comes into being later.
            _ => return None,
        };
        parameters.insert(name.to_owned(), json!(place));
    }
    let mut link = json!({
        "operationId": target.name, "parameters": parameters, "description": target.summary,
    });
    if target.wire.body.is_some() {
        link["requestBody"] = json!({"version": "$response.body#/version", "actions": []});
    }
    Some(link)
}
