//! The nineteen actions on a draft change it together or not at all.

mod action;

use crate::connector::ConnectorRecord;
use crate::connector_staged::{ConnectorStagedRecord, Source, distinct, or_other};
use crate::error::{ApiError, ApiErrors, ErrorCode};
use crate::lifecycle::connector_staged::{Effect, Event, State};
use crate::limits;
use crate::names::{ProjectIdentifier, ProjectKey};
use crate::time::Timestamp;
use crate::update::comments;

pub use action::{Action, ConnectorUpdate, repositories};

/// What an update has to go by.
pub struct Context<'a> {
    /// Who asks.
    pub project: &'a ProjectKey,
    /// The repositories of [`repositories`], read.
    pub sources: Vec<Source>,
    /// The published Connector, where there is one.
    pub connector: Option<&'a ConnectorRecord>,
    /// When.
    pub now: Timestamp,
}

/// Applies all actions, or none; the version is the store's to count. No actions change nothing.
///
/// # Errors
/// The first action that cannot be applied.
pub fn apply(
    mut record: ConnectorStagedRecord,
    actions: Vec<Action>,
    context: Context<'_>,
) -> Result<(ConnectorStagedRecord, Vec<Effect>), ApiErrors> {
    let mut effects = Vec::new();
    if actions.is_empty() {
        return Ok((record, effects));
    }
    let mut sources = context.sources.into_iter();
    for action in actions {
        let state = State {
            status: record.staged.status,
            previewable: record.staged.is_previewable,
        };
        let event = action.event(&record.staged.repository);
        let (state, follow) = state.on(event).map_err(ErrorCode::plain)?;
        record.staged.status = state.status;
        record.staged.is_previewable = state.previewable;
        if event == Event::ChangeRepository {
            let source = sources.next().expect("read before, by `repositories`");
            record.set_source(source);
            // A preview that an earlier action asked for would check what is not there any more.
            effects.retain(|effect| *effect != Effect::StartPreview);
        } else {
            set(&mut record, action, context.project, context.now)?;
        }
        effects.extend(follow);
    }
    record.staged.has_changes = has_changes(&record, context.connector);
    check_certified(&record, &effects, context.connector)?;
    record.last_modified_at = context.now;
    Ok((record, effects))
}

/// A certified Connector stays one for its clients, and what a certifier approved and search shows need not be approved again, as long as
/// nothing changed.
fn check_certified(
    record: &ConnectorStagedRecord,
    effects: &[Effect],
    connector: Option<&ConnectorRecord>,
) -> Result<(), ApiError> {
    let publishes = |certification| effects.contains(&Effect::StartPublish { certification });
    let certified = connector.is_some_and(|connector| connector.connector.certified);
    if certified && publishes(false) {
        return Err(ErrorCode::ConnectorCertificationRequired.plain());
    }
    let same = record.staged.already_listed && !record.staged.has_changes;
    if certified && same && publishes(true) {
        return Err(ErrorCode::ConnectorAlreadyCertified.plain());
    }
    Ok(())
}

fn set(
    record: &mut ConnectorStagedRecord,
    action: Action,
    project: &ProjectKey,
    now: Timestamp,
) -> Result<(), ApiError> {
    let staged = &mut record.staged;
    let creator = &mut staged.creator;
    match action {
        Action::SetName { name } => staged.name = name,
        Action::SetDescription { description } => {
            staged.description = description.unwrap_or_default();
        }
        Action::SetSupportedRegions { regions } => staged.supported_regions = distinct(regions),
        Action::SetIntegrationTypes { integration_types } => {
            staged.integration_types = or_other(integration_types);
        }
        Action::SetDocumentationUrl { documentation_url } => {
            staged.documentation_url = documentation_url;
        }
        Action::SetCreatorName { creator_name } => creator.name = creator_name,
        Action::SetCreatorTitle { creator_title } => creator.title = creator_title,
        Action::SetCreatorEmail { creator_email } => creator.email = creator_email,
        Action::SetCreatorCompany { creator_company } => creator.company = creator_company,
        Action::SetCreatorSupportUrl {
            creator_support_url,
        } => creator.support_url = creator_support_url,
        Action::SetCreatorLogo { logo_url } => creator.logo_url = logo_url,
        Action::SetCreatorNoOfContributors {
            creator_no_of_contributors,
        } => creator.no_of_contributors = Some(creator_no_of_contributors),
        Action::AddPrivateProject { private_project } => {
            add_private_project(record, private_project)?;
        }
        Action::RemovePrivateProject { private_project } => {
            check_private(record)?;
            let projects = &mut record.staged.private_projects;
            projects.retain(|one| *one != private_project);
        }
        Action::AddCertificationComment { comment } => {
            comments::add(staged, comment, project, now)?
        }
        Action::Unlist => unlist(record)?,
        Action::Publish { certification } => {
            staged.publishing_report = None;
            if certification {
                comments::make_room(staged);
            }
        }
        Action::UpdatePreviewable => staged.previewable_report = None,
        Action::SetRepository { .. } => {}
    }
    Ok(())
}

fn check_private(record: &ConnectorStagedRecord) -> Result<(), ApiError> {
    if record.staged.private {
        return Ok(());
    }
    let key = record.staged.key.as_ref();
    Err(ErrorCode::ConnectorStagedNotPrivate.with([
        ("id", record.staged.id.to_string().into()),
        ("key", key.map_or("-", |key| key.as_str()).into()),
    ]))
}

fn add_private_project(
    record: &mut ConnectorStagedRecord,
    project: ProjectIdentifier,
) -> Result<(), ApiError> {
    check_private(record)?;
    let projects = &mut record.staged.private_projects;
    if projects.contains(&project) {
        return Ok(());
    }
    if projects.len() >= limits::PRIVATE_PROJECTS {
        return Err(ErrorCode::InvalidJsonInput.detail(format!(
            "privateProjects has {} entries already, the most there can be; remove one first",
            projects.len()
        )));
    }
    projects.push(project);
    Ok(())
}

fn unlist(record: &mut ConnectorStagedRecord) -> Result<(), ApiError> {
    if !record.staged.already_listed {
        let id = record.staged.id.to_string();
        return Err(ErrorCode::ConnectorNotListed.with([("id", id.into())]));
    }
    record.staged.already_listed = false;
    Ok(())
}

/// Whether any published field differs from the published Connector; true while there is none (contract, section 16).
#[must_use]
pub fn has_changes(record: &ConnectorStagedRecord, connector: Option<&ConnectorRecord>) -> bool {
    let Some(published) = connector else {
        return true;
    };
    let (staged, connector) = (&record.staged, &published.connector);
    staged.name != connector.name
        || staged.published_description() != connector.description
        || staged.integration_types != connector.integration_types
        || staged.creator != connector.creator
        || staged.repository != connector.repository
        || record.commit != published.release.commit
        || staged.supported_regions != connector.supported_regions
        || staged.documentation_url != connector.documentation_url
}
