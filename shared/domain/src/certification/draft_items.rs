//! The items of the checklist that look at the draft itself.

use super::checklist::{ChecklistResult, Facts, Found, failed, passed, unknown};
use crate::connector::IntegrationType;

pub(super) fn description(facts: &Facts<'_>) -> Found {
    if facts.staged.description.trim().is_empty() {
        failed("Search shows the Connector by its name alone.")
    } else {
        passed("Search shows it.")
    }
}

fn url(field: &str, given: Option<&str>) -> Found {
    let is_url = |text: &str| {
        let rest = text
            .strip_prefix("https://")
            .or_else(|| text.strip_prefix("http://"));
        rest.is_some_and(|rest| !rest.starts_with('/') && rest.contains('.'))
            && !text.contains(char::is_whitespace)
    };
    match given.map(str::trim) {
        None | Some("") => failed(format!("{field} is not set.")),
        Some(text) if is_url(text) => {
            passed(format!("{field} is set; whether it answers was not tried."))
        }
        Some(_) => failed(format!("{field} is no https address.")),
    }
}

pub(super) fn documentation(facts: &Facts<'_>) -> Found {
    url(
        "documentationUrl",
        facts.staged.documentation_url.as_deref(),
    )
}

pub(super) fn support(facts: &Facts<'_>) -> Found {
    url(
        "creator.supportUrl",
        facts.staged.creator.support_url.as_deref(),
    )
}

pub(super) fn help(facts: &Facts<'_>) -> Found {
    let found = [documentation(facts), support(facts)];
    let found = found
        .into_iter()
        .find(|(result, _)| *result == ChecklistResult::Passed);
    found.unwrap_or_else(|| {
        failed("Neither documentationUrl nor creator.supportUrl is set to an https address.")
    })
}

pub(super) fn email(facts: &Facts<'_>) -> Found {
    let parts = facts.staged.creator.email.trim().split_once('@');
    let is_email = |(name, host): (&str, &str)| {
        !name.is_empty() && host.contains('.') && !host.contains(['@', ' '])
    };
    if parts.is_some_and(is_email) {
        passed("creator.email is set; whether somebody answers was not tried.")
    } else {
        failed("creator.email is no e-mail address.")
    }
}

pub(super) fn integration_types(facts: &Facts<'_>) -> Found {
    if facts.staged.integration_types == [IntegrationType::Other] {
        failed("It is `other` alone, which is also what a draft has that names none.")
    } else {
        passed("Search can narrow by it.")
    }
}

pub(super) fn regions(facts: &Facts<'_>) -> Found {
    match facts.staged.supported_regions.len() {
        0 => unknown("None is named, so it is offered in every Region: ask whether that is meant."),
        number => passed(format!("Regions named: {number}.")),
    }
}
