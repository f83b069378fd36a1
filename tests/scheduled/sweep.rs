//! `sweep`: what was killed at the worst moment is found and ended (design, rule 5); each test makes what such a moment leaves.

use std::time::Duration;

use domain::connector_staged::ConnectorStagedRecord;
use domain::lifecycle::connector_staged::IsPreviewable;
use domain::run::{Run, RunKind};
use functions::scheduled::sweep;
use serde_json::json;
use store::rows::{EventRow, EventState, ExecutionRow, ExecutionState, Message};
use store::{Commit, keys};
use uuid::Uuid;

use crate::house::{Draft, House, eventually, in_a_house_of_its_own, report};

/// A preview that was asked for, whose message never came anywhere.
async fn lost_preview(house: &House, draft: &Draft) -> Run {
    let desk = &house.platform().desk;
    let key = keys::staged(draft.id.parse().unwrap());
    let mut record: ConnectorStagedRecord = desk.store.get(&key).await.unwrap().unwrap();
    let run = Run::new(
        desk.ids.next(),
        RunKind::Preview,
        record.staged.id,
        record.owner.clone(),
        desk.clock.now(),
    );
    record.run = Some(run.id);
    record.staged.version += 1;
    record.staged.is_previewable = IsPreviewable::Pending;
    desk.store
        .commit(Commit::new().create(&run).update(&record))
        .await
        .unwrap();
    run
}

async fn sweep(house: &House) {
    sweep::handle(house.platform()).await.unwrap();
}

fn application(shown: &serde_json::Value) -> Uuid {
    shown["id"].as_str().unwrap().parse().unwrap()
}

#[test]
fn a_run_whose_message_was_lost_goes_on() {
    in_a_house_of_its_own(async |house| {
        let draft = house.project().await.draft("minimal").await;
        lost_preview(house, &draft).await;
        assert_eq!(draft.read().await["isPreviewable"], "pending");
        sweep(house).await;
        assert_eq!(draft.settled().await["isPreviewable"], "true");
    });
}

#[test]
fn a_run_that_takes_too_long_ends_as_failed_and_can_be_asked_for_again() {
    in_a_house_of_its_own(async |house| {
        let draft = house.project().await.draft("minimal").await;
        lost_preview(house, &draft).await;
        house.time.pass(Duration::from_secs(31 * 60));
        sweep(house).await;
        let ended = draft.settled().await;
        assert_eq!(ended["isPreviewable"], "false");
        insta::assert_snapshot!(report(&ended["previewableReport"]), @"
Error: The run took too long
  It had not ended after 30 minutes; its last step: none was begun. Try again.
");
        draft.previewed().await;
    });
}

#[test]
fn a_sweep_of_a_quiet_house_changes_nothing() {
    in_a_house_of_its_own(async |house| {
        let draft = house
            .project()
            .await
            .draft("minimal")
            .await
            .previewed()
            .await;
        let deployment = draft.deployed(json!([])).await;
        let before = (draft.read().await, deployment.read().await);
        house.time.pass(Duration::from_secs(45 * 60));
        sweep(house).await;
        sweep(house).await;
        house.settle().await;
        assert_eq!((draft.read().await, deployment.read().await), before);
        deployment.call("/service").await.of_status(200);
    });
}

#[test]
fn a_message_that_was_left_in_the_outbox_is_sent() {
    in_a_house_of_its_own(async |house| {
        let draft = house.project().await.draft("minimal").await;
        let run = lost_preview(house, &draft).await;
        let desk = &house.platform().desk;
        let message = desk.message(Message::of(&run), Duration::ZERO);
        desk.store
            .commit(Commit::new().send(message))
            .await
            .unwrap();
        house.time.pass(Duration::from_secs(6));
        assert_eq!(desk.sweep_outbox(Duration::from_secs(5)).await.unwrap(), 1);
        assert_eq!(draft.settled().await["isPreviewable"], "true");
        house.time.pass(Duration::from_secs(6));
        assert_eq!(
            desk.sweep_outbox(Duration::from_secs(5)).await.unwrap(),
            0,
            "it is sent once"
        );
    });
}

#[test]
fn an_event_whose_message_was_lost_is_delivered() {
    in_a_house_of_its_own(async |house| {
        let draft = house
            .project()
            .await
            .draft("minimal-event")
            .await
            .previewed()
            .await;
        let deployment = draft.deployed(json!([])).await;
        let desk = &house.platform().desk;
        let now = desk.clock.now();
        let event = EventRow {
            id: desk.ids.next(),
            application: application(&deployment.application("event").await),
            data: "e30=".to_owned(),
            attributes: std::collections::BTreeMap::default(),
            published_at: now,
            attempts: 0,
            next_attempt: now,
            state: EventState::Pending,
            last_error: None,
            version: 1,
        };
        desk.store
            .commit(Commit::new().create(&event))
            .await
            .unwrap();
        house.time.pass(Duration::from_secs(121));
        sweep(house).await;
        let logged = deployment.logged("received", 1).await;
        assert_eq!(logged[0]["details"]["messageId"], event.id.to_string());
    });
}

#[test]
fn an_execution_whose_message_was_lost_runs() {
    in_a_house_of_its_own(async |house| {
        let draft = house
            .project()
            .await
            .draft("minimal-job")
            .await
            .previewed()
            .await;
        let deployment = draft.deployed(json!([])).await;
        let desk = &house.platform().desk;
        let execution = ExecutionRow {
            id: desk.ids.next(),
            application: application(&deployment.application("job").await),
            state: ExecutionState::Queued,
            scheduled_time: desk.clock.now(),
            started_at: None,
            ended_at: None,
            status_code: None,
            message: None,
            version: 1,
        };
        desk.store
            .commit(Commit::new().create(&execution))
            .await
            .unwrap();
        house.time.pass(Duration::from_secs(121));
        sweep(house).await;
        let key = keys::execution(execution.application, execution.id);
        let ended: ExecutionRow = eventually("the execution ends", async || {
            let row: ExecutionRow = desk.store.get(&key).await.unwrap().unwrap();
            row.ended_at.is_some().then_some(row)
        })
        .await;
        assert_eq!(ended.state, ExecutionState::Succeeded);
    });
}
