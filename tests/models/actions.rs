//! Update actions on a draft: what is asked, what it looks like on the wire, and how such a list is made up.

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

/// Stands in every value for what tells one Project's values from another's.
pub(super) const MARK: &str = "MARK";

/// Stands for the Project of the certifier.
pub(super) const CERTIFIER: &str = "CERTIFIER";

/// The releases of the Connector under test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tag {
    /// Builds and serves.
    Good,
    /// Builds and serves, with another default of GREETING.
    Better,
    /// Does not build.
    Broken,
    /// Builds, and ends as soon as it is started.
    Crashing,
    /// Its connect.yaml is not valid.
    Invalid,
    /// Is not there.
    Missing,
}

impl Tag {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Good => "v1",
            Self::Better => "v2",
            Self::Broken => "v3",
            Self::Crashing => "v4",
            Self::Invalid => "v5",
            Self::Missing => "v6",
        }
    }

    /// The default of GREETING.
    pub(super) fn greeting(self) -> &'static str {
        if self == Self::Better {
            "salute"
        } else {
            "hello"
        }
    }

    pub(super) fn unreadable(self) -> Option<&'static str> {
        match self {
            Self::Invalid => Some("ConnectorSpecificationFileNotValid"),
            Self::Missing => Some("GitRepositoryNotReachable"),
            _ => None,
        }
    }
}

/// One action.
#[derive(Debug, Clone)]
pub(super) enum Action {
    /// One of [`TEXTS`], and the number in its value.
    Text(usize, u8),
    Contributors(u8),
    Regions(Vec<&'static str>),
    Types(Vec<&'static str>),
    Repository(Tag),
    AddProject(u8),
    RemoveProject(u8),
    Preview,
    Publish(bool),
    Comment(u8),
    Unlist,
    /// A value that cannot be.
    Bad,
}

/// The actions that set a text: name, field, and where the draft shows it.
pub(super) const TEXTS: [(&str, &str, &str); 9] = [
    ("setName", "name", "name"),
    ("setDescription", "description", "description"),
    (
        "setDocumentationUrl",
        "documentationUrl",
        "documentationUrl",
    ),
    ("setCreatorName", "creatorName", "creator.name"),
    ("setCreatorTitle", "creatorTitle", "creator.title"),
    ("setCreatorEmail", "creatorEmail", "creator.email"),
    ("setCreatorCompany", "creatorCompany", "creator.company"),
    (
        "setCreatorSupportUrl",
        "creatorSupportUrl",
        "creator.supportUrl",
    ),
    ("setCreatorLogo", "logoUrl", "creator.logoUrl"),
];

/// A value of the field with this number.
pub(super) fn text(field: &str, number: u8) -> String {
    format!("{MARK} {field} {number}")
}

/// A Project beside those under test.
pub(super) fn friend(number: u8) -> String {
    format!("europe-west1.gcp:{MARK}-friend-{number}")
}

impl Action {
    /// The action on the wire.
    pub(super) fn json(&self) -> Value {
        match self {
            Self::Text(which, number) => {
                let (action, field, _) = TEXTS[*which];
                json!({"action": action, field: text(field, *number)})
            }
            Self::Contributors(number) => {
                json!({"action": "setCreatorNoOfContributors", "creatorNoOfContributors": number})
            }
            Self::Regions(regions) => json!({"action": "setSupportedRegions", "regions": regions}),
            Self::Types(types) => {
                json!({"action": "setIntegrationTypes", "integrationTypes": types})
            }
            Self::Repository(tag) => json!({"action": "setRepository", "tag": tag.name()}),
            Self::AddProject(number) => {
                json!({"action": "addPrivateProject", "privateProject": friend(*number)})
            }
            Self::RemoveProject(number) => {
                json!({"action": "removePrivateProject", "privateProject": friend(*number)})
            }
            Self::Preview => json!({"action": "updatePreviewable"}),
            Self::Publish(certification) => {
                json!({"action": "publish", "certification": certification})
            }
            Self::Comment(number) => {
                json!({"action": "addCertificationComment", "comment": text("comment", *number)})
            }
            Self::Unlist => json!({"action": "unlist"}),
            Self::Bad => json!({"action": "setName", "name": " "}),
        }
    }
}

/// What a certifier does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Start,
    Comment(u8),
    Approve,
    Reject,
}

impl Verdict {
    /// The number of the comment.
    pub(super) fn comment(self) -> Option<u8> {
        match self {
            Self::Start => None,
            Self::Comment(number) => Some(number),
            Self::Approve => Some(7),
            Self::Reject => Some(8),
        }
    }

    /// The action on the wire.
    pub(super) fn json(self) -> Value {
        let action = match self {
            Self::Start => return json!({"action": "start"}),
            Self::Comment(_) => "comment",
            Self::Approve => "approve",
            Self::Reject => "reject",
        };
        json!({"action": action, "comment": self.comment().map(|number| text("comment", number))})
    }
}

/// What a certifier does in one update.
pub(super) fn verdicts() -> impl Strategy<Value = Vec<Verdict>> {
    let verdict = select(vec![
        Verdict::Start,
        Verdict::Comment(1),
        Verdict::Approve,
        Verdict::Reject,
    ]);
    prop_oneof![
        8 => Just(vec![Verdict::Start, Verdict::Approve]),
        5 => prop::collection::vec(verdict, 0..3),
    ]
}

/// An action that only edits.
pub(super) fn edit() -> impl Strategy<Value = Action> {
    let regions = [
        vec!["europe-west1.gcp"],
        vec!["us-central1.gcp"],
        vec!["us-central1.gcp", "europe-west1.gcp"],
    ];
    let types = [vec!["tax"], vec!["oms", "tax"], vec![]];
    prop_oneof![
        6 => (0..TEXTS.len(), 0..3_u8).prop_map(|(which, number)| Action::Text(which, number)),
        1 => (1..4_u8).prop_map(Action::Contributors),
        3 => select(regions.to_vec()).prop_map(Action::Regions),
        1 => select(types.to_vec()).prop_map(Action::Types),
        1 => (0..3_u8).prop_map(Action::AddProject),
        1 => (0..3_u8).prop_map(Action::RemoveProject),
        1 => (0..3_u8).prop_map(Action::Comment),
    ]
}

/// Any action.
fn action() -> impl Strategy<Value = Action> {
    let tags = [
        Tag::Good,
        Tag::Good,
        Tag::Better,
        Tag::Broken,
        Tag::Crashing,
        Tag::Invalid,
        Tag::Missing,
    ];
    prop_oneof![
        6 => edit(),
        2 => select(tags.to_vec()).prop_map(Action::Repository),
        4 => Just(Action::Preview),
        3 => Just(Action::Publish(false)),
        4 => Just(Action::Publish(true)),
        1 => Just(Action::Unlist),
        1 => Just(Action::Bad),
    ]
}

/// What one update asks for.
pub(super) fn actions() -> impl Strategy<Value = Vec<Action>> {
    prop_oneof![
        1 => Just(Vec::new()),
        6 => action().prop_map(|one| vec![one]),
        5 => prop::collection::vec(action(), 2..5),
    ]
}
