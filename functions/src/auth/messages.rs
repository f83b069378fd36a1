//! What goes over the wire for a token (RFC 6749, section 4.4).

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;

/// The form that asks for a token. Client id and secret come by HTTP Basic, or as two more fields of the form.
pub enum TokenRequest {}

impl JsonSchema for TokenRequest {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "TokenRequest".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "required": ["grant_type"],
            "properties": {
                "grant_type": {"type": "string", "enum": ["client_credentials"]},
                "scope": {"type": "string", "description": "Scopes with the Project key, separated by blanks; without it, all that the API client has."},
                "client_id": {"type": "string", "description": "Where HTTP Basic is not used."},
                "client_secret": {"type": "string", "format": "password", "description": "Where HTTP Basic is not used."},
            },
        })
    }
}

/// An access token.
#[derive(Serialize, JsonSchema)]
pub struct TokenAnswer {
    /// What goes behind Bearer.
    pub(super) access_token: String,
    /// Bearer.
    pub(super) token_type: &'static str,
    /// Seconds for which it is good.
    pub(super) expires_in: i64,
    /// Its scopes, separated by blanks.
    pub(super) scope: String,
}
