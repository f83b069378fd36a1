//! The nineteen actions as they stand in a body, and everything about their values that the types do not say.

use serde::Deserialize;

use crate::connector::{IntegrationType, Repository};
use crate::error::ApiError;
use crate::lifecycle::connector_staged::Event;
use crate::limits::{COMMENT_CHARACTERS, DESCRIPTION_CHARACTERS, NAME_CHARACTERS, TEXT_CHARACTERS};
use crate::names::{ProjectIdentifier, Region, RepositoryUrl, Tag};
use crate::text::{at_most, filled, refuse};

/// The body of an update of a draft.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct ConnectorUpdate {
    /// The version that the caller has seen.
    pub version: u64,
    /// What to do, in order; at most as many as [`crate::limits::ACTIONS`].
    #[serde(deserialize_with = "crate::update::actions")]
    pub actions: Vec<Action>,
}

/// One action (contract, section 3.4).
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(
    tag = "action",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
#[allow(missing_docs, reason = "the names are the contract's")]
pub enum Action {
    SetName {
        name: String,
    },
    SetDescription {
        description: Option<String>,
    },
    SetRepository {
        url: Option<RepositoryUrl>,
        tag: Tag,
    },
    SetSupportedRegions {
        regions: Vec<Region>,
    },
    SetIntegrationTypes {
        integration_types: Vec<IntegrationType>,
    },
    SetDocumentationUrl {
        documentation_url: Option<String>,
    },
    SetCreatorName {
        creator_name: Option<String>,
    },
    SetCreatorTitle {
        creator_title: Option<String>,
    },
    SetCreatorEmail {
        creator_email: String,
    },
    SetCreatorCompany {
        creator_company: Option<String>,
    },
    SetCreatorSupportUrl {
        creator_support_url: Option<String>,
    },
    SetCreatorLogo {
        logo_url: Option<String>,
    },
    SetCreatorNoOfContributors {
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

    /// What is wrong with its value; `at` is its place in the body.
    fn finding(&self, at: &str) -> Option<ApiError> {
        let field = |name: &str| format!("{at}.{name}");
        let text = |name: &str, text: &Option<String>| {
            at_most(&field(name), text.as_deref()?, TEXT_CHARACTERS)
        };
        match self {
            Self::SetName { name } => filled(&field("name"), name, NAME_CHARACTERS),
            Self::SetDescription { description } => at_most(
                &field("description"),
                description.as_deref()?,
                DESCRIPTION_CHARACTERS,
            ),
            Self::SetSupportedRegions { regions } => regions.is_empty().then(|| {
                refuse(format!(
                    "{at}.regions is empty; it takes one region or more"
                ))
            }),
            Self::SetDocumentationUrl { documentation_url } => {
                text("documentationUrl", documentation_url)
            }
            Self::SetCreatorName { creator_name } => text("creatorName", creator_name),
            Self::SetCreatorTitle { creator_title } => text("creatorTitle", creator_title),
            Self::SetCreatorEmail { creator_email } => {
                filled(&field("creatorEmail"), creator_email, TEXT_CHARACTERS)
            }
            Self::SetCreatorCompany { creator_company } => text("creatorCompany", creator_company),
            Self::SetCreatorSupportUrl {
                creator_support_url,
            } => text("creatorSupportUrl", creator_support_url),
            Self::SetCreatorLogo { logo_url } => text("logoUrl", logo_url),
            Self::SetCreatorNoOfContributors {
                creator_no_of_contributors: 0,
            } => Some(refuse(format!(
                "{at}.creatorNoOfContributors is 0; it takes 1 or more"
            ))),
            Self::AddCertificationComment { comment } => {
                filled(&field("comment"), comment, COMMENT_CHARACTERS)
            }
            Self::SetRepository { .. }
            | Self::SetIntegrationTypes { .. }
            | Self::SetCreatorNoOfContributors { .. }
            | Self::AddPrivateProject { .. }
            | Self::RemovePrivateProject { .. }
            | Self::UpdatePreviewable
            | Self::Publish { .. }
            | Self::Unlist => None,
        }
    }
}

/// Everything that is wrong with the values of the actions, each with its place in the body.
pub(super) fn findings(actions: &[Action]) -> Vec<ApiError> {
    let actions = actions.iter().enumerate();
    actions
        .filter_map(|(index, action)| action.finding(&format!("actions[{index}]")))
        .collect()
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
