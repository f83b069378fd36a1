//! The builds that were ordered and have not ended, with the runs that wait for each.

use std::collections::HashMap;
use std::time::Instant;

use builder::{BuildOrder, BuildStage, BuildUnderWay, Step, TRIES};
use domain::names::{ArtifactHash, ProjectKey};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::fair_queue::{FairQueue, Join, Limits};

/// Builds by their address.
#[derive(Debug)]
pub(super) struct Orders {
    queue: FairQueue<ArtifactHash>,
    builds: HashMap<ArtifactHash, Build>,
}

#[derive(Debug)]
struct Build {
    /// The order of each run that waits for it.
    orders: Vec<BuildOrder>,
    /// The runs that know how it ended.
    told: Vec<Uuid>,
    /// How often the platform failed at it.
    faults: usize,
    state: State,
    /// Stops it while it runs.
    stop: CancellationToken,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum State {
    /// It is in the queue.
    Waiting,
    /// It has a place.
    Running { step: Step, since: Instant },
    /// It met a fault, and joins the queue again in a moment.
    Paused,
    /// Its runs are being told.
    Ended,
}

impl Orders {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            queue: FairQueue::new(limits),
            builds: HashMap::new(),
        }
    }

    /// Adds an order. A build that is ordered already is not queued twice, but may begin earlier if another Project wants it too.
    pub(super) fn add(&mut self, order: BuildOrder) {
        let (project, hash) = (order.project.clone(), order.hash.clone());
        let build = self.builds.entry(hash.clone()).or_insert_with(|| Build {
            orders: Vec::new(),
            told: Vec::new(),
            faults: 0,
            state: State::Waiting,
            stop: CancellationToken::new(),
        });
        if build.orders.contains(&order) {
            return;
        }
        build.orders.push(order);
        if build.state == State::Waiting {
            self.queue.add(&project, hash, Join::Last);
        }
    }

    /// Gives the next build its place.
    pub(super) fn begin(&mut self) -> Option<ArtifactHash> {
        let hash = self.queue.begin()?;
        self.at_step(&hash, Step::Tools);
        Some(hash)
    }

    /// Notes the step that a build has begun.
    pub(super) fn at_step(&mut self, hash: &ArtifactHash, step: Step) {
        let since = Instant::now();
        self.set(hash, State::Running { step, since });
    }

    /// Counts a fault of the platform. Returns true if the build is to be tried again, with [`Orders::add_again`].
    pub(super) fn pause(&mut self, hash: &ArtifactHash) -> bool {
        let Some(build) = self.builds.get_mut(hash) else {
            return false;
        };
        build.faults += 1;
        let again = build.faults < TRIES;
        if again {
            build.state = State::Paused;
        }
        again
    }

    /// Puts a build back into the queue that was paused.
    pub(super) fn add_again(&mut self, hash: &ArtifactHash) {
        self.set(hash, State::Waiting);
        self.queue_for_all(hash, Join::First);
    }

    /// Notes that a build has its result: an order from now on gets it, too.
    pub(super) fn ended(&mut self, hash: &ArtifactHash) {
        self.set(hash, State::Ended);
    }

    /// Frees the place of a build. One that was stopped is removed, unless it was ordered again before it had stopped.
    pub(super) fn free(&mut self, hash: &ArtifactHash) {
        self.queue.end(hash);
        let Some(build) = self.builds.get_mut(hash) else {
            return;
        };
        if build.orders.is_empty() {
            self.builds.remove(hash);
        } else if matches!(build.state, State::Running { .. }) {
            build.state = State::Waiting;
            build.stop = CancellationToken::new();
            self.queue_for_all(hash, Join::Last);
        }
    }

    fn set(&mut self, hash: &ArtifactHash, state: State) {
        if let Some(build) = self.builds.get_mut(hash) {
            build.state = state;
        }
    }

    fn queue_for_all(&mut self, hash: &ArtifactHash, join: Join) {
        let build = self.builds.get(hash);
        for order in build.into_iter().flat_map(|build| &build.orders) {
            self.queue.add(&order.project, hash.clone(), join);
        }
    }

    /// Removes the orders of a run that has ended. A build for which no other run waits leaves the queue, or is stopped.
    pub(super) fn withdraw(&mut self, run: Uuid) {
        let Self { queue, builds } = self;
        builds.retain(|hash, build| {
            let before = build.orders.len();
            build.orders.retain(|order| order.run != run);
            if build.orders.len() == before || build.state == State::Ended {
                return true;
            }
            let wants =
                |project: &ProjectKey| build.orders.iter().any(|order| order.project == *project);
            queue.leave(hash, |project| !wants(project));
            if !build.orders.is_empty() {
                return true;
            }
            build.stop.cancel();
            matches!(build.state, State::Running { .. })
        });
    }

    /// Returns an order for a build that has a place, and what stops it; `None` if it was withdrawn.
    pub(super) fn wanted(&self, hash: &ArtifactHash) -> Option<(BuildOrder, CancellationToken)> {
        let build = self.builds.get(hash)?;
        Some((build.orders.first()?.clone(), build.stop.clone()))
    }

    /// Returns the orders of a build that has ended which were not returned before; removes the build and returns `None` if there are none.
    pub(super) fn take(&mut self, hash: &ArtifactHash) -> Option<Vec<BuildOrder>> {
        let build = self.builds.get_mut(hash)?;
        let orders = build.orders.iter();
        let left = orders.filter(|order| !build.told.contains(&order.run));
        let left: Vec<BuildOrder> = left.cloned().collect();
        build.told.extend(left.iter().map(|order| order.run));
        if left.is_empty() {
            self.builds.remove(hash);
            return None;
        }
        Some(left)
    }

    /// Returns the builds that a run waits for and how far each is. A paused build is left out.
    pub(super) fn under_way(&self, run: Uuid) -> Vec<BuildUnderWay> {
        let builds = self.builds.iter().filter_map(|(hash, build)| {
            let order = build.orders.iter().find(|order| order.run == run)?;
            let stage = match build.state {
                State::Running { step, since } => BuildStage::Running {
                    step,
                    elapsed: since.elapsed(),
                },
                State::Waiting => BuildStage::Queued {
                    position: self.queue.position(hash)?,
                },
                State::Paused | State::Ended => return None,
            };
            Some(BuildUnderWay {
                application: order.application.clone(),
                stage,
            })
        });
        builds.collect()
    }
}

#[cfg(test)]
#[path = "orders_tests.rs"]
mod tests;
