//! A queue that is fair among Projects, without a clock and without tasks.
//!
//! A job waits in the line of each Project that wants it. Within a line, the job that came first begins first. A free place goes to the Project
//! with the fewest jobs running; among equals, to the one whose turn was longest ago. One Project never holds all places.
//!
//! This bounds the wait of a Project with nothing running. It never waits for one other Project alone. Before its first job begins, each Project that
//! was waiting when it came begins at most one job. If every job ends within a time T, it therefore waits at most T × ⌈(W + 1) / places⌉, where W is
//! the number of those Projects. Every job begins in the end, as a Project whose jobs have ended is one with nothing running.

use std::collections::VecDeque;

use domain::names::ProjectKey;

#[cfg(test)]
#[path = "fair_queue_tests.rs"]
mod tests;

/// Jobs that wait and jobs that run.
#[derive(Debug, Clone)]
pub(crate) struct FairQueue<J> {
    limits: Limits,
    /// The lines that are not empty; the Project whose turn was longest ago is the first.
    lines: VecDeque<Line<J>>,
    /// Each job with the Project for which it runs.
    running: Vec<(ProjectKey, J)>,
}

/// How many jobs run at the same time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Of all Projects together; at least 1.
    pub(crate) places: usize,
    /// Of one Project; less than `places`, or one Project could keep all others waiting.
    pub(crate) per_project: usize,
}

#[derive(Debug, Clone)]
struct Line<J> {
    project: ProjectKey,
    jobs: VecDeque<J>,
}

/// End of its Project's line at which a job joins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Join {
    /// Behind the others.
    Last,
    /// Before the others: it was at the front before.
    First,
}

impl<J: Clone + Eq> FairQueue<J> {
    /// Creates an empty queue.
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            limits,
            lines: VecDeque::new(),
            running: Vec::new(),
        }
    }

    /// Adds a job to the line of a Project. Has no effect if the job runs or is in this line already.
    pub(crate) fn add(&mut self, project: &ProjectKey, job: J, join: Join) {
        if self.running.iter().any(|(_, one)| *one == job) {
            return;
        }
        let at = self.lines.iter().position(|line| line.project == *project);
        let line = if let Some(at) = at {
            &mut self.lines[at].jobs
        } else {
            self.lines.push_back(Line {
                project: project.clone(),
                jobs: VecDeque::new(),
            });
            let last = self.lines.len() - 1;
            &mut self.lines[last].jobs
        };
        if line.contains(&job) {
            return;
        }
        match join {
            Join::Last => line.push_back(job),
            Join::First => line.push_front(job),
        }
    }

    /// Takes the next job and gives it a place; `None` if no place is free for any job that waits.
    pub(crate) fn begin(&mut self) -> Option<J> {
        if self.running.len() >= self.limits.places {
            return None;
        }
        let lines = self.lines.iter().enumerate();
        let candidates = lines.map(|(at, line)| (self.running_for(&line.project), at));
        let (_, at) = candidates
            .filter(|(running, _)| *running < self.limits.per_project)
            .min()?;
        let mut line = self.lines.remove(at)?;
        let job = line.jobs.pop_front()?;
        let project = line.project.clone();
        self.lines.push_back(line);
        self.leave(&job, |_| true);
        self.running.push((project, job.clone()));
        Some(job)
    }

    /// Frees the place of a job.
    pub(crate) fn end(&mut self, job: &J) {
        self.running.retain(|(_, one)| one != job);
    }

    /// Takes a job out of the lines of these Projects.
    pub(crate) fn leave(&mut self, job: &J, leaves: impl Fn(&ProjectKey) -> bool) {
        for line in &mut self.lines {
            if leaves(&line.project) {
                line.jobs.retain(|one| one != job);
            }
        }
        self.lines.retain(|line| !line.jobs.is_empty());
    }

    /// Returns how many jobs begin before this one if none is added, plus 1; `None` if it does not wait.
    pub(crate) fn position(&self, job: &J) -> Option<usize> {
        let mut ahead = self.clone();
        ahead.limits = Limits {
            places: usize::MAX,
            per_project: usize::MAX,
        };
        let order = std::iter::from_fn(|| ahead.begin());
        let before = order.take_while(|one| one != job).count();
        let waits = self.lines.iter().any(|line| line.jobs.contains(job));
        waits.then_some(before + 1)
    }

    fn running_for(&self, project: &ProjectKey) -> usize {
        let running = self.running.iter();
        running.filter(|(one, _)| one == project).count()
    }
}
