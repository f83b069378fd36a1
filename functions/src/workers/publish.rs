//! `publish`: checks and builds a draft, then writes its Connector, or hands it to the certifiers (contract, sections 3.5 and 16).

use std::sync::Arc;

use domain::certification::CertificationRequest;
use domain::connector::{Connector, ConnectorRecord, Release};
use domain::connector_staged::ConnectorStagedRecord;
use domain::lifecycle::connector_staged::{Effect, Event, State};
use domain::report::Report;
use domain::run::Run;
use domain::update::connector_staged::has_changes;
use store::rows::Message;
use store::{Commit, keys};
use work::{Fault, Verdict};

use crate::platform::Platform;
use crate::workers::drive::drive;
use crate::workers::fetch::evidence;
use crate::workers::pipeline::{pipeline, stored};

/// Drives a publish run.
///
/// # Errors
/// A fault of ours; the message comes again.
pub async fn handle(platform: Arc<Platform>, message: Message) -> Result<(), Fault> {
    let Message::Publish { run } = message else {
        return Err(Fault(format!("{message:?} is not for the publish worker")));
    };
    drive(platform, run, message, |platform, run| {
        Box::pin(pipeline(platform, run))
    })
    .await
}

/// What the end of a publication changes of its draft and its Connector.
pub(crate) async fn ended(
    platform: &Platform,
    mut record: ConnectorStagedRecord,
    run: &Run,
    certification: bool,
    verdict: &Verdict,
    mut commit: Commit,
) -> Result<Commit, Fault> {
    let state = State {
        status: record.staged.status,
        previewable: record.staged.is_previewable,
    };
    let event = Event::PublishEnded {
        certification,
        passed: verdict.passed,
    };
    let (state, effects) = state
        .on(event)
        .map_err(|code| Fault(format!("{state:?} {event:?}: {code:?}")))?;
    record.staged.status = state.status;
    record.staged.publishing_report = Some(Report {
        entries: verdict.entries.clone(),
    });
    if verdict.passed {
        let release = stored(platform, run.id).await?;
        record.examined(&release);
        if certification {
            record.certification = Some(CertificationRequest {
                requested_at: run.created_at,
                taken: None,
                evidence: evidence(platform, &run.owner, &release.commit).await?,
            });
        }
        record.candidate = Some(release);
    }
    for effect in effects {
        if let Effect::PublishConnector { certified } = effect {
            commit = connector(platform, &mut record, certified, commit).await?;
        }
    }
    Ok(commit.update(&record))
}

/// Writes the Connector out of the draft's candidate.
pub(crate) async fn connector(
    platform: &Platform,
    record: &mut ConnectorStagedRecord,
    certified: bool,
    commit: Commit,
) -> Result<Commit, Fault> {
    let release = record
        .candidate
        .take()
        .ok_or_else(|| Fault("no release waits to be published".to_owned()))?;
    let before: Option<ConnectorRecord> = platform
        .desk
        .store
        .get(&keys::connector(record.staged.id))
        .await?;
    let now = platform.desk.clock.now();
    record.staged.already_listed = true;
    record.staged.private = record.staged.private && !certified;
    let published = ConnectorRecord {
        owner: record.owner.clone(),
        created_at: before.as_ref().map_or(now, |before| before.created_at),
        last_modified_at: now,
        listed: true,
        private_projects: record
            .staged
            .private_projects
            .iter()
            .map(|one| one.project_key())
            .collect(),
        connector: copy(
            record,
            &release,
            before.as_ref().map_or(1, |one| one.connector.version + 1),
            certified,
        ),
        release,
    };
    record.staged.has_changes = has_changes(record, Some(&published));
    Ok(if before.is_some() {
        commit.update(&published)
    } else {
        commit.create(&published)
    })
}

fn copy(
    record: &ConnectorStagedRecord,
    release: &Release,
    version: u64,
    certified: bool,
) -> Connector {
    let staged = record.staged.clone();
    Connector {
        id: staged.id,
        key: staged.key,
        version,
        name: staged.name,
        description: record.staged.published_description(),
        integration_types: staged.integration_types,
        creator: staged.creator,
        repository: release.repository.clone(),
        configurations: domain::configuration::configurations(&release.spec),
        global_configuration: domain::configuration::global_configuration(&release.spec),
        api_client: domain::configuration::api_client(&release.spec),
        private: staged.private,
        supported_regions: staged.supported_regions,
        certified,
        documentation_url: staged.documentation_url,
    }
}
