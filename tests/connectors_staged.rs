//! Drafts: registered, read, changed, and only by their owner.

mod create;
mod create_refused;
mod delete;
mod get;
mod publish;
mod query;
mod unreadable;
mod update;
