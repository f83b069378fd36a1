//! The query parameters (contract, section 2.1), each once.

use domain::connector::IntegrationType;
use domain::deployment::DeploymentType;
use domain::limits;
use domain::names::Key;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use uuid::Uuid;

use super::wire::SchemaOf;

/// A query parameter.
#[derive(Debug, Clone, Copy)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// What one value looks like.
    pub schema: SchemaOf,
    /// Whether it can be given several times.
    pub repeats: bool,
    /// What it does.
    pub description: &'static str,
}

const fn one(name: &'static str, schema: SchemaOf, description: &'static str) -> Parameter {
    Parameter {
        name,
        schema,
        repeats: false,
        description,
    }
}

const fn several(name: &'static str, schema: SchemaOf, description: &'static str) -> Parameter {
    Parameter {
        repeats: true,
        ..one(name, schema, description)
    }
}

fn of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

fn limit(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "integer", "minimum": 0, "maximum": limits::PAGE_MAX, "default": limits::PAGE_DEFAULT})
}

fn offset(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "integer", "minimum": 0, "maximum": limits::OFFSET_MAX, "default": 0})
}

fn sort(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "string", "pattern": "^(createdAt|lastModifiedAt|name|key)( (asc|desc))?$", "examples": ["createdAt desc"]})
}

fn version(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "integer", "minimum": 1, "maximum": u64::MAX})
}

fn date(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "string", "format": "date-time"})
}

fn open_certification(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "string", "enum": ["ReadyForCertification", "InCertification"]})
}

const INTEGRATION_TYPES: Parameter = several(
    "integrationTypes",
    of::<IntegrationType>,
    "Only those that have one of these integration types.",
);

/// Of every list.
pub(crate) const LISTS: &[Parameter] = &[
    one("limit", limit, "The most results of the answer."),
    one("offset", offset, "How many results to leave out before."),
    several(
        "sort",
        sort,
        "What to sort by; a second one decides among equals. Without it, the newest comes first.",
    ),
];

/// Of drafts.
pub(crate) const STAGED: &[Parameter] = &[
    one(
        "isPrivate",
        of::<bool>,
        "Only private ones, or only public ones.",
    ),
    INTEGRATION_TYPES,
];

/// Of the search.
pub(crate) const SEARCH: &[Parameter] = &[
    one(
        "text",
        of::<String>,
        "What to find in name and description.",
    ),
    one(
        "private",
        of::<bool>,
        "true: only those that were assigned to the Project; false: all that it can deploy.",
    ),
    one(
        "creator.company",
        of::<String>,
        "The company of the creator.",
    ),
    several("id", of::<Uuid>, "Only these."),
    several("key", of::<Key>, "Only these."),
    INTEGRATION_TYPES,
];

/// Of Deployments.
pub(crate) const DEPLOYMENTS: &[Parameter] = &[
    INTEGRATION_TYPES,
    one("deploymentType", of::<DeploymentType>, "Only of this type."),
];

/// Of a DELETE of a Deployment.
pub(crate) const UNDEPLOY: &[Parameter] = &[
    one(
        "force",
        of::<bool>,
        "Whether to leave out the script preUndeploy.",
    ),
    one(
        "version",
        version,
        "The version that was seen; another one is refused. It can be left out.",
    ),
];

/// Of logs.
pub(crate) const LOGS: &[Parameter] = &[
    one("pageToken", of::<String>, "The next of the page before."),
    one("applicationName", of::<String>, "Only of this application."),
    one(
        "startDate",
        date,
        "The earliest time, at most 30 days ago; without it, a day before the end.",
    ),
    one("endDate", date, "The latest time; without it, now."),
    one(
        "follow",
        of::<bool>,
        "true: server-sent events, one for each entry as it comes, without an end and, where no startDate is given, from now on. Last-Event-ID goes on where another answer ended.",
    ),
];

/// Of certifications.
pub(crate) const CERTIFICATIONS: &[Parameter] = &[several(
    "status",
    open_certification,
    "Only those in one of these states.",
)];
