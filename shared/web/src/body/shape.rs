//! A type's schema, compiled once; what it finds in a body is told in the order of the body's fields.

use std::any::TypeId;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use domain::limits;
use jsonschema::Validator;
use jsonschema::error::{ValidationError, ValidationErrorKind as Kind};
use schemars::JsonSchema;
use serde_json::Value;

use super::words;
use crate::schema;

/// A compiled schema.
struct Shape {
    schema: Value,
    validator: Validator,
}

impl Shape {
    fn of<T: JsonSchema>() -> Self {
        let schema = schema::of_requests("/$defs")
            .into_root_schema_for::<T>()
            .to_value();
        let validator = jsonschema::options()
            .should_validate_formats(true)
            .build(&schema);
        let validator = validator.expect("our schemas are valid");
        Self { schema, validator }
    }

    fn cached<T: JsonSchema + 'static>() -> Arc<Self> {
        static SHAPES: LazyLock<Mutex<HashMap<TypeId, Arc<Shape>>>> = LazyLock::new(Mutex::default);
        let mut shapes = SHAPES.lock().unwrap_or_else(PoisonError::into_inner);
        let shape = shapes.entry(TypeId::of::<T>());
        shape.or_insert_with(|| Arc::new(Self::of::<T>())).clone()
    }
}

/// Everything in which a body is no `T`: one sentence for each place, up to the most errors of an answer.
pub(super) fn findings<T: JsonSchema + 'static>(body: &Value) -> Vec<String> {
    let shape = Shape::cached::<T>();
    let mut told = Told::default();
    for error in shape.validator.iter_errors(body) {
        tell(&shape.schema, body, &error, &mut told);
        if told.sentences.len() >= limits::ERRORS {
            break;
        }
    }
    told.sentences.truncate(limits::ERRORS);
    told.sentences
}

/// What was told, and about which places: a place is told what is wrong with it once.
#[derive(Default)]
struct Told {
    sentences: Vec<String>,
    places: HashSet<String>,
}

impl Told {
    fn add(&mut self, place: String, sentence: impl FnOnce() -> String) {
        if self.places.insert(place) {
            self.sentences.push(sentence());
        }
    }
}

/// Tells an error; one of alternatives is told by the alternative that was meant.
fn tell(schema: &Value, body: &Value, error: &ValidationError<'_>, told: &mut Told) {
    if let Kind::AnyOf { context } | Kind::OneOfNotValid { context } = error.kind()
        && words::message(schema, error).is_none()
    {
        match meant(context) {
            Meant::Alternative(errors) => {
                for error in errors {
                    tell(schema, body, error, told);
                }
            }
            Meant::Tag { place, names } => {
                let given = body.pointer(&place).unwrap_or(&Value::Null);
                let sentence = || words::unknown_name(&place, given, &names);
                told.add(place.clone(), sentence);
            }
        }
        return;
    }
    let place = match error.kind() {
        Kind::Required { property } => format!("{}/{property}", error.instance_path()),
        _ => error.instance_path().to_string(),
    };
    told.add(place, || words::sentence(schema, error));
}

/// Which alternative a client meant.
enum Meant<'a> {
    /// This one; its errors.
    Alternative(&'a [ValidationError<'static>]),
    /// None: the name that decides is none of these.
    Tag { place: String, names: Vec<String> },
}

/// Alternatives differ in a constant, as the actions of an update do, or one of them is `null`.
fn meant<'a>(alternatives: &'a [Vec<ValidationError<'static>>]) -> Meant<'a> {
    let constant = |errors: &'a Vec<ValidationError<'static>>| {
        errors.iter().find_map(|error| match error.kind() {
            Kind::Constant { expected_value } => {
                Some((error.instance_path().to_string(), expected_value))
            }
            _ => None,
        })
    };
    let other = |errors: &&'a Vec<ValidationError<'static>>| constant(errors).is_none();
    if let Some(errors) = alternatives.iter().find(other) {
        return Meant::Alternative(errors);
    }
    let constants: Vec<_> = alternatives.iter().filter_map(constant).collect();
    let place = constants
        .first()
        .map(|(place, _)| place.clone())
        .unwrap_or_default();
    let names = constants
        .iter()
        .filter_map(|(_, name)| name.as_str())
        .map(str::to_owned);
    Meant::Tag {
        place,
        names: names.collect(),
    }
}
