//! The threads of the process: requests have a runtime of their own, which builds, checks and workers never use (docs/adr/0026-requests-have-their-own-runtime.md).

use std::sync::OnceLock;
use std::thread::available_parallelism;

use tokio::runtime::{Builder, Handle, Runtime};

use crate::stalls;

/// Worker threads of the runtime of requests on a machine with one core.
const LEAST_THREADS: usize = 2;

/// Returns the runtime that answers requests.
///
/// There is one for the whole process, which lives as long as the process: it is shared by all servers of a test, and it is never dropped, which
/// would have to wait for its threads.
///
/// # Panics
/// If the system refuses to start a thread.
pub(crate) fn requests() -> &'static Handle {
    static REQUESTS: OnceLock<Runtime> = OnceLock::new();
    REQUESTS
        .get_or_init(|| {
            let cores = available_parallelism().map_or(LEAST_THREADS, usize::from);
            let runtime = Builder::new_multi_thread()
                .worker_threads(cores.max(LEAST_THREADS))
                .thread_name("requests")
                .enable_all()
                .build()
                .expect("the system starts threads");
            runtime.spawn(stalls::heartbeat("requests", runtime.handle().id()));
            runtime
        })
        .handle()
}

/// True on a thread of the runtime of requests.
pub(crate) fn is_requests() -> bool {
    Handle::try_current().is_ok_and(|current| current.id() == requests().id())
}
