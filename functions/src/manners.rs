//! What the operator may set of the API's manners: how much a Project may ask, and which pages in browsers may read the answers.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use domain::limits;
use domain::names::ProjectKey;
use web::{Cors, Limiter, Place, Places, Rate};

use crate::wait::Waits;

// Failed attempts are counted in as many slots as fit into memory whatever ids are tried; the right secret is never counted, so that
// sharing one harms nobody.
const SLOTS: u64 = 4096;
/// A reader of logs that were followed too often comes again after this.
const FOLLOW_AGAIN: Duration = Duration::from_secs(10);

/// The manners of a process.
pub struct Manners {
    /// Who may read answers.
    pub cors: Cors,
    /// Reads that wait.
    pub(crate) waits: Waits,
    following: Places<ProjectKey>,
    requests: Limiter<ProjectKey>,
    attempts: Limiter<u64>,
}

impl Manners {
    /// Manners with the operator's settings.
    #[must_use]
    pub fn new(rate: Rate, cors: Cors) -> Self {
        Self {
            cors,
            waits: Waits::default(),
            following: Places::new(limits::FOLLOWING),
            requests: Limiter::new(rate),
            attempts: Limiter::new(Rate::per_second(limits::FAILED_ATTEMPTS)),
        }
    }

    /// Counts a request of a Project.
    ///
    /// # Errors
    /// It has used up its rate; it may come again after this time.
    pub(crate) fn request(&self, project: &ProjectKey) -> Result<(), Duration> {
        self.requests.take(project)
    }

    /// Counts an answer that follows logs, until what this returns is dropped.
    ///
    /// # Errors
    /// The Project follows as many as it may; another may end within this time.
    pub(crate) fn follow(&self, project: &ProjectKey) -> Result<Place<ProjectKey>, Duration> {
        self.following.take(project).ok_or(FOLLOW_AGAIN)
    }

    /// Counts a failed attempt to get a token.
    ///
    /// # Errors
    /// There were too many under this client id; another is worth a try after this time.
    pub(crate) fn failed_attempt(&self, client: &str) -> Result<(), Duration> {
        let mut hasher = DefaultHasher::new();
        client.hash(&mut hasher);
        self.attempts.take(&(hasher.finish() % SLOTS))
    }
}
