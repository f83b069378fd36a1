//! What connect.yaml files, schedules, updates and values mean, seen from outside of the crate.

mod certification;
mod checklist;
mod corpus;
mod create;
mod errors;
mod findings;
mod hostile_yaml;
mod merge;
mod round_trip;
mod sample;
mod schedule;
mod schedule_properties;
mod update;
mod update_body;
