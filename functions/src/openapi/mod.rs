//! `GET /openapi.json`: the description of this API, made of the catalogue, the types and the table of error codes (OpenAPI 3.1).

mod components;
mod examples;
pub(crate) mod failures;
mod links;
mod operation;
pub(crate) mod query;
#[cfg(test)]
mod tests;
pub mod wire;

use std::sync::{Arc, LazyLock};

use http::header::CACHE_CONTROL;
use http::{HeaderValue, StatusCode};
use serde_json::{Map, Value, json};
use web::schema;
use web::{Answer, Request};

use crate::catalogue::ENDPOINTS;
use crate::platform::Platform;

/// Where the document has its schemas.
const SCHEMAS: &str = "/components/schemas";

const INTRODUCTION: &str = "\
Registers, checks, publishes and deploys Connectors. Clients get a token at `/oauth/token` and send it as a bearer token. \
A resource is named by its id or by `key=` and its key. An update names the version that was read; a POST with an `Idempotency-Key` can be \
sent again without doing it twice; a GET with `Prefer: wait=N` is held until a run has ended. Unknown fields of a body are ignored, and \
`null` is the same as leaving an optional field out. An answer can grow fields: ignore those that you do not know.";

/// Shows the document.
///
/// # Errors
/// None.
pub async fn handle(_platform: Arc<Platform>, _request: Request) -> Answer {
    static TEXT: LazyLock<Value> = LazyLock::new(document);
    let mut answer = web::json(StatusCode::OK, &*TEXT)?;
    // It changes with the installed version only; the entity tag tells.
    let ask = HeaderValue::from_static("public, no-cache");
    answer.headers_mut().insert(CACHE_CONTROL, ask);
    Ok(answer)
}

/// The whole document.
#[must_use]
pub fn document() -> Value {
    let mut requests = schema::of_requests(SCHEMAS);
    let mut answers = schema::of_answers(SCHEMAS);
    let mut paths: Map<String, Value> = Map::new();
    for endpoint in ENDPOINTS {
        let operation = operation::of(endpoint, &mut requests, &mut answers);
        let path = paths.entry(endpoint.path).or_insert_with(|| json!({}));
        path[endpoint.method.to_ascii_lowercase()] = operation;
    }
    let requests = schema::definitions(&mut requests);
    let answers = schema::definitions(&mut answers);
    let (schemas, renamed) = components::schemas(requests, answers);
    for path in paths.values_mut().filter_map(Value::as_object_mut) {
        for operation in path.values_mut() {
            components::rename(&mut operation["requestBody"], &renamed);
            if operation["requestBody"].is_null() {
                operation
                    .as_object_mut()
                    .map(|fields| fields.remove("requestBody"));
            }
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Slipway: Connect API",
            "version": env!("CARGO_PKG_VERSION"),
            "description": INTRODUCTION,
            "license": {"name": "MIT OR Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": operation::TAGS.iter().map(|(_, name, description)| json!({"name": name, "description": description})).collect::<Vec<_>>(),
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": components::responses(),
            "headers": components::headers(),
            "parameters": components::parameters(),
            "examples": components::error_examples(),
            "securitySchemes": components::security(),
        },
    })
}
