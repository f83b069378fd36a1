//! One operation: who may call it, what it takes, what it gives, and how it refuses.

use maud::{Markup, html};
use serde_json::Value;

use super::page::{Operation, fields, list, prose, table, text};
use super::schema;

pub(super) fn of(operation: &Operation<'_>, document: &Value) -> Markup {
    let value = operation.value;
    html! {
        article id=(operation.id()) {
            h3 { a href={ "#" (operation.id()) } { (prose(&value["summary"])) } }
            p { span.method.(operation.method) { (operation.method) } " " code { (operation.path) } }
            p.soft { (scopes(&value["security"])) }
            (parameters(&value["parameters"], document))
            (body(&value["requestBody"]))
            (answers(&value["responses"]))
        }
    }
}

fn scopes(security: &Value) -> Markup {
    let scopes = list(security).flat_map(|one| list(&one["oauth2"]));
    let mut scopes = scopes.map(text).peekable();
    html! {
        @if scopes.peek().is_none() { "Anybody may call it." } @else {
            "Needs one of the scopes " @for scope in scopes { code { (scope) } " " }
        }
    }
}

/// What stands behind a reference.
fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let target = value["$ref"]
        .as_str()
        .and_then(|to| document.pointer(to.trim_start_matches('#')));
    target.unwrap_or(value)
}

fn parameters(parameters: &Value, document: &Value) -> Markup {
    html! {
        h4 { "Parameters" }
        (table(&["Name", "In", "Takes", "Meaning"], html! {
            @for parameter in list(parameters).map(|one| resolved(document, one)) {
                tr {
                    td { code { (text(&parameter["name"])) } }
                    td { (text(&parameter["in"])) }
                    td { (schema::takes(&parameter["schema"])) }
                    td { (prose(&parameter["description"])) }
                }
            }
        }))
    }
}

fn body(body: &Value) -> Markup {
    html! {
        @for (media_type, content) in fields(&body["content"]) {
            h4 { "Body" }
            p { (schema::takes(&content["schema"])) " as " code { (media_type) } }
            @for (_, example) in fields(&content["examples"]) {
                details {
                    summary { "Example: " (text(&example["summary"])) }
                    pre { code { (format!("{:#}", example["value"])) } }
                }
            }
        }
    }
}

fn answers(responses: &Value) -> Markup {
    let is_error = |status: &str| status.starts_with(['4', '5']);
    html! {
        h4 { "Answer" }
        @for (status, response) in fields(responses).filter(|(status, _)| !is_error(status)) {
            @for (media_type, content) in fields(&response["content"]) {
                p { (status) ": " (schema::takes(&content["schema"])) " as " code { (media_type) } }
            }
        }
        details {
            summary { "Errors" }
            (table(&["Status", "Codes"], html! {
                @for (status, response) in fields(responses).filter(|(status, _)| is_error(status)) {
                    tr {
                        td { (status) }
                        td {
                            @for (name, _) in fields(&response["content"]["application/json"]["examples"]) {
                                a href={ "#error-" (name) } { (name) } " "
                            }
                        }
                    }
                }
            }))
        }
    }
}
