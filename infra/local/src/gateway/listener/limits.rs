//! Limits of one listener: the number of connections, and the time for which one may do nothing.

use std::time::Duration;

use domain::limits::APPLICATION_REQUEST;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Connections at most, however many descriptors the process may open.
const MOST: usize = 10_000;
/// Connections that one peer may have on a system that allows few descriptors.
const LEAST_PER_PEER: usize = 128;
/// Descriptors that are left for rows, blobs, builds and applications.
const OTHER_FILES: usize = 256;

/// Limits of a listener.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionLimits {
    /// Connections at the same time. [`ConnectionLimits::reserve`] comes on top.
    pub all: usize,
    /// Connections of one peer, which is an IPv4 address or a /64 network of IPv6.
    pub per_peer: usize,
    /// Connections beyond the others on which only `/health` and the operator are answered. One peer gets a quarter of them.
    pub reserve: usize,
    /// Time for the head of a request, from the opening of the connection or from the first byte of a later request.
    pub head: Duration,
    /// Time between two requests of a connection.
    pub idle: Duration,
    /// Time without a byte of a request's body.
    pub body: Duration,
    /// Time for the whole body of a request.
    pub whole_body: Duration,
    /// Time in which the caller takes no byte of an answer.
    pub write: Duration,
}

impl ConnectionLimits {
    /// Returns the limits for this process. Half of the descriptors that it may open are for connections; to have more of them, the soft limit of
    /// open files is raised to the hard limit. Processes of builds and applications get limits of their own from the sandbox.
    #[must_use]
    pub fn of_process() -> Self {
        Self::of(open_files())
    }

    /// Returns these limits with as many connections as the operator wants; of one peer, a quarter of them where nothing else is wanted.
    ///
    /// # Errors
    /// The process may not open so many files, or one peer would have more than all together.
    pub fn with_most(self, all: Option<usize>, per_peer: Option<usize>) -> Result<Self, String> {
        let files = open_files();
        self.with_most_of(files, all, per_peer)
    }

    fn with_most_of(
        self,
        files: usize,
        all: Option<usize>,
        per_peer: Option<usize>,
    ) -> Result<Self, String> {
        let all = all.unwrap_or(self.all);
        if all > self.all && all.saturating_add(OTHER_FILES) > files {
            return Err(format!(
                "--max-connections {all} needs {all} open files and {OTHER_FILES} for everything else, and this process may open {files}. Take fewer connections, or raise the limit of open files (`ulimit -n`, or LimitNOFILE of systemd)."
            ));
        }
        let per_peer = per_peer.unwrap_or_else(|| Self::share(all));
        if per_peer > all {
            return Err(format!(
                "--max-connections-per-peer {per_peer} is more than the {all} connections of all peers together. Raise --max-connections, or lower it."
            ));
        }
        Ok(Self {
            all,
            per_peer,
            ..self
        })
    }

    fn share(all: usize) -> usize {
        (all / 4).max(LEAST_PER_PEER).min(all)
    }

    fn of(files: usize) -> Self {
        let all = (files / 2).clamp(1, MOST);
        Self {
            all,
            per_peer: Self::share(all),
            reserve: 32,
            head: Duration::from_secs(10),
            idle: Duration::from_secs(75),
            body: Duration::from_secs(30),
            whole_body: APPLICATION_REQUEST,
            write: Duration::from_secs(60),
        }
    }

    /// Connections of the reserve that one peer may have.
    pub(super) fn reserve_per_peer(&self) -> usize {
        (self.reserve / 4).max(1)
    }

    /// Time between two looks at the connections.
    pub(super) fn look_again(&self) -> Duration {
        let shortest = self.head.min(self.idle).min(self.write);
        (shortest / 4).clamp(Duration::from_millis(20), Duration::from_secs(1))
    }
}

/// Raises the soft limit of open files to the hard limit, and returns it.
fn open_files() -> usize {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    // macOS refuses more than its own maximum; the limit stays as it is then.
    let files = match setrlimit(Resource::Nofile, raised) {
        Ok(()) => limit.maximum,
        Err(_) => limit.current,
    };
    files.map_or(usize::MAX, |files| {
        usize::try_from(files).unwrap_or(usize::MAX)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_the_open_files_are_for_connections_and_a_quarter_of_those_for_one_peer() {
        for (files, all, per_peer) in [
            (256, 128, 128),
            (1024, 512, 128),
            (4096, 2048, 512),
            (1_048_576, 10_000, 2_500),
        ] {
            let limits = ConnectionLimits::of(files);
            assert_eq!((limits.all, limits.per_peer), (all, per_peer), "{files}");
        }
    }

    #[test]
    fn the_operator_may_want_fewer_connections_and_no_more_than_there_are_files() {
        let with = |all, per_peer| ConnectionLimits::of(4096).with_most_of(4096, all, per_peer);
        let few = with(Some(400), None).unwrap();
        assert_eq!((few.all, few.per_peer), (400, 128));
        let proxy = with(None, Some(2048)).unwrap();
        assert_eq!((proxy.all, proxy.per_peer), (2048, 2048));
        insta::assert_snapshot!(with(Some(4000), None).unwrap_err(), @"--max-connections 4000 needs 4000 open files and 256 for everything else, and this process may open 4096. Take fewer connections, or raise the limit of open files (`ulimit -n`, or LimitNOFILE of systemd).");
        insta::assert_snapshot!(with(Some(10), Some(11)).unwrap_err(), @"--max-connections-per-peer 11 is more than the 10 connections of all peers together. Raise --max-connections, or lower it.");
    }
}
