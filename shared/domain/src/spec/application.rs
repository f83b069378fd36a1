//! One entry of `deployAs`: each type has its own properties, and no other.

use super::configuration::{self, ReadConfiguration};
use super::fields::{Field, Object};
use super::finding::{Findings, Place, shown};
use super::suggest;
use super::{Application, ApplicationType, MAX_APPLICATIONS, Scripts, health_check, retry_policy};
use crate::names::ApplicationName;
use crate::schedule::Schedule;

/// What the official schema lists, but for `unknown`, which nothing can run.
const TYPES: [&str; 7] = [
    "service",
    "event",
    "job",
    "assets",
    "merchant-center-custom-application",
    "mc-app",
    "merchant-center-custom-view",
];

/// Every property of any type.
const ALL: [&str; 8] = [
    "name",
    "applicationType",
    "endpoint",
    "configuration",
    "scripts",
    "healthCheck",
    "retryPolicy",
    "properties",
];

/// The properties of a type (contract, section 8.1).
fn properties(kind: ApplicationType) -> &'static [&'static str] {
    match kind {
        ApplicationType::Service => &[
            "name",
            "applicationType",
            "endpoint",
            "configuration",
            "scripts",
            "healthCheck",
        ],
        ApplicationType::Event => &[
            "name",
            "applicationType",
            "endpoint",
            "configuration",
            "scripts",
            "healthCheck",
            "retryPolicy",
        ],
        ApplicationType::Job => &[
            "name",
            "applicationType",
            "endpoint",
            "configuration",
            "scripts",
            "properties",
        ],
        ApplicationType::Assets => &["name", "applicationType"],
        ApplicationType::MerchantCenterCustomApplication
        | ApplicationType::MerchantCenterCustomView => {
            &["name", "applicationType", "configuration", "scripts"]
        }
    }
}

/// An application as far as it could be read: the cross-checks look at wrong ones too.
pub(super) struct ReadApplication {
    pub(super) path: String,
    pub(super) place: Place,
    /// As it is written, and where.
    pub(super) name: Option<(String, Place)>,
    pub(super) kind: Option<ApplicationType>,
    pub(super) configuration: ReadConfiguration,
    /// There where nothing is missing.
    pub(super) application: Option<Application>,
}

pub(super) fn read_all(list: &Field<'_>, out: &mut Findings) -> Vec<ReadApplication> {
    let items = list.list(MAX_APPLICATIONS, out).unwrap_or_default();
    items
        .iter()
        .filter_map(|item| Some(read(&item.object(out)?, out)))
        .collect()
}

fn read(object: &Object<'_>, out: &mut Findings) -> ReadApplication {
    let name = object
        .need("name", "the name of the application's folder", out)
        .and_then(|field| read_name(&field, out));
    let kind = object
        .one_of("applicationType", &TYPES, out)
        .and_then(ApplicationType::parse);
    let allowed = kind.map_or(&ALL[..], properties);
    refuse_others(object, kind, allowed, out);
    let get = |key: &str| object.get(key).filter(|_| allowed.contains(&key));
    let endpoint = if kind.is_some_and(ApplicationType::is_dynamic) {
        object.need(
            "endpoint",
            "the path that is called, as in `endpoint: /service`",
            out,
        )
    } else {
        get("endpoint")
    };
    let endpoint = endpoint.and_then(|field| self::endpoint(&field, out));
    let configuration = get("configuration")
        .map(|field| configuration::read(&field, out))
        .unwrap_or_default();
    let scripts = get("scripts")
        .map(|field| read_scripts(&field, out))
        .unwrap_or_default();
    let health_check = get("healthCheck").and_then(|field| health_check::read(&field, out));
    let retry_policy = get("retryPolicy").and_then(|field| retry_policy::read(&field, out));
    let properties = if kind == Some(ApplicationType::Job) {
        object.need(
            "properties",
            "the job's schedule, as in `properties: { schedule: \"0 2 * * *\" }`",
            out,
        )
    } else {
        get("properties")
    };
    let schedule = properties.and_then(|field| read_schedule(&field, out));
    let parsed = name
        .as_ref()
        .and_then(|(name, _)| ApplicationName::parse(name).ok());
    let application = parsed.zip(kind).map(|(name, kind)| Application {
        name,
        kind,
        endpoint,
        health_check,
        scripts,
        configuration: configuration.configuration.clone(),
        schedule,
        retry_policy,
    });
    ReadApplication {
        path: object.path.clone(),
        place: object.place,
        name,
        kind,
        configuration,
        application,
    }
}

fn refuse_others(
    object: &Object<'_>,
    kind: Option<ApplicationType>,
    allowed: &[&'static str],
    out: &mut Findings,
) {
    object.others(allowed, out, |property| match kind {
        Some(kind) if ALL.contains(&property) => {
            format!("an application of type {kind} has no `{property}`: remove it")
        }
        _ => suggest::instead(property, allowed),
    });
}

fn read_name(field: &Field<'_>, out: &mut Findings) -> Option<(String, Place)> {
    let text = field.text(out)?;
    if let Err(error) = ApplicationName::parse(text) {
        field.refuse(
            "spec/name",
            "Invalid".to_owned(),
            format!("{error}; this one is `{}`", shown(text)),
            out,
        );
    }
    Some((text.to_owned(), field.node.place))
}

/// An endpoint or the path of a health check.
pub(super) fn endpoint(field: &Field<'_>, out: &mut Findings) -> Option<String> {
    let text = field.text(out)?;
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '/');
    if text.is_empty() || !text.chars().all(allowed) {
        let hint = format!(
            "a path has letters, digits, '_', '-' and '/', as in `/service`; this one is `{}`",
            shown(text)
        );
        field.refuse("spec/endpoint", "Invalid".to_owned(), hint, out);
    }
    if text.contains("//") {
        let hint = format!(
            "write `{}`",
            shown(
                &text
                    .split('/')
                    .filter(|part| !part.is_empty())
                    .fold(String::new(), |path, part| path + "/" + part)
            )
        );
        field.refuse(
            "spec/endpoint",
            "Double slashes are not allowed".to_owned(),
            hint,
            out,
        );
    }
    Some(text.to_owned())
}

fn read_scripts(field: &Field<'_>, out: &mut Findings) -> Scripts {
    let Some(object) = field.object(out) else {
        return Scripts::default();
    };
    object.only(&["postDeploy", "preUndeploy"], out);
    let mut script = |key: &str| {
        let blank = format!("{key} value cannot be only whitespace");
        let hint = format!("write a command, or remove `{key}` where there is nothing to run");
        object
            .get(key)
            .and_then(|field| field.words(&blank, &hint, out))
            .map(str::to_owned)
    };
    Scripts {
        post_deploy: script("postDeploy"),
        pre_undeploy: script("preUndeploy"),
    }
}

fn read_schedule(field: &Field<'_>, out: &mut Findings) -> Option<Schedule> {
    let object = field.object(out)?;
    object.only(&["schedule"], out);
    let schedule = object.need(
        "schedule",
        "when the job runs, in UTC, as in `schedule: \"0 2 * * *\"`",
        out,
    )?;
    let text = schedule.text(out)?;
    Schedule::parse(text)
        .map_err(|error| {
            let hint = "for example `\"*/15 * * * *\"` (every quarter of an hour), `\"0 2 * * *\"` (at 2:00 UTC) or `@daily`".to_owned();
            schedule.refuse("spec/schedule", sentence(&error.to_string()), hint, out);
        })
        .ok()
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}
