//! One client, one request after the other: every answer, every list and every resource is what the model says.

use std::collections::BTreeSet;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use proptest_state_machine::ReferenceStateMachine;

use super::state::{Outcome, State};
use super::tenant::Tenant;
use super::{check, config};
use crate::house::{House, in_a_house_of_its_own};

const CASES: u32 = 4;

#[test]
fn any_history_of_one_client_is_what_the_model_says() {
    // Certified Connectors are seen by all Projects, so nobody else may look into this house.
    in_a_house_of_its_own(async |house: &mut House| {
        let house = &*house;
        check(
            CASES,
            &State::sequential_strategy(20..30),
            async |(mut state, steps, seen)| {
                let mut tenant = Tenant::new(house).await;
                for step in steps {
                    if let Some(seen) = &seen {
                        seen.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                    }
                    let after = State::apply(state.clone(), &step);
                    tenant.step(&state, &after, &step).await;
                    state = after;
                }
            },
        );
    });
}

/// What is never reached is never tested: the histories are made up without a platform, so many of them cost little.
#[test]
fn histories_reach_every_refusal_and_every_status() {
    let mut reached = BTreeSet::new();
    let histories = State::sequential_strategy(20..30);
    let mut runner = TestRunner::new(config(1));
    for _ in 0..200 {
        let (mut state, steps, _) = histories.new_tree(&mut runner).unwrap().current();
        for step in steps {
            state = State::apply(state, &step);
            if let Some(Outcome::Refused(code)) = &state.last {
                reached.insert(*code);
            }
            reached.extend(state.drafts.iter().map(|draft| draft.status));
            reached.extend(state.deployments.iter().map(|one| one.status));
        }
    }
    let reached: Vec<&str> = reached.into_iter().collect();
    insta::assert_snapshot!(reached.join("\n"), @"
    ConcurrentModification
    ConnectorAlreadyCertified
    ConnectorCertificationRequired
    ConnectorNotListed
    ConnectorReferenceNotFound
    ConnectorSpecificationFileNotValid
    ConnectorStagedInCertification
    ConnectorStagedInUse
    ConnectorStagedNotInCertification
    ConnectorStagedNotPreviewable
    ConnectorStagedNotPrivate
    ConnectorStagedPreviewRequestUnderProcess
    ConnectorStagedPublishRequestUnderProcess
    Deployed
    DeploymentApplicationRequired
    DeploymentConnectorUpdateFailure
    DeploymentInvalidType
    DeploymentRollbackNotAllowed
    DeploymentUnknownApplicationConfigurationKey
    DeploymentUnsupportedRegion
    Draft
    DuplicateField
    Failed
    GitRepositoryNotReachable
    InCertification
    InvalidJsonInput
    Published
    ReadyForCertification
    ResourceNotFound
    Undeploying
    ");
}
