//! Who may call: tokens, scopes and Projects.

mod scopes;
mod token;
