//! The nineteen actions as they stand in a body; their JSON Schema says what their values take.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::connector::{IntegrationType, Repository};
use crate::lifecycle::connector_staged::Event;
use crate::limits;
use crate::names::{ProjectIdentifier, Region, RepositoryUrl, Tag};
use crate::schema;

/// The body of an update of a draft.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
pub struct ConnectorUpdate {
    /// The version that the caller has seen.
    pub version: u64,
    /// What to do, in order, all or nothing.
    #[schemars(length(max = limits::ACTIONS))]
    pub actions: Vec<Action>,
}

/// One action (contract, section 3.4).
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[schemars(rename = "ConnectorUpdateAction")]
#[serde(
    tag = "action",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
#[allow(missing_docs, reason = "the names are the contract's")]
pub enum Action {
    SetName {
        #[schemars(length(min = 1, max = limits::NAME_CHARACTERS), pattern(schema::NOT_BLANK))]
        name: String,
    },
    SetDescription {
        #[schemars(length(max = limits::DESCRIPTION_CHARACTERS))]
        description: Option<String>,
    },
    SetRepository {
        url: Option<RepositoryUrl>,
        tag: Tag,
    },
    SetSupportedRegions {
        #[schemars(length(min = 1))]
        regions: Vec<Region>,
    },
    SetIntegrationTypes {
        integration_types: Vec<IntegrationType>,
    },
    SetDocumentationUrl {
        #[schemars(length(max = limits::TEXT_CHARACTERS))]
        documentation_url: Option<String>,
    },
    SetCreatorName {
        #[schemars(length(max = limits::TEXT_CHARACTERS))]
        creator_name: Option<String>,
    },
    SetCreatorTitle {
        #[schemars(length(max = limits::TEXT_CHARACTERS))]
        creator_title: Option<String>,
    },
    SetCreatorEmail {
        #[schemars(length(min = 1, max = limits::TEXT_CHARACTERS), pattern(schema::NOT_BLANK))]
        creator_email: String,
    },
    SetCreatorCompany {
        #[schemars(length(max = limits::TEXT_CHARACTERS))]
        creator_company: Option<String>,
    },
    SetCreatorSupportUrl {
        #[schemars(length(max = limits::TEXT_CHARACTERS))]
        creator_support_url: Option<String>,
    },
    SetCreatorLogo {
        #[schemars(length(max = limits::TEXT_CHARACTERS))]
        logo_url: Option<String>,
    },
    SetCreatorNoOfContributors {
        #[schemars(range(min = 1))]
        creator_no_of_contributors: u64,
    },
    AddPrivateProject {
        private_project: ProjectIdentifier,
    },
    RemovePrivateProject {
        private_project: ProjectIdentifier,
    },
    UpdatePreviewable,
    Publish {
        certification: bool,
    },
    AddCertificationComment {
        #[schemars(length(min = 1, max = limits::COMMENT_CHARACTERS), pattern(schema::NOT_BLANK))]
        comment: String,
    },
    Unlist,
}

impl Action {
    /// What it means to the lifecycle of a draft whose repository is this one.
    pub(super) fn event(&self, current: &Repository) -> Event {
        match self {
            Self::SetRepository { url, tag } if !same(current, url.as_ref(), tag) => {
                Event::ChangeRepository
            }
            Self::UpdatePreviewable => Event::UpdatePreviewable,
            Self::Publish { certification } => Event::Publish {
                certification: *certification,
            },
            Self::AddCertificationComment { .. } => Event::Comment,
            Self::Unlist => Event::Unlist,
            _ => Event::Edit,
        }
    }
}

fn same(current: &Repository, url: Option<&RepositoryUrl>, tag: &Tag) -> bool {
    url.is_none_or(|url| *url == current.url) && *tag == current.tag
}

/// The repositories that the actions move to, to be read before they are applied; an unchanged one is not among them.
#[must_use]
pub fn repositories(current: &Repository, actions: &[Action]) -> Vec<Repository> {
    let mut at = current.clone();
    let mut wanted = Vec::new();
    for action in actions {
        if let Action::SetRepository { url, tag } = action
            && !same(&at, url.as_ref(), tag)
        {
            at = Repository {
                url: url.clone().unwrap_or(at.url),
                tag: tag.clone(),
            };
            wanted.push(at.clone());
        }
    }
    wanted
}
