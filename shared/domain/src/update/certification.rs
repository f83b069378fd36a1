//! What a certifier does with a draft: all actions or none, and every decision with a comment (contract, section 16).

use schemars::JsonSchema;
use serde::Deserialize;

use crate::connector_staged::ConnectorStagedRecord;
use crate::error::{ApiErrors, ErrorCode};
use crate::lifecycle::connector_staged::{Effect, Event, State};
use crate::limits;
use crate::names::ProjectKey;
use crate::report::{EntryType, ReportEntry};
use crate::schema;
use crate::time::Timestamp;
use crate::update::comments;

/// The body of an update of a certification (ours).
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
pub struct CertificationUpdate {
    /// The version of the draft that the certifier has seen.
    pub version: u64,
    /// What to do, in order, all or nothing.
    #[schemars(length(max = limits::ACTIONS))]
    pub actions: Vec<CertificationAction>,
}

/// One action of a certifier.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[schemars(rename = "CertificationUpdateAction")]
#[serde(tag = "action", rename_all = "camelCase")]
pub enum CertificationAction {
    /// Takes the draft.
    Start {
        /// A word to its creator.
        #[serde(default)]
        #[schemars(length(min = 1, max = limits::COMMENT_CHARACTERS), pattern(schema::NOT_BLANK))]
        comment: Option<String>,
    },
    /// Writes to the creator.
    Comment {
        /// What.
        #[schemars(length(min = 1, max = limits::COMMENT_CHARACTERS), pattern(schema::NOT_BLANK))]
        comment: String,
    },
    /// Lists the Connector.
    Approve {
        /// Why.
        #[schemars(length(min = 1, max = limits::COMMENT_CHARACTERS), pattern(schema::NOT_BLANK))]
        comment: String,
    },
    /// Sends the draft back.
    Reject {
        /// What must be mended.
        #[schemars(length(min = 1, max = limits::COMMENT_CHARACTERS), pattern(schema::NOT_BLANK))]
        comment: String,
    },
}

impl CertificationAction {
    fn event(&self) -> Event {
        match self {
            Self::Start { .. } => Event::StartCertification,
            Self::Comment { .. } => Event::CertifierComment,
            Self::Approve { .. } => Event::EndCertification { approved: true },
            Self::Reject { .. } => Event::EndCertification { approved: false },
        }
    }

    fn comment(&self) -> Option<&str> {
        match self {
            Self::Start { comment } => comment.as_deref(),
            Self::Comment { comment } | Self::Approve { comment } | Self::Reject { comment } => {
                Some(comment)
            }
        }
    }
}

/// Applies all actions, or none; the version is the store's to count. No actions change nothing.
///
/// # Errors
/// The first action that cannot be applied.
pub fn apply(
    mut record: ConnectorStagedRecord,
    actions: &[CertificationAction],
    certifier: &ProjectKey,
    now: Timestamp,
) -> Result<(ConnectorStagedRecord, Vec<Effect>), ApiErrors> {
    let mut effects = Vec::new();
    for action in actions {
        let state = State {
            status: record.staged.status,
            previewable: record.staged.is_previewable,
        };
        let (state, follow) = state.on(action.event()).map_err(ErrorCode::plain)?;
        record.staged.status = state.status;
        record.staged.is_previewable = state.previewable;
        record.last_modified_at = now;
        effects.extend(follow);
        if let Some(comment) = action.comment() {
            comments::add_by_certifier(&mut record.staged, comment, certifier, now);
        }
        set(&mut record, action, certifier, now);
    }
    Ok((record, effects))
}

fn set(
    record: &mut ConnectorStagedRecord,
    action: &CertificationAction,
    certifier: &ProjectKey,
    now: Timestamp,
) {
    let report = record.staged.publishing_report.get_or_insert_default();
    match action {
        CertificationAction::Start { .. } => {
            if let Some(request) = &mut record.certification {
                request.taken = Some((certifier.clone(), now));
            }
        }
        CertificationAction::Comment { .. } => {}
        CertificationAction::Approve { comment } => {
            let entry = ReportEntry::new(EntryType::Information, "Certification succeeded", now);
            report.entries.push(entry.message(comment));
        }
        CertificationAction::Reject { comment } => {
            let entry = ReportEntry::new(EntryType::Error, "Certification failed", now);
            report.entries.push(entry.message(comment));
            record.candidate = None;
        }
    }
}
