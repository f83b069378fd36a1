//! No sequence of events, however wild, breaks what the contract promises about the three lifecycles.

use proptest::prelude::*;
use proptest::sample::select;

use super::connector_staged::{
    ConnectorStatus as Status, Effect, Event, IsPreviewable as Previewable, State,
};
use super::deployment::{self, DeploymentStatus};
use super::events::{DEPLOYMENT, PREVIEWABLES, RUN, STAGED, STATUSES};
use super::run::{self, RunState};
use crate::error::ErrorCode;

const NEW: State = State {
    status: Status::Draft,
    previewable: Previewable::None,
};

/// The events that were accepted, each with the state before, the state after and its effects.
fn walk(events: &[Event]) -> Vec<(State, Event, State, Vec<Effect>)> {
    let mut state = NEW;
    let mut steps = Vec::new();
    for event in events {
        if let Ok((to, effects)) = state.on(*event) {
            steps.push((state, *event, to, effects));
            state = to;
        }
    }
    steps
}

fn many<T: Copy + std::fmt::Debug + 'static>(
    events: &'static [T],
) -> impl Strategy<Value = Vec<T>> {
    prop::collection::vec(select(events), 0..40)
}

#[test]
fn nothing_but_a_comment_changes_a_draft_that_a_certifier_has() {
    for (state, event) in all() {
        let waits = matches!(
            state.status,
            Status::Processing | Status::ReadyForCertification | Status::InCertification
        );
        let update = matches!(
            event,
            Event::Edit
                | Event::ChangeRepository
                | Event::UpdatePreviewable
                | Event::Publish { .. }
                | Event::Unlist
        );
        if waits && update {
            assert!(state.on(event).is_err(), "{state:?} {event:?}");
        }
    }
}

/// These errors are answered as they are, with no values to fill in; what only workers meet is never answered.
#[test]
fn the_message_of_a_refused_action_is_complete() {
    for (state, event) in all() {
        let answered = !matches!(
            event,
            Event::PreviewEnded { .. } | Event::PublishEnded { .. } | Event::Delete
        );
        if let Err(code) = state.on(event) {
            assert!(!answered || !code.template().contains('{'), "{code:?}");
            assert!(event != Event::Delete || code == ErrorCode::ConnectorStagedInUse);
        }
    }
}

fn all() -> impl Iterator<Item = (State, Event)> {
    STATUSES.into_iter().flat_map(|status| {
        PREVIEWABLES.into_iter().flat_map(move |previewable| {
            let state = State {
                status,
                previewable,
            };
            STAGED.into_iter().map(move |event| (state, event))
        })
    })
}

proptest! {
    #[test]
    fn a_draft_is_published_by_a_publication_that_passed_or_by_an_approval_only(events in many(&STAGED)) {
        for (from, event, to, effects) in walk(&events) {
            let gate = matches!(
                event,
                Event::PublishEnded { certification: false, passed: true }
                    | Event::EndCertification { approved: true }
            );
            prop_assert_eq!(from.status != to.status && to.status == Status::Published, gate);
            let certified = event == Event::EndCertification { approved: true };
            let published = effects.contains(&Effect::PublishConnector { certified });
            prop_assert_eq!(published, gate);
            prop_assert_eq!(effects.iter().any(|one| matches!(one, Effect::PublishConnector { .. })), gate);
        }
    }

    #[test]
    fn one_pipeline_runs_on_a_draft_at_a_time(events in many(&STAGED)) {
        for (_, _, to, effects) in walk(&events) {
            let processed = !matches!(to.status, Status::Draft | Status::Published | Status::Failed);
            prop_assert!(!(processed && to.previewable == Previewable::Pending), "{:?}", to);
            prop_assert!(effects.len() <= 1, "{:?}", effects);
        }
    }

    #[test]
    fn a_preview_passes_after_a_run_that_passed_on_this_repository_only(events in many(&STAGED)) {
        for (from, event, to, _) in walk(&events) {
            if from.previewable != to.previewable {
                let expected = match event {
                    Event::ChangeRepository => Previewable::None,
                    Event::UpdatePreviewable => Previewable::Pending,
                    Event::PreviewEnded { passed: true } => Previewable::True,
                    Event::PreviewEnded { passed: false } => Previewable::False,
                    other => return Err(TestCaseError::fail(format!("{other:?} moved it"))),
                };
                prop_assert_eq!(to.previewable, expected);
            }
            if let Event::PreviewEnded { .. } = event {
                prop_assert_eq!(from.previewable, Previewable::Pending);
            }
        }
    }

    #[test]
    fn a_deployment_keeps_a_revision_for_each_deployment_that_passed_and_starts_one_run_at_a_time(
        events in many(&DEPLOYMENT)
    ) {
        let (mut status, effects) = DeploymentStatus::create();
        let mut open = effects.len();
        for event in events {
            let Ok((to, effects)) = status.on(event) else { continue };
            let passed = event == deployment::Event::DeployEnded { passed: true };
            prop_assert_eq!(effects.contains(&deployment::Effect::KeepRevision), passed);
            prop_assert_eq!(to == DeploymentStatus::Deployed, passed);
            let starts = effects.iter().any(|one| matches!(one, deployment::Effect::StartDeploy | deployment::Effect::StartUndeploy));
            let ends = matches!(event, deployment::Event::DeployEnded { .. } | deployment::Event::UndeployEnded { .. });
            open = open + usize::from(starts) - usize::from(ends);
            let busy = matches!(to, DeploymentStatus::Deploying | DeploymentStatus::Undeploying);
            if effects.contains(&deployment::Effect::Remove) {
                prop_assert_eq!(event, deployment::Event::UndeployEnded { passed: true });
                break;
            }
            prop_assert_eq!(open, usize::from(busy));
            prop_assert_ne!(to, DeploymentStatus::Queued);
            status = to;
        }
    }

    #[test]
    fn a_run_ends_once_and_for_good(events in many(&RUN)) {
        let mut state = RunState::Queued;
        let mut ends = Vec::new();
        for event in events {
            let Ok((to, effects)) = state.on(event) else { continue };
            prop_assert!(ends.is_empty(), "{:?} after the end", event);
            ends.extend(effects.iter().filter_map(|effect| match effect {
                run::Effect::End { passed } => Some(*passed),
                run::Effect::Retry => None,
            }));
            prop_assert_eq!(to == RunState::Succeeded, ends == [true]);
            prop_assert_eq!(to == RunState::Failed, ends == [false]);
            state = to;
        }
    }

    #[test]
    fn three_faults_end_a_run_whatever_else_happens(before in any::<u32>()) {
        let ended = RunState::Running.on(run::Event::Fault { before }) == Ok((RunState::Failed, vec![run::Effect::End { passed: false }]));
        prop_assert_eq!(ended, before >= 2);
    }
}
