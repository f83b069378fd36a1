//! Deployments: created, read, changed and removed, within their Project.

mod api_client;
mod create;
mod create_refused;
mod delete;
mod follow;
mod get;
mod logs;
mod logs_refused;
mod redeploy;
mod secrets;
