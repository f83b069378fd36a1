//! What no application can say of itself alone: names and keys that meet each other, and what the Merchant Center needs.

use std::collections::HashMap;

use super::application::ReadApplication;
use super::configuration::ReadInherit;
use super::finding::{Findings, Place, shown};
use super::{ApplicationType, StandardKey};

const CLOUD_IDENTIFIER: &str = "CLOUD_IDENTIFIER";

/// Every cross-check of the contract's section 8.1.
pub(super) fn check(applications: &[ReadApplication], inherit: &ReadInherit, out: &mut Findings) {
    duplicate_names(applications, out);
    duplicate_global_keys(applications, inherit, out);
    let global = &inherit.configuration.configuration.standard;
    let secured = &inherit.configuration.configuration.secured;
    let cloud_is_global = global
        .iter()
        .any(|key| key.key == CLOUD_IDENTIFIER && key.required)
        || secured
            .iter()
            .any(|key| key.key == CLOUD_IDENTIFIER && key.required);
    for application in applications {
        let Some(kind) = application.kind.filter(|kind| kind.is_merchant_center()) else {
            continue;
        };
        merchant_center_keys(application, kind, out);
        if !cloud_is_global {
            cloud_identifier(application, out);
        }
        no_secrets(application, kind, out);
    }
}

fn duplicate_names(applications: &[ReadApplication], out: &mut Findings) {
    let mut first: HashMap<&str, (Place, bool)> = HashMap::new();
    for (name, place) in applications
        .iter()
        .filter_map(|application| application.name.as_ref())
    {
        match first.get_mut(name.as_str()) {
            None => {
                first.insert(name, (*place, false));
            }
            Some((earlier, told)) if !*told => {
                *told = true;
                let message = format!("Duplicate application name found: {}", shown(name));
                let hint = format!(
                    "the name stands in line {} already; it is the application's folder, so each needs its own",
                    earlier.line
                );
                out.add("spec/duplicate-application", "", *place, message, hint);
            }
            Some(_) => {}
        }
    }
}

/// A global key may stand nowhere else, neither in an application nor twice among the global ones.
fn duplicate_global_keys(
    applications: &[ReadApplication],
    inherit: &ReadInherit,
    out: &mut Findings,
) {
    let global = &inherit.configuration.keys;
    let mut elsewhere: HashMap<&str, Place> = HashMap::new();
    for (key, place) in applications
        .iter()
        .flat_map(|application| &application.configuration.keys)
    {
        elsewhere.entry(key).or_insert(*place);
    }
    let mut seen: HashMap<&str, bool> = HashMap::new();
    for (key, place) in global {
        let told = seen.get(key.as_str()).copied();
        let other = elsewhere.get(key.as_str());
        let tell = match told {
            None => other.is_some(),
            Some(told) => !told,
        };
        seen.insert(key, told.unwrap_or(false) || tell);
        if tell {
            let message = format!("Duplicate global key found {}", shown(key));
            let hint = match other {
                Some(other) => format!(
                    "an application has it in line {}; every application gets the global one, so remove one of the two",
                    other.line
                ),
                None => "remove one of the two".to_owned(),
            };
            out.add("spec/duplicate-global-key", "", *place, message, hint);
        }
    }
}

fn standard_key<'a>(application: &'a ReadApplication, key: &str) -> Option<&'a StandardKey> {
    application
        .configuration
        .configuration
        .standard
        .iter()
        .find(|candidate| candidate.key == key)
}

fn merchant_center_keys(application: &ReadApplication, kind: ApplicationType, out: &mut Findings) {
    let (what, keys): (_, &[&str]) = match kind {
        ApplicationType::MerchantCenterCustomView => {
            ("Merchant center custom view", &["CUSTOM_VIEW_ID"])
        }
        _ => ("Mc app", &["CUSTOM_APPLICATION_ID", "ENTRY_POINT_URI_PATH"]),
    };
    for key in keys {
        let hint = match standard_key(application, key) {
            Some(found) if found.required => continue,
            Some(_) => format!("add `required: true` to `{key}`"),
            None => format!(
                "add `{{ key: {key}, description: …, required: true }}` to its standardConfiguration"
            ),
        };
        out.add(
            "spec/merchant-center-key",
            &application.path,
            application.place,
            format!("{what} must have {key}"),
            hint,
        );
    }
}

fn cloud_identifier(application: &ReadApplication, out: &mut Findings) {
    if standard_key(application, CLOUD_IDENTIFIER)
        .is_some_and(|key| key.required || key.default.is_some())
    {
        return;
    }
    let name = application
        .name
        .as_ref()
        .map_or("", |(name, _)| name.as_str());
    let message = format!(
        "Application {} is missing {CLOUD_IDENTIFIER} configuration.",
        shown(name)
    );
    let hint = format!(
        "add `{CLOUD_IDENTIFIER}` to its standardConfiguration, required or with a default such as gcp-eu, or to inheritAs as required"
    );
    out.add(
        "spec/cloud-identifier",
        "",
        application.place,
        message,
        hint,
    );
}

fn no_secrets(application: &ReadApplication, kind: ApplicationType, out: &mut Findings) {
    let Some(key) = application.configuration.configuration.secured.first() else {
        return;
    };
    let what = if kind == ApplicationType::MerchantCenterCustomView {
        "view"
    } else {
        "application"
    };
    let keys = &application.configuration.keys;
    let place = keys
        .iter()
        .rfind(|(candidate, _)| *candidate == key.key)
        .map_or(application.place, |(_, place)| *place);
    let message = format!("Secured configuration is not allowed in merchant center custom {what}.");
    let hint = "it runs in the browser, where nothing is secret: keep the secret in a service and call that".to_owned();
    out.add("spec/merchant-center-secret", "", place, message, hint);
}
