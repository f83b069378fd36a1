//! What is wrong at a place of a body, in a sentence for the person who sent it: the place, what stands there, what it takes.

use domain::schema::{MESSAGE, NOT_BLANK};
use jsonschema::error::{TypeKind, ValidationError, ValidationErrorKind as Kind};
use serde_json::Value;

/// Characters of a value that a sentence repeats; a value can be a megabyte long.
const QUOTED_CHARACTERS: usize = 100;

/// A sentence for an error that is about one place.
pub(super) fn sentence(schema: &Value, error: &ValidationError<'_>) -> String {
    let place = place(error.instance_path().as_str());
    let given = error.instance();
    match error.kind() {
        Kind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            let dot = if place.is_empty() { "" } else { "." };
            format!("{place}{dot}{name} is missing")
        }
        Kind::Type { kind } => format!("{place} is {}; it takes {}", kind_of(given), taken(kind)),
        Kind::Enum { options } => {
            let names = options.as_array().into_iter().flatten();
            let names: Vec<String> = names.filter_map(Value::as_str).map(str::to_owned).collect();
            one_of(&place, given, &names)
        }
        Kind::Constant { expected_value } => one_of(
            &place,
            given,
            &[expected_value.as_str().unwrap_or_default().to_owned()],
        ),
        Kind::MaxLength { limit } => {
            let length = given.as_str().map_or(0, |text| text.chars().count());
            format!("{place} has {length} characters; the most is {limit}")
        }
        Kind::MinLength { .. } => empty(schema, error, &place),
        Kind::Pattern { pattern } if pattern == NOT_BLANK => empty(schema, error, &place),
        Kind::Pattern { .. } => match message(schema, error) {
            Some(words) => format!("{place}: {words}"),
            None => format!("{place} does not have the form that it takes"),
        },
        Kind::AnyOf { .. } => format!("{place}: {}", message(schema, error).unwrap_or_default()),
        Kind::Format { format } if format == "uuid" => format!("{place} is no UUID"),
        Kind::MaxItems { limit } => {
            let length = given.as_array().map_or(0, Vec::len);
            format!("{place} has {length} entries; the most is {limit}")
        }
        Kind::MinItems { limit: 1 } => format!("{place} is empty; it takes one entry or more"),
        Kind::Minimum { limit } => format!("{place} is {given}; it takes {limit} or more"),
        Kind::Maximum { limit } => format!("{place} is {given}; it takes {limit} or less"),
        _ => format!("{place}: {}", error.masked()),
    }
}

/// The sentence for a name that is none of those that there are; a place that is a JSON pointer.
pub(super) fn unknown_name(pointer: &str, given: &Value, names: &[String]) -> String {
    one_of(&place(pointer), given, names)
}

fn one_of(place: &str, given: &Value, names: &[String]) -> String {
    let given = match given {
        Value::String(text) => {
            let text: String = text.chars().take(QUOTED_CHARACTERS).collect();
            format!("'{text}'")
        }
        other => kind_of(other).to_owned(),
    };
    format!("{place} is {given}; it takes {}", list(names))
}

fn list(names: &[String]) -> String {
    match names {
        [before @ .., last] if !before.is_empty() => format!("{} or {last}", before.join(", ")),
        names => names.join(""),
    }
}

fn empty(schema: &Value, error: &ValidationError<'_>, place: &str) -> String {
    let most = keyword(schema, error, "maxLength")
        .and_then(Value::as_u64)
        .unwrap_or_default();
    format!("{place} is empty; it takes 1 to {most} characters")
}

/// What the schema says in words.
pub(super) fn message<'a>(schema: &'a Value, error: &ValidationError<'_>) -> Option<&'a str> {
    keyword(schema, error, MESSAGE)?.as_str()
}

/// A keyword that stands beside the one that found the error.
fn keyword<'a>(schema: &'a Value, error: &ValidationError<'_>, name: &str) -> Option<&'a Value> {
    let (beside, _) = error.schema_path().as_str().rsplit_once('/')?;
    schema.pointer(beside)?.get(name)
}

/// `/actions/0/name` as people write it: `actions[0].name`.
fn place(pointer: &str) -> String {
    let mut place = String::new();
    for part in pointer.split('/').skip(1) {
        if !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()) {
            place.push_str(&format!("[{part}]"));
        } else {
            if !place.is_empty() {
                place.push('.');
            }
            place.push_str(&part.replace("~1", "/").replace("~0", "~"));
        }
    }
    place
}

/// A value by its kind alone: it may be a secret.
fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

fn taken(kind: &TypeKind) -> String {
    let name = |name: String| match name.as_str() {
        "boolean" => "true or false",
        "integer" => "a whole number",
        "number" => "a number",
        "string" => "a text",
        "array" => "a list",
        "object" => "an object",
        _ => "null",
    };
    match kind {
        TypeKind::Single(kind) => name(kind.to_string()).to_owned(),
        TypeKind::Multiple(kinds) => {
            let names = kinds.iter().map(|kind| kind.to_string());
            let names = names
                .filter(|kind| kind != "null")
                .map(|kind| name(kind).to_owned());
            list(&names.collect::<Vec<_>>())
        }
    }
}
