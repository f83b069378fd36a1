//! A step is told when it begins and when it ends, with its time; the first that fails ends the demo with one paragraph.

use std::time::Instant;

use anyhow::anyhow;

use super::report::{Ended, Report, Step};
use super::steps::Label;

/// What a step gives to those after it, and the lines that it tells.
pub(super) type Done<T> = anyhow::Result<(T, Vec<String>)>;

pub(super) struct Story<'a> {
    out: &'a mut dyn Report,
    steps: u32,
    begin: Instant,
}

impl<'a> Story<'a> {
    pub(super) fn begin(out: &'a mut dyn Report) -> Self {
        Self {
            out,
            steps: 0,
            begin: Instant::now(),
        }
    }

    pub(super) async fn step<T>(
        &mut self,
        (name, what): Label,
        work: impl Future<Output = Done<T>>,
    ) -> anyhow::Result<T> {
        self.steps += 1;
        let step = Step {
            number: self.steps,
            name,
            what,
        };
        self.out.begins(&step);
        let begin = Instant::now();
        let done = work.await;
        let took = begin.elapsed();
        match done {
            Ok((value, told)) => {
                self.out.ends(&step, took, &Ended::Done(told));
                Ok(value)
            }
            Err(error) => {
                let error = failed(&step, &error);
                self.out
                    .ends(&step, took, &Ended::Failed(error.to_string()));
                Err(error)
            }
        }
    }

    pub(super) fn end(self, ok: bool) {
        self.out.total(self.steps, self.begin.elapsed(), ok);
    }
}

fn failed(step: &Step, error: &anyhow::Error) -> anyhow::Error {
    let cause = format!("{error:#}");
    let cause = cause.trim_end_matches('.');
    anyhow!(
        "Step {} of the demo ({}) failed: {cause}. What the demo made so far stays to be looked at; the next demo on this data folder removes it",
        step.number,
        step.what,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::report::Lines;

    #[tokio::test]
    async fn a_step_that_fails_is_named_with_its_cause_and_what_happens_next() {
        let mut lines = Lines::to(Vec::new());
        let mut story = Story::begin(&mut lines);
        let fine = async { Ok(("token", vec!["scope manage_project".to_owned()])) };
        assert_eq!(
            story.step(("token", "Get a token"), fine).await.unwrap(),
            "token"
        );
        let bad =
            async { Err::<((), _), _>(anyhow!("nobody answers").context("GET /x got no answer")) };
        let error = story
            .step(("call", "Call the service"), bad)
            .await
            .unwrap_err();
        insta::assert_snapshot!(error, @"Step 2 of the demo (Call the service) failed: GET /x got no answer: nobody answers. What the demo made so far stays to be looked at; the next demo on this data folder removes it");
    }
}
