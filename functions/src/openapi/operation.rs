//! One endpoint as an operation of the document: what follows from its method, path and scopes is not said again in the catalogue.

use std::collections::BTreeMap;

use domain::error::ErrorCode;
use schemars::SchemaGenerator;
use serde_json::{Map, Value, json};
use web::EVENT_STREAM;
use web::schema::transformed;

use super::{examples, links};
use crate::catalogue::Endpoint;

/// Resources: the beginning of an endpoint's name, what readers call it, and what it is.
pub(super) const TAGS: &[(&str, &str, &str)] = &[
    ("auth", "Tokens", "Access tokens for API clients."),
    (
        "connectors-staged",
        "ConnectorStaged",
        "Drafts of Connectors: registered, previewed, published.",
    ),
    (
        "reports",
        "Reports",
        "What previews and publications found (an addition to the Connect API).",
    ),
    (
        "connectors",
        "Connectors",
        "Published Connectors, read-only.",
    ),
    (
        "deployments",
        "Deployments",
        "Connectors that run in a Project, and their logs.",
    ),
    (
        "revisions",
        "Revisions",
        "What once served and can serve again.",
    ),
    (
        "executions",
        "Executions",
        "Runs of job applications (an addition to the Connect API).",
    ),
    (
        "dead-letters",
        "Dead letters",
        "Events that an application did not acknowledge (an addition to the Connect API).",
    ),
    (
        "certifications",
        "Certifications",
        "For the operator's certifiers (an addition to the Connect API).",
    ),
    ("docs", "Documentation", "This description."),
];

/// An operation.
pub(super) fn of(
    endpoint: &Endpoint,
    requests: &mut SchemaGenerator,
    answers: &mut SchemaGenerator,
) -> Value {
    let wire = &endpoint.wire;
    let mut operation = json!({
        "operationId": endpoint.name,
        "summary": endpoint.summary,
        "tags": [tag(endpoint.name)],
        "parameters": parameters(endpoint, requests),
    });
    if let Some(body) = wire.body {
        let schema = body(requests);
        let mut content = json!({"schema": transformed(requests, schema)});
        let examples = examples::of(endpoint.name);
        if !examples.is_empty() {
            content["examples"] = Value::Object(examples);
        }
        operation["requestBody"] = json!({"required": true, "content": {wire.body_type: content}});
    }
    operation["responses"] = responses(endpoint, answers);
    operation["security"] = match endpoint.scopes {
        [] => json!([]),
        scopes => scopes
            .iter()
            .map(|scope| json!({"oauth2": [format!("{scope}:{{projectKey}}")]}))
            .collect(),
    };
    operation
}

/// The tag of an endpoint: the longest beginning that fits.
pub(super) fn tag(name: &str) -> &'static str {
    let fits = TAGS
        .iter()
        .filter(|(beginning, _, _)| name.starts_with(beginning));
    fits.max_by_key(|(beginning, _, _)| beginning.len())
        .map_or("", |(_, tag, _)| tag)
}

/// The names in braces of a path.
pub(super) fn path_parameters(path: &str) -> impl Iterator<Item = &str> {
    let parts = path.split('/');
    parts.filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}

fn parameters(endpoint: &Endpoint, generator: &mut SchemaGenerator) -> Vec<Value> {
    let component = |name: &str| json!({"$ref": format!("#/components/parameters/{name}")});
    let mut all: Vec<Value> = path_parameters(endpoint.path).map(component).collect();
    for parameter in endpoint.wire.query.iter().copied().flatten() {
        let schema = (parameter.schema)(generator);
        let mut schema = transformed(generator, schema);
        if parameter.repeats {
            schema = json!({"type": "array", "items": schema});
        }
        let mut shown = json!({
            "name": parameter.name, "in": "query", "description": parameter.description, "schema": schema,
        });
        if parameter.repeats {
            shown["explode"] = true.into();
        }
        all.push(shown);
    }
    if is_create(endpoint) {
        all.push(component("Idempotency-Key"));
    }
    if endpoint.wire.waits {
        all.push(component("Prefer"));
    }
    if endpoint.method == "GET" {
        all.push(component("If-None-Match"));
    }
    all.push(component("X-Correlation-ID"));
    all
}

/// Whether it makes something that a second call would make again.
fn is_create(endpoint: &Endpoint) -> bool {
    endpoint.method == "POST" && !endpoint.scopes.is_empty() && endpoint.wire.status == 201
}

fn responses(endpoint: &Endpoint, generator: &mut SchemaGenerator) -> Value {
    let wire = &endpoint.wire;
    let schema = (wire.answer)(generator);
    let header = |name: &str| json!({"$ref": format!("#/components/headers/{name}")});
    let mut headers = json!({"X-Correlation-ID": header("X-Correlation-ID")});
    if endpoint.method == "GET" {
        headers["ETag"] = header("ETag");
    }
    let mut success = json!({
        "description": endpoint.summary,
        "headers": headers,
        "content": {wire.answer_type: {"schema": transformed(generator, schema)}},
    });
    if wire.follows {
        success["content"][EVENT_STREAM] = json!({"schema": {"type": "string"}});
    }
    let links = links::from(endpoint);
    if !links.is_empty() {
        success["links"] = Value::Object(links);
    }
    let mut responses = Map::new();
    responses.insert(wire.status.to_string(), success);
    if endpoint.method == "GET" {
        responses.insert(
            "304".to_owned(),
            json!({"$ref": "#/components/responses/304"}),
        );
    }
    for (status, codes) in errors(endpoint) {
        responses.insert(status.to_string(), refusal(status, &codes));
    }
    Value::Object(responses)
}

fn refusal(status: u16, codes: &[ErrorCode]) -> Value {
    let example = |code: &ErrorCode| {
        let name = format!("{code:?}");
        let place = json!({"$ref": format!("#/components/examples/{name}")});
        (name, place)
    };
    let examples: Map<String, Value> = codes.iter().map(example).collect();
    let names: Vec<&str> = codes.iter().map(|code| code.as_str()).collect();
    let mut headers =
        json!({"X-Correlation-ID": {"$ref": "#/components/headers/X-Correlation-ID"}});
    if [429, 503].contains(&status) {
        headers["Retry-After"] = json!({"$ref": "#/components/headers/Retry-After"});
    }
    json!({
        "description": names.join(", "),
        "headers": headers,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorResponse"}, "examples": examples}},
    })
}

/// Every code that the endpoint can refuse with, by status.
fn errors(endpoint: &Endpoint) -> BTreeMap<u16, Vec<ErrorCode>> {
    use ErrorCode as E;
    let wire = &endpoint.wire;
    let mut codes = vec![
        E::InvalidHeader,
        E::UriTooLong,
        E::RequestHeaderFieldsTooLarge,
        E::General,
        E::ServiceUnavailable,
    ];
    // A query that is no UTF-8 is refused everywhere.
    codes.push(E::InvalidQueryParam);
    if !endpoint.scopes.is_empty() {
        codes.extend([E::InvalidToken, E::AuthorizationError, E::TooManyRequests]);
    }
    if path_parameters(endpoint.path).any(|name| name == "id") {
        codes.extend([E::InvalidPathParam, E::ResourceNotFound]);
    }
    if wire.body.is_some() {
        codes.push(E::RequestEntityTooLarge);
        if wire.body_type == super::wire::JSON {
            codes.push(E::InvalidJsonInput);
        }
    }
    if is_create(endpoint) {
        codes.push(E::IdempotencyKeyReused);
    }
    codes.extend(wire.errors);
    let mut by_status: BTreeMap<u16, Vec<ErrorCode>> = BTreeMap::new();
    for code in E::ALL.iter().filter(|code| codes.contains(code)) {
        by_status.entry(code.status()).or_default().push(*code);
    }
    by_status
}
