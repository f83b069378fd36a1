//! A draft's status and isPreviewable only move along these arrows (contract, sections 3.5 and 16).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::ErrorCode;

/// `status` of a ConnectorStaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum ConnectorStatus {
    /// Never published.
    Draft,
    /// A publication runs.
    Processing,
    /// The checks passed; a certifier has not taken it yet.
    ReadyForCertification,
    /// A certifier looks at it.
    InCertification,
    /// The Connector exists.
    Published,
    /// The last publication failed.
    Failed,
}

/// `isPreviewable` of a ConnectorStaged: strings on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum IsPreviewable {
    /// The last preview passed.
    True,
    /// The last preview failed.
    False,
    /// A preview runs.
    Pending,
    /// Never tried since the repository changed.
    None,
}

/// Where a draft stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct State {
    /// Of its publication.
    pub status: ConnectorStatus,
    /// Of its preview.
    pub previewable: IsPreviewable,
}

/// What can happen to a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// A field changes that no run depends on.
    Edit,
    /// setRepository with another url or tag.
    ChangeRepository,
    /// updatePreviewable.
    UpdatePreviewable,
    /// The preview run ended.
    PreviewEnded {
        /// Whether no check failed.
        passed: bool,
    },
    /// publish.
    Publish {
        /// Whether a certifier shall decide.
        certification: bool,
    },
    /// The publish run ended.
    PublishEnded {
        /// Whether a certifier shall decide.
        certification: bool,
        /// Whether no check failed.
        passed: bool,
    },
    /// A certifier takes it.
    StartCertification,
    /// A certifier decides.
    EndCertification {
        /// Whether it is approved.
        approved: bool,
    },
    /// addCertificationComment.
    Comment,
    /// A certifier writes to the creator.
    CertifierComment,
    /// unlist.
    Unlist,
    /// DELETE.
    Delete,
}

/// What follows from an event, in the same transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// A preview run begins.
    StartPreview,
    /// A publish run begins.
    StartPublish {
        /// Whether a certifier shall decide.
        certification: bool,
    },
    /// The Connector is written.
    PublishConnector {
        /// Whether it is certified, hence public.
        certified: bool,
    },
    /// The Connector leaves search.
    UnlistConnector,
}

fn to(
    status: ConnectorStatus,
    previewable: IsPreviewable,
    effects: Vec<Effect>,
) -> Result<(State, Vec<Effect>), ErrorCode> {
    let state = State {
        status,
        previewable,
    };
    Ok((state, effects))
}

impl State {
    /// The one door of the lifecycle.
    ///
    /// # Errors
    /// The code that the contract names for this event in this state.
    pub fn on(self, event: Event) -> Result<(Self, Vec<Effect>), ErrorCode> {
        use ConnectorStatus as S;
        use Event as E;
        use IsPreviewable as P;
        let published = |certified| vec![Effect::PublishConnector { certified }];
        match (self.status, self.previewable, event) {
            (S::Processing, p, E::PublishEnded { passed: false, .. })
            | (S::InCertification, p, E::EndCertification { approved: false }) => {
                to(S::Failed, p, vec![])
            }
            (
                S::Processing,
                p,
                E::PublishEnded {
                    certification: true,
                    ..
                },
            ) => to(S::ReadyForCertification, p, vec![]),
            (S::Processing, p, E::PublishEnded { .. }) => to(S::Published, p, published(false)),
            (S::ReadyForCertification, p, E::StartCertification) => {
                to(S::InCertification, p, vec![])
            }
            (S::InCertification, p, E::EndCertification { .. }) => {
                to(S::Published, p, published(true))
            }
            (s, P::Pending, E::PreviewEnded { passed: true }) => to(s, P::True, vec![]),
            (s, P::Pending, E::PreviewEnded { .. }) => to(s, P::False, vec![]),
            (S::Processing, _, E::Delete) | (_, P::Pending, E::Delete) => {
                Err(ErrorCode::ConnectorStagedInUse)
            }
            (S::Processing, ..) => Err(ErrorCode::ConnectorStagedPublishRequestUnderProcess),
            (s, p, E::Comment | E::Delete) => to(s, p, vec![]),
            (s @ (S::ReadyForCertification | S::InCertification), p, E::CertifierComment) => {
                to(s, p, vec![])
            }
            (S::ReadyForCertification, _, E::EndCertification { .. }) => {
                Err(ErrorCode::ConnectorStagedNotInCertification)
            }
            (S::ReadyForCertification | S::InCertification, ..) => {
                Err(ErrorCode::ConnectorStagedInCertification)
            }
            (_, P::Pending, E::UpdatePreviewable) => {
                Err(ErrorCode::ConnectorStagedPreviewRequestUnderProcess)
            }
            (_, P::Pending, E::Publish { .. }) => {
                Err(ErrorCode::ConnectorStagedPublishRequestUnderProcess)
            }
            (s, p, E::Edit) => to(s, p, vec![]),
            (s, _, E::ChangeRepository) => to(s, P::None, vec![]),
            (s, _, E::UpdatePreviewable) => to(s, P::Pending, vec![Effect::StartPreview]),
            (_, p, E::Publish { certification }) => to(
                S::Processing,
                p,
                vec![Effect::StartPublish { certification }],
            ),
            (s, p, E::Unlist) => to(s, p, vec![Effect::UnlistConnector]),
            (.., E::StartCertification | E::CertifierComment | E::EndCertification { .. }) => {
                Err(ErrorCode::ConnectorStagedNotInCertification)
            }
            (.., E::PreviewEnded { .. } | E::PublishEnded { .. }) => {
                Err(ErrorCode::ConcurrentModification)
            }
        }
    }
}
