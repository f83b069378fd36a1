//! One way to derive JSON Schemas, so that a body is checked against the very schema that the OpenAPI document publishes.

use std::sync::LazyLock;

use regex::Regex;
use schemars::Schema;
use schemars::generate::{SchemaGenerator, SchemaSettings};
use schemars::transform::RecursiveTransform;
use serde_json::{Map, Value, json};

/// The largest whole number that every JSON reader holds exactly, 2^53 - 1 (RFC 8259, section 6).
const WHOLE_NUMBER_MAX: u64 = (1 << 53) - 1;

/// A generator of what clients send; definitions stand under `definitions` (a JSON pointer).
#[must_use]
pub fn of_requests(definitions: &'static str) -> SchemaGenerator {
    settings(definitions).for_deserialize().into_generator()
}

/// A generator of what we answer.
#[must_use]
pub fn of_answers(definitions: &'static str) -> SchemaGenerator {
    settings(definitions)
        .for_serialize()
        .with_transform(RecursiveTransform(without_nulls))
        .into_generator()
}

fn settings(definitions: &'static str) -> SchemaSettings {
    SchemaSettings::draft2020_12()
        .with(|settings| {
            settings.meta_schema = None;
            settings.definitions_path = definitions.into();
        })
        .with_transform(RecursiveTransform(prose))
        .with_transform(RecursiveTransform(without_null_default))
        .with_transform(RecursiveTransform(enumeration))
        .with_transform(RecursiveTransform(whole_number))
}

/// Our doc comments name the section of the contract and link to Rust; readers of the document have neither.
fn prose(schema: &mut Schema) {
    static SOURCE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"\s*\((RFC|contract)[^)]*\)|[`\[\]]").expect("a constant pattern")
    });
    if let Some(Value::String(text)) = schema.get("description") {
        let text = SOURCE.replace_all(text, "").replace('\n', " ");
        schema.insert("description".to_owned(), Value::String(text));
    }
}

fn without_null_default(schema: &mut Schema) {
    if schema.get("default").is_some_and(Value::is_null) {
        schema.remove("default");
    }
}

/// `oneOf` of constants, which is how documented variants come, reads better as an `enum`.
fn enumeration(schema: &mut Schema) {
    let Some(Value::Array(branches)) = schema.get("oneOf") else {
        return;
    };
    let mut names: Vec<Value> = Vec::new();
    let mut lines: Vec<String> = Vec::new();
    for branch in branches {
        if let Some(name) = branch.get("const") {
            names.push(name.clone());
            let text = branch["description"].as_str().unwrap_or_default();
            lines.push(format!("{}: {text}", name.as_str().unwrap_or_default()));
        } else if let Some(Value::Array(plain)) = branch.get("enum") {
            names.extend(plain.iter().cloned());
        } else {
            return;
        }
    }
    let before = schema.get("description").and_then(Value::as_str);
    let description = before.into_iter().map(str::to_owned).chain(lines);
    let description = description.collect::<Vec<_>>().join(" ");
    schema.remove("oneOf");
    schema.insert("type".to_owned(), json!("string"));
    schema.insert("enum".to_owned(), Value::Array(names));
    schema.insert("description".to_owned(), Value::String(description));
}

/// The formats of Rust's numbers are not those of JSON Schema; what fits says itself, so that no number is refused behind the schema.
fn whole_number(schema: &mut Schema) {
    let most = match schema.get("format").and_then(Value::as_str) {
        Some("uint64" | "uint" | "int64") => json!(WHOLE_NUMBER_MAX),
        Some("uint32") => json!(u32::MAX),
        Some("uint16") => json!(u16::MAX),
        _ => return,
    };
    schema.insert("format".to_owned(), json!("int64"));
    if schema.get("maximum").is_none() {
        schema.insert("maximum".to_owned(), most);
    }
}

/// An answer leaves out what is not set: a property that it may lack is never `null`.
fn without_nulls(schema: &mut Schema) {
    let required: Vec<String> = schema
        .get("required")
        .and_then(Value::as_array)
        .map(|names| {
            names
                .iter()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect()
        })
        .unwrap_or_default();
    let Some(Value::Object(properties)) = schema.get_mut("properties") else {
        return;
    };
    for (name, property) in properties {
        if let Value::Object(property) = property
            && !required.contains(name)
        {
            without_null(property);
        }
    }
}

fn without_null(property: &mut Map<String, Value>) {
    if let Some(Value::Array(types)) = property.get_mut("type") {
        types.retain(|one| one != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            property.insert("type".to_owned(), only);
        }
    }
    let Some(Value::Array(branches)) = property.get("anyOf") else {
        return;
    };
    let kept: Vec<Value> = branches
        .iter()
        .filter(|one| one["type"] != "null")
        .cloned()
        .collect();
    if let [Value::Object(only)] = kept.as_slice() {
        property.remove("anyOf");
        for (keyword, value) in only {
            property.insert(keyword.clone(), value.clone());
        }
    }
}

/// The definitions that a generator has met, with its transforms applied.
pub fn definitions(generator: &mut SchemaGenerator) -> Map<String, Value> {
    generator.take_definitions(true)
}

/// A schema at the place of its use, with the generator's transforms applied.
pub fn transformed(generator: &mut SchemaGenerator, mut schema: Schema) -> Value {
    for transform in generator.transforms_mut() {
        transform.transform(&mut schema);
    }
    schema.to_value()
}
