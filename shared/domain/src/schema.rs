//! What a JSON Schema of our types needs beyond the derives: the OpenAPI document and the check of a body use the same ones.

use std::borrow::Cow;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator};

/// The keyword that says in words what a place takes whose `pattern` or `anyOf` says it for machines; validators ignore it.
pub const MESSAGE: &str = "x-message";

/// The pattern of a text of which one character at least is no blank.
pub const NOT_BLANK: &str = r"\S";

/// A list that a client may leave out or send as `null` (contract, section 15.13), and that an answer always has.
pub(crate) struct OrNull<T>(PhantomData<T>);

impl<T: JsonSchema> JsonSchema for OrNull<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        if generator.contract().is_serialize() {
            T::json_schema(generator)
        } else {
            <Option<T>>::json_schema(generator)
        }
    }
}
