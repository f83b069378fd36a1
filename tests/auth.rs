//! Who may call: tokens, scopes and Projects.

mod keys;
mod revoked;
mod scopes;
mod token;
