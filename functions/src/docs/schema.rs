//! Schemas in words: what a place takes, within which bounds, and what each field of an object means.

use maud::{Markup, html};
use serde_json::Value;

use super::page::{fields, list, prose, table, text};

/// A schema with a name.
pub(super) fn article(name: &str, schema: &Value) -> Markup {
    html! {
        article id={ "schema-" (name) } {
            h3 { a href={ "#schema-" (name) } { (name) } }
            p { (prose(&schema["description"])) }
            (content(schema))
        }
    }
}

fn content(schema: &Value) -> Markup {
    if schema["oneOf"].is_array() {
        return html! { @for branch in list(&schema["oneOf"]) { (alternative(branch)) } };
    }
    if schema["properties"].is_object() {
        return properties(schema);
    }
    html! { p { (takes(schema)) } }
}

/// One of several objects, told apart by a constant.
fn alternative(schema: &Value) -> Markup {
    let constant =
        fields(&schema["properties"]).find_map(|(_, property)| property["const"].as_str());
    html! {
        h4 { code { (constant.unwrap_or("object")) } " " (prose(&schema["description"])) }
        (properties(schema))
        @if schema["$ref"].is_string() { p { "and the fields of " (reference(text(&schema["$ref"]))) } }
    }
}

fn properties(schema: &Value) -> Markup {
    let required = |name: &str| list(&schema["required"]).any(|one| one == name);
    table(
        &["Field", "Takes", "", "Meaning"],
        html! {
            @for (name, property) in fields(&schema["properties"]) {
                tr {
                    td { code { (name) } }
                    td { (takes(property)) }
                    td.soft { @if required(name) { "always" } @else { "optional" } }
                    td { (prose(&property["description"])) }
                }
            }
        },
    )
}

/// What a place takes, in a few words.
pub(super) fn takes(schema: &Value) -> Markup {
    if let Some(to) = schema["$ref"].as_str() {
        return reference(to);
    }
    if let Some(constant) = schema.get("const") {
        return html! { code { (constant) } };
    }
    let alternatives = list(&schema["anyOf"]).filter(|one| one["type"] != "null");
    if let Some(only) = alternatives.last() {
        return takes(only);
    }
    if schema["enum"].is_array() {
        return html! { "one of " @for name in list(&schema["enum"]) { code { (text(name)) } " " } };
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds
            .iter()
            .map(text)
            .find(|kind| *kind != "null")
            .unwrap_or_default(),
        kind => text(kind),
    };
    html! {
        @match kind {
            "array" => { "list of " (takes(&schema["items"])) }
            "" => { "anything" }
            kind => { (kind) }
        }
        (bounds(schema))
    }
}

fn reference(to: &str) -> Markup {
    let name = to.rsplit('/').next().unwrap_or_default();
    html! { a href={ "#schema-" (name) } { (name) } }
}

fn bounds(schema: &Value) -> Markup {
    let words = [
        ("format", ""),
        ("minimum", "from "),
        ("maximum", "to "),
        ("minLength", "characters from "),
        ("maxLength", "characters up to "),
        ("minItems", "entries from "),
        ("maxItems", "entries up to "),
        ("default", "default "),
    ];
    let given = words
        .iter()
        .filter_map(|(keyword, word)| Some((word, schema.get(*keyword)?)));
    let given = given.map(|(word, value)| match value {
        Value::String(text) => format!("{word}{text}"),
        value => format!("{word}{value}"),
    });
    let given: Vec<String> = given.collect();
    html! {
        @if !given.is_empty() { span.soft { " (" (given.join(", ")) ")" } }
        @if let Some(words) = schema["x-message"].as_str() { br; span.soft { (words) } }
        @else if let Some(pattern) = schema["pattern"].as_str() { br; code { (pattern) } }
    }
}
