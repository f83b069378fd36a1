//! What operations share: schemas, headers, parameters, errors and the way to a token.

use domain::error::ErrorCode;
use domain::limits;
use domain::names::{ApplicationName, ProjectKey};
use schemars::JsonSchema;
use serde_json::{Map, Value, json};

use crate::catalogue::ENDPOINTS;

/// The schemas of requests and answers together; where one type differs, that of requests gets a name of its own, in the words of the API
/// a draft. Gives the new names too.
pub(super) fn schemas(
    requests: Map<String, Value>,
    answers: Map<String, Value>,
) -> (Map<String, Value>, Vec<String>) {
    let mut renamed: Vec<String> = Vec::new();
    // A schema differs too where one differs that it refers to.
    loop {
        let differs = |(name, schema): &(&String, &Value)| {
            let other = answers.get(name.as_str());
            let refers = renamed.iter().any(|one| refers_to(schema, one));
            !renamed.contains(name) && other.is_some_and(|other| other != *schema || refers)
        };
        let Some((name, _)) = requests.iter().find(differs) else {
            break;
        };
        renamed.push(name.clone());
    }
    let mut all = answers;
    for (name, mut schema) in requests {
        rename(&mut schema, &renamed);
        let name = if renamed.contains(&name) {
            format!("{name}Draft")
        } else {
            name
        };
        all.insert(name, schema);
    }
    all.insert("ErrorResponse".to_owned(), error_response());
    all.sort_keys();
    (all, renamed)
}

fn refers_to(schema: &Value, name: &str) -> bool {
    match schema {
        Value::Object(fields) => fields.iter().any(|(field, value)| {
            (field == "$ref" && value == &format!("#{}/{name}", super::SCHEMAS))
                || refers_to(value, name)
        }),
        Value::Array(all) => all.iter().any(|one| refers_to(one, name)),
        _ => false,
    }
}

/// Lets a schema of a request refer to the schemas of requests.
pub(super) fn rename(schema: &mut Value, renamed: &[String]) {
    match schema {
        Value::Object(fields) => {
            for (field, value) in fields {
                let found = value.as_str().and_then(|to| {
                    let name = to.rsplit('/').next()?;
                    (field == "$ref" && renamed.iter().any(|one| one == name))
                        .then(|| format!("{to}Draft"))
                });
                match found {
                    Some(to) => *value = json!(to),
                    None => rename(value, renamed),
                }
            }
        }
        Value::Array(all) => all.iter_mut().for_each(|one| rename(one, renamed)),
        _ => {}
    }
}

fn error_response() -> Value {
    let mut codes: Vec<&str> = ErrorCode::ALL.iter().map(|code| code.as_str()).collect();
    // The token endpoint has those of RFC 6749, section 5.2.
    codes.extend([
        "invalid_client",
        "invalid_request",
        "invalid_scope",
        "unsupported_grant_type",
    ]);
    codes.dedup();
    json!({
        "type": "object",
        "description": "Every error has this form; message is that of the first error, and all errors have the status of the answer.",
        "required": ["statusCode", "message", "errors"],
        "properties": {
            "statusCode": {"type": "integer", "format": "int32"},
            "message": {"type": "string"},
            "errors": {"type": "array", "minItems": 1, "items": {
                "type": "object",
                "required": ["code", "message"],
                "properties": {
                    "code": {"type": "string", "enum": codes},
                    "message": {"type": "string"},
                    "detailedErrorMessage": {"type": "string", "description": "What is wrong, where, and what to do."},
                    "field": {"type": "string", "description": "Of DuplicateField: which."},
                    "duplicateValue": {"description": "Of DuplicateField: the value that is taken."},
                    "expectedVersion": {"type": "integer", "description": "Of ConcurrentModification: the version that was sent."},
                    "currentVersion": {"type": "integer", "description": "Of ConcurrentModification: the version that there is."},
                },
            }},
            "error": {"type": "string", "description": "Beside status 401, and at the token endpoint: the code in the way of OAuth 2.0."},
            "error_description": {"type": "string", "description": "At the token endpoint: the message in the way of OAuth 2.0."},
        },
    })
}

/// An example of every error code.
pub(super) fn error_examples() -> Map<String, Value> {
    let example = |code: &ErrorCode| {
        let mut error = json!({"code": code.as_str(), "message": code.template()});
        for field in code.fields() {
            error[field] = match *field {
                "expectedVersion" => json!(1),
                "currentVersion" => json!(2),
                "field" => json!("key"),
                "duplicateValue" => json!("tax-sync"),
                _ => json!("name is missing"),
            };
        }
        let value =
            json!({"statusCode": code.status(), "message": code.template(), "errors": [error]});
        (
            format!("{code:?}"),
            json!({"summary": code.when(), "value": value}),
        )
    };
    ErrorCode::ALL.iter().map(example).collect()
}

pub(super) fn responses() -> Value {
    json!({"304": {
        "description": "The answer is the one of which If-None-Match has the entity tag.",
        "headers": {"ETag": {"$ref": "#/components/headers/ETag"}},
    }})
}

pub(super) fn headers() -> Value {
    json!({
        "X-Correlation-ID": {"description": "That of the request, or a new one; our log has it.", "schema": {"type": "string"}},
        "ETag": {"description": "Send it in If-None-Match to learn cheaply whether anything changed.", "schema": {"type": "string"}},
        "Retry-After": {"description": "Seconds to wait before the next try.", "schema": {"type": "integer", "minimum": 0}},
    })
}

/// A name's own schema, which says what its `parse` takes.
fn name<T: JsonSchema>() -> Value {
    T::json_schema(&mut web::schema::of_requests(super::SCHEMAS)).to_value()
}

pub(super) fn parameters() -> Value {
    let at_most = limits::IDEMPOTENCY_KEY_CHARACTERS;
    let wait = limits::WAIT_MAX.as_secs();
    let path = |name: &str, description: &str, schema: Value| json!({"name": name, "in": "path", "required": true, "description": description, "schema": schema});
    let header = |name: &str, description: &str, schema: Value| json!({"name": name, "in": "header", "description": description, "schema": schema});
    let id = "^([0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|key=[A-Za-z0-9_-]{2,256})$";
    json!({
        "id": path("id", "The id, a UUID; or `key=` followed by the key.", json!({"type": "string", "pattern": id})),
        "projectKey": path("projectKey", "The Project of the token.", name::<ProjectKey>()),
        "name": path("name", "The application.", name::<ApplicationName>()),
        "revision": path("revision", "The number of the revision.", json!({"type": "integer", "minimum": 1, "maximum": u64::MAX})),
        "message": path("message", "The id of the message, as the publication gave it.", json!({"type": "string", "format": "uuid"})),
        "run": path("run", "The id of the run, as the list of reports has it.", json!({"type": "string", "format": "uuid"})),
        "Idempotency-Key": header(
            "Idempotency-Key",
            "Within 24 hours, the same request with the same key gets the same answer and is not done again.",
            json!({"type": "string", "pattern": format!("^[!-~]{{1,{at_most}}}$")}),
        ),
        "Prefer": header(
            "Prefer",
            &format!("`wait=N` holds the answer for up to N seconds (at most {wait}), until the run that is under way has ended."),
            json!({"type": "string", "examples": ["wait=25"]}),
        ),
        "If-None-Match": header("If-None-Match", "Entity tags of answers that the caller has.", json!({"type": "string"})),
        "X-Correlation-ID": header("X-Correlation-ID", "Follows the request through logs; without it, one is made.", json!({"type": "string"})),
    })
}

/// OAuth 2.0 client credentials; a scope ends with the key of its Project.
pub(super) fn security() -> Value {
    let mut scopes: Map<String, Value> = Map::new();
    for scope in ENDPOINTS.iter().flat_map(|endpoint| endpoint.scopes) {
        scopes.insert(format!("{scope}:{{projectKey}}"), json!(meaning(scope)));
    }
    scopes.insert(
        "manage_api_clients:{projectKey}".to_owned(),
        json!(meaning("manage_api_clients")),
    );
    json!({"oauth2": {
        "type": "oauth2",
        "description": "Client id and secret by HTTP Basic; the token is sent as `Authorization: Bearer …`.",
        "flows": {"clientCredentials": {"tokenUrl": "/oauth/token", "scopes": scopes}},
    }})
}

fn meaning(scope: &str) -> &'static str {
    match scope {
        "manage_project" => "Everything in the Project.",
        "view_connectors" => "Read drafts and Connectors.",
        "manage_connectors" => "Change drafts too.",
        "view_connectors_deployments" => "Read Deployments, logs and revisions.",
        "manage_connectors_deployments" => "Change Deployments too.",
        "manage_api_clients" => "Besides, deploy a Connector that wants an API client of its own.",
        "manage_certifications" => "Certify drafts of every Project: the operator's.",
        _ => "",
    }
}
