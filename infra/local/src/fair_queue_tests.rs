//! No Project starves another, in chosen histories and in random ones.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

const LIMITS: Limits = Limits {
    places: 3,
    per_project: 2,
};

fn project(number: u8) -> ProjectKey {
    ProjectKey::parse(&format!("shop-{number}")).unwrap()
}

/// Adds jobs of a Project in this order.
fn add(queue: &mut FairQueue<&'static str>, owner: u8, jobs: &[&'static str]) {
    for job in jobs {
        queue.add(&project(owner), job, Join::Last);
    }
}

/// Begins everything that can begin.
fn fill<J: Clone + Eq>(queue: &mut FairQueue<J>) -> Vec<J> {
    std::iter::from_fn(|| queue.begin()).collect()
}

#[test]
fn a_project_with_many_builds_does_not_keep_another_waiting() {
    let mut queue = FairQueue::new(LIMITS);
    add(&mut queue, 1, &["a1", "a2", "a3"]);
    assert_eq!(fill(&mut queue), ["a1", "a2"]);
    add(&mut queue, 2, &["b1"]);
    assert_eq!(fill(&mut queue), ["b1"]);
}

#[test]
fn a_free_place_goes_to_the_project_with_the_fewest_builds_running() {
    let mut queue = FairQueue::new(LIMITS);
    add(&mut queue, 1, &["a1", "a2", "a3"]);
    add(&mut queue, 2, &["b1", "b2"]);
    assert_eq!(fill(&mut queue), ["a1", "b1", "a2"]);
    queue.end(&"b1");
    assert_eq!(fill(&mut queue), ["b2"]);
    queue.end(&"a1");
    assert_eq!(fill(&mut queue), ["a3"]);
}

#[test]
fn projects_take_turns_and_each_has_its_own_order() {
    let mut queue = FairQueue::new(Limits {
        places: 1,
        per_project: 1,
    });
    add(&mut queue, 1, &["a1", "a2", "a3"]);
    add(&mut queue, 2, &["b1", "b2"]);
    add(&mut queue, 3, &["c1"]);
    let mut order = Vec::new();
    while let Some(job) = queue.begin() {
        order.push(job);
        queue.end(&job);
    }
    assert_eq!(order, ["a1", "b1", "c1", "a2", "b2", "a3"]);
}

#[test]
fn a_build_that_two_projects_want_begins_when_the_first_of_them_has_its_turn() {
    let mut queue = FairQueue::new(LIMITS);
    add(&mut queue, 1, &["a1", "a2", "a3", "shared"]);
    assert_eq!(fill(&mut queue), ["a1", "a2"]);
    assert_eq!(queue.position(&"shared"), Some(2));
    add(&mut queue, 2, &["shared"]);
    assert_eq!(queue.position(&"shared"), Some(1));
    assert_eq!(fill(&mut queue), ["shared"]);
    queue.end(&"a1");
    queue.end(&"a2");
    assert_eq!(fill(&mut queue), ["a3"]);
    assert_eq!(queue.position(&"shared"), None);
}

#[test]
fn a_build_that_is_tried_again_stands_before_those_that_came_after_it() {
    let mut queue = FairQueue::new(LIMITS);
    add(&mut queue, 1, &["a1", "a2", "a3"]);
    fill(&mut queue);
    queue.end(&"a1");
    queue.add(&project(1), "a1", Join::First);
    assert_eq!(fill(&mut queue), ["a1"]);
}

/// A moment of a queue's life.
#[derive(Debug, Clone)]
enum Move {
    /// A Project wants a job, which others may want too.
    Add { owner: u8, job: u16 },
    /// A running job ends: the one with this index, counted round.
    End(usize),
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let add = (0..5_u8, 0..40_u16).prop_map(|(owner, job)| Move::Add { owner, job });
    let end = any::<usize>().prop_map(Move::End);
    prop::collection::vec(prop_oneof![3 => add, 2 => end], 1..150)
}

/// A queue, and what a Project with nothing running has waited for.
struct History {
    queue: FairQueue<u16>,
    /// How many jobs may still begin before the first of a Project that waits with nothing running.
    patience: BTreeMap<ProjectKey, usize>,
}

impl History {
    /// Begins what can begin, and checks each step.
    fn fill(&mut self) -> Result<(), TestCaseError> {
        loop {
            let next = {
                let mut ahead = self.queue.clone();
                ahead.begin()
            };
            let first = self.first_by_position();
            let Some(job) = self.queue.begin() else {
                break;
            };
            prop_assert_eq!(next, Some(job));
            if let Some(first) = first {
                prop_assert_eq!(first, job, "what is first in the queue begins first");
            }
            let (owner, _) = self.queue.running.last().unwrap().clone();
            self.patience.remove(&owner);
            self.forget_who_no_longer_waits();
            for (project, left) in &mut self.patience {
                prop_assert!(*left > 0, "{project:?} waited longer than its bound");
                *left -= 1;
            }
        }
        self.check()
    }

    /// The job that is first in the queue, if no Project that waits is at its limit.
    fn first_by_position(&self) -> Option<u16> {
        let free = |line: &Line<u16>| {
            self.queue.running_for(&line.project) < self.queue.limits.per_project
        };
        let mut waiting = self.queue.lines.iter().flat_map(|line| &line.jobs);
        let all_free = self.queue.lines.iter().all(free);
        let first = waiting.find(|job| self.queue.position(job) == Some(1));
        first.copied().filter(|_| all_free)
    }

    fn check(&mut self) -> Result<(), TestCaseError> {
        let queue = &self.queue;
        prop_assert!(queue.running.len() <= queue.limits.places);
        for (project, _) in &queue.running {
            prop_assert!(queue.running_for(project) <= queue.limits.per_project);
        }
        for line in &queue.lines {
            let idle = queue.running_for(&line.project) == 0;
            if idle {
                let others = queue.running.iter().map(|(one, _)| one);
                let mut others: Vec<_> = others.collect();
                others.sort();
                others.dedup();
                prop_assert!(
                    queue.running.len() == queue.limits.places && others.len() > 1,
                    "one Project alone keeps {:?} waiting",
                    line.project
                );
            } else {
                self.patience.remove(&line.project);
            }
            let waiting = queue.lines.len() - 1;
            if idle {
                self.patience.entry(line.project.clone()).or_insert(waiting);
            }
        }
        self.forget_who_no_longer_waits();
        Ok(())
    }

    fn forget_who_no_longer_waits(&mut self) {
        let lines = &self.queue.lines;
        let waits = |project: &ProjectKey| lines.iter().any(|one| one.project == *project);
        self.patience.retain(|project, _| waits(project));
    }
}

proptest! {
    #[test]
    fn no_project_is_starved_whatever_the_others_do(moves in moves()) {
        let mut history = History { queue: FairQueue::new(LIMITS), patience: BTreeMap::new() };
        for one in moves {
            match one {
                Move::Add { owner, job } => history.queue.add(&project(owner), job, Join::Last),
                Move::End(index) => {
                    let running = history.queue.running.len();
                    if running > 0 {
                        let job = history.queue.running[index % running].1;
                        history.queue.end(&job);
                    }
                }
            }
            history.fill()?;
        }
        // Every order is served in the end.
        while let Some((_, job)) = history.queue.running.first().cloned() {
            history.queue.end(&job);
            history.fill()?;
        }
        prop_assert!(history.queue.lines.is_empty());
    }
}
