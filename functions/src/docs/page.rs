//! The page as a whole: what there is on the left, and then everything, resource by resource.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde_json::Value;

use super::{operation, schema};

/// An operation of the document with its place.
pub(super) struct Operation<'a> {
    pub(super) method: String,
    pub(super) path: &'a str,
    pub(super) value: &'a Value,
}

impl Operation<'_> {
    pub(super) fn id(&self) -> &str {
        self.value["operationId"].as_str().unwrap_or_default()
    }
}

/// The page of a document.
pub(super) fn of(document: &Value, style: &str) -> Markup {
    let info = &document["info"];
    let operations = operations(document);
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (text(&info["title"])) }
                style { (PreEscaped(style)) }
            }
            body {
                (side(document, &operations))
                main {
                    h1 { (text(&info["title"])) }
                    p.soft { "Version " (text(&info["version"])) ". The same as a document: " a href="/openapi.json" { "OpenAPI 3.1" } "." }
                    p { (prose(&info["description"])) }
                    (tokens(document))
                    @for tag in list(&document["tags"]) {
                        section id={ "tag-" (text(&tag["name"])) } {
                            h2 { (text(&tag["name"])) }
                            p { (prose(&tag["description"])) }
                            @for operation in of_tag(&operations, tag) { (operation::of(operation, document)) }
                        }
                    }
                    (errors(document))
                    section id="schemas" {
                        h2 { "Schemas" }
                        @for (name, one) in fields(&document["components"]["schemas"]) { (schema::article(name, one)) }
                    }
                }
            }
        }
    }
}

fn operations(document: &Value) -> Vec<Operation<'_>> {
    let paths = fields(&document["paths"]);
    let all = paths.flat_map(|(path, methods)| {
        fields(methods).map(move |(method, value)| Operation {
            method: method.to_ascii_uppercase(),
            path,
            value,
        })
    });
    all.collect()
}

fn of_tag<'a>(
    operations: &'a [Operation<'a>],
    tag: &'a Value,
) -> impl Iterator<Item = &'a Operation<'a>> {
    operations
        .iter()
        .filter(|operation| operation.value["tags"][0] == tag["name"])
}

fn side(document: &Value, operations: &[Operation<'_>]) -> Markup {
    html! {
        nav aria-label="Contents" {
            ul { li { a href="#tokens" { "Getting a token" } } }
            @for tag in list(&document["tags"]) {
                h2 { a href={ "#tag-" (text(&tag["name"])) } { (text(&tag["name"])) } }
                ul {
                    @for operation in of_tag(operations, tag) {
                        li { a href={ "#" (operation.id()) } {
                            span.method.(operation.method) { (operation.method) } " "
                            (text(&operation.value["summary"]).trim_end_matches('.'))
                        } }
                    }
                }
            }
            h2 { "Reference" }
            ul { li { a href="#errors" { "Errors" } } li { a href="#schemas" { "Schemas" } } }
        }
    }
}

fn tokens(document: &Value) -> Markup {
    let flow = &document["components"]["securitySchemes"]["oauth2"]["flows"]["clientCredentials"];
    html! {
        section id="tokens" {
            h2 { "Getting a token" }
            pre { code {
                "curl --user \"$CLIENT_ID:$CLIENT_SECRET\" --data grant_type=client_credentials " (text(&flow["tokenUrl"])) "\n"
                "curl --header \"Authorization: Bearer $TOKEN\" /connectors/drafts"
            } }
            (table(&["Scope", "Gives"], html! {
                @for (scope, meaning) in fields(&flow["scopes"]) { tr { td { code { (scope) } } td { (text(meaning)) } } }
            }))
        }
    }
}

fn errors(document: &Value) -> Markup {
    html! {
        section id="errors" {
            h2 { "Errors" }
            p { "Every error is an " a href="#schema-ErrorResponse" { "ErrorResponse" } ". In a message, " code { "{name}" } " stands for a value." }
            (table(&["Code", "Status", "When", "Message"], html! {
                @for (name, example) in fields(&document["components"]["examples"]) {
                    @let error = &example["value"]["errors"][0];
                    tr id={ "error-" (name) } {
                        td { code { (text(&error["code"])) } }
                        td { (example["value"]["statusCode"]) }
                        td { (prose(&example["summary"])) }
                        td { (text(&error["message"])) }
                    }
                }
            }))
        }
    }
}

/// A table that scrolls where it is too wide.
pub(super) fn table(heads: &[&str], rows: Markup) -> Markup {
    html! {
        div.table { table {
            thead { tr { @for head in heads { th scope="col" { (head) } } } }
            tbody { (rows) }
        } }
    }
}

/// Text in which backticks are code.
pub(super) fn prose(value: &Value) -> Markup {
    html! {
        @for (index, part) in text(value).split('`').enumerate() {
            @if index % 2 == 1 { code { (part) } } @else { (part) }
        }
    }
}

pub(super) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

pub(super) fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

pub(super) fn fields(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, value)| (name.as_str(), value))
}
