//! What an endpoint takes and gives, as types: the catalogue says it once, and the document is made of it.

use domain::error::ErrorCode;
use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::query::Parameter;

/// Makes the schema of a type where the generator is.
pub type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

/// The media type of everything but what says otherwise.
pub const JSON: &str = "application/json";

/// What an endpoint takes and gives.
#[derive(Debug, Clone, Copy)]
pub struct Wire {
    /// The body that it takes.
    pub body: Option<SchemaOf>,
    /// The media type of that body.
    pub body_type: &'static str,
    /// The status of its success.
    pub status: u16,
    /// What it answers with then.
    pub answer: SchemaOf,
    /// The media type of that answer.
    pub answer_type: &'static str,
    /// The query parameters.
    pub query: &'static [&'static [Parameter]],
    /// The errors of its own; those of scopes, paths, queries and bodies go without saying.
    pub errors: &'static [ErrorCode],
    /// Whether `Prefer: wait=N` holds the answer back.
    pub waits: bool,
    /// Whether it can answer with server-sent events as well.
    pub follows: bool,
}

/// An endpoint that answers with a `T`.
#[must_use]
pub const fn gives<T: JsonSchema>(status: u16) -> Wire {
    Wire {
        body: None,
        body_type: JSON,
        status,
        answer: schema_of::<T>,
        answer_type: JSON,
        query: &[],
        errors: &[],
        waits: false,
        follows: false,
    }
}

impl Wire {
    /// It takes a `T` in the body.
    #[must_use]
    pub const fn takes<T: JsonSchema>(self) -> Self {
        Self {
            body: Some(schema_of::<T>),
            ..self
        }
    }

    /// Its body is a form.
    #[must_use]
    pub const fn as_form(self) -> Self {
        Self {
            body_type: "application/x-www-form-urlencoded",
            ..self
        }
    }

    /// Its answer is a page for a browser.
    #[must_use]
    pub const fn as_page(self) -> Self {
        Self {
            answer_type: "text/html",
            ..self
        }
    }

    /// It takes these query parameters.
    #[must_use]
    pub const fn query(self, query: &'static [&'static [Parameter]]) -> Self {
        Self { query, ..self }
    }

    /// It can refuse with these codes.
    #[must_use]
    pub const fn fails(self, errors: &'static [ErrorCode]) -> Self {
        Self { errors, ..self }
    }

    /// It answers with server-sent events, for whoever asks to follow.
    #[must_use]
    pub const fn follows(self) -> Self {
        Self {
            follows: true,
            ..self
        }
    }

    /// It waits for the end of a run, for whoever prefers that.
    #[must_use]
    pub const fn waits(self) -> Self {
        Self {
            waits: true,
            ..self
        }
    }
}

fn schema_of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}
