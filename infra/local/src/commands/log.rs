//! The platform's own log goes to the error stream: text on a terminal, JSON elsewhere; `SLIPWAY_LOG` filters it.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

// s3s-fs writes whole requests at `info`; nobody reads them.
const QUIET: &str = "warn,slipway=info,functions=info,s3s=error,s3s_fs=off";

/// Starts logging.
pub(super) fn start() {
    let filter = EnvFilter::try_from_env("SLIPWAY_LOG").unwrap_or_else(|_| EnvFilter::new(QUIET));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    let started = if std::io::stderr().is_terminal() {
        log.compact().try_init()
    } else {
        log.json().try_init()
    };
    // A second start in one process, as in tests, keeps the first.
    drop(started);
}
