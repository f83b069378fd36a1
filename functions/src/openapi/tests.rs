//! The document is whole, valid, and the one that docs/openapi.json has.

use std::path::Path;

use domain::error::ErrorCode;
use serde_json::Value;

use super::{document, examples};
use crate::catalogue::ENDPOINTS;

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "a switch for the person at the keyboard"
)]
fn the_file_in_docs_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/openapi.json");
    let text = serde_json::to_string_pretty(&document()).expect("plain data") + "\n";
    if std::env::var("UPDATE_DOCS").is_ok_and(|value| value == "1") {
        std::fs::write(&path, &text).expect("docs is writable");
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == text,
        "docs/openapi.json is not what the catalogue and the types say: run UPDATE_DOCS=1 cargo test -p functions"
    );
}

#[test]
fn every_reference_leads_somewhere_and_no_prose_of_ours_is_left_in_it() {
    let document = document();
    let text = document.to_string();
    for place in text.split("\"$ref\":\"#").skip(1) {
        let pointer = place.split('"').next().expect("a text ends");
        assert!(document.pointer(pointer).is_some(), "{pointer}");
    }
    for link in text.split("\"operationId\":\"").skip(1) {
        let name = link.split('"').next().expect("a text ends");
        assert!(
            ENDPOINTS.iter().any(|endpoint| endpoint.name == name),
            "{name}"
        );
    }
    for ours in ["(contract", "crate::", "[`", "section "] {
        assert!(!text.contains(ours), "{ours}");
    }
}

/// These come from the gateway, before or beside the endpoints.
const OF_THE_GATEWAY: [ErrorCode; 3] = [
    ErrorCode::RouteNotFound,
    ErrorCode::MethodNotAllowed,
    ErrorCode::BadGateway,
];

#[test]
fn every_error_code_is_one_of_some_endpoint() {
    let paths = document()["paths"].to_string();
    for code in ErrorCode::ALL
        .iter()
        .filter(|code| !OF_THE_GATEWAY.contains(code))
    {
        let example = format!("\"#/components/examples/{code:?}\"");
        assert!(
            paths.contains(&example),
            "no endpoint says that it refuses with {code:?}"
        );
    }
}

#[test]
fn every_example_fits_its_schema_and_every_body_has_one() {
    let document = document();
    for endpoint in ENDPOINTS
        .iter()
        .filter(|endpoint| endpoint.wire.body.is_some())
    {
        let method = endpoint.method.to_ascii_lowercase();
        let body = &document["paths"][endpoint.path][method.as_str()]["requestBody"]["content"];
        let mut schema = body[endpoint.wire.body_type]["schema"].clone();
        schema["components"] = document["components"].clone();
        let validator = jsonschema::validator_for(&schema).expect("a schema");
        let examples = examples::of(endpoint.name);
        assert!(!examples.is_empty(), "{} has no example", endpoint.name);
        for (name, example) in examples {
            let findings: Vec<String> = validator
                .iter_errors(&example["value"])
                .map(|one| one.to_string())
                .collect();
            assert!(
                findings.is_empty(),
                "{} {name}: {findings:?}",
                endpoint.name
            );
        }
    }
}

#[test]
fn operations_have_names_of_their_own_and_say_who_may_call() {
    let document = document();
    let operations = document["paths"].as_object().expect("paths").values();
    let operations = operations.flat_map(|path| path.as_object().expect("a path").values());
    let mut names: Vec<&str> = operations
        .clone()
        .filter_map(|one| one["operationId"].as_str())
        .collect();
    assert_eq!(names.len(), ENDPOINTS.len());
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), ENDPOINTS.len());
    for operation in operations {
        let open = operation["security"].as_array().is_some_and(Vec::is_empty);
        let refuses = operation["responses"]["401"]["description"]
            .as_str()
            .is_some_and(|codes| codes.contains("invalid_token"));
        assert_ne!(open, refuses, "{}", operation["operationId"]);
        assert_ne!(
            operation["tags"][0],
            Value::from(""),
            "{}",
            operation["operationId"]
        );
    }
}
