//! Faults at every call of a port (hosting, schedules, topics), each three times in a row, which ends a run as failed.

mod deploys;
mod injector;
mod ports;
