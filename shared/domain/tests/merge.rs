//! Values merge key by key; what comes out is complete, or every reason is told at once.

use domain::configuration::{
    DeploymentConfigurationApplication, DeploymentGlobalConfiguration, MASK,
};
use domain::error::{ApiError, ErrorCode};
use domain::merge::{Values, merge};
use serde_json::{Value, json};

use crate::sample::{lines, spec};

fn unknown(name: &str) -> ApiError {
    ErrorCode::DeploymentUnknownApplicationConfiguration.with([("name", json!(name))])
}

fn lay(current: Values, given: Value, global: Value) -> Result<Values, String> {
    let given: Vec<DeploymentConfigurationApplication> =
        serde_json::from_value(given).expect("readable");
    let global: Option<DeploymentGlobalConfiguration> =
        serde_json::from_value(global).expect("readable");
    merge(
        &spec(),
        current,
        &given,
        "configurations",
        global.as_ref(),
        unknown,
    )
    .map_err(|errors| lines(&errors))
}

fn api(standard: &[(&str, &str)], secured: &[(&str, &str)]) -> Value {
    json!([{
        "applicationName": "api",
        "standardConfiguration": pairs(standard), "securedConfiguration": pairs(secured),
    }])
}

fn pairs(list: &[(&str, &str)]) -> Value {
    let pair = |(key, value): &(&str, &str)| json!({ "key": key, "value": value });
    list.iter().map(pair).collect()
}

fn tenant() -> Value {
    json!({ "standardConfiguration": pairs(&[("TENANT", "one")]) })
}

/// What a complete create leaves.
fn deployed() -> Values {
    let given = api(
        &[("SHOP", "eu"), ("NOTE", "hello")],
        &[("TOKEN", "s3cret"), ("SPARE", "n3xt")],
    );
    lay(Values::default(), given, tenant()).expect("complete")
}

fn shown(values: &Values) -> String {
    let spec = spec();
    let api = spec.application("api").expect("declared");
    let (standard, secured) = values.shown(api);
    serde_json::to_string(&(standard, secured, values.shown_global(&spec))).expect("plain data")
}

#[test]
fn values_are_shown_in_the_order_of_connect_yaml_with_defaults_and_masks() {
    insta::assert_snapshot!(shown(&deployed()), @r#"[[{"key":"LOG_LEVEL","value":"info"},{"key":"MODE","value":"test"},{"key":"SHOP","value":"eu"},{"key":"NOTE","value":"hello"}],[{"key":"TOKEN","value":"********"},{"key":"SPARE","value":"********"}],{"standardConfiguration":[{"key":"TENANT","value":"one"}],"securedConfiguration":[]}]"#);
}

/// The official client sends every application with empty lists (contract, section 15.7).
#[test]
fn what_is_not_mentioned_stays() {
    let empty = json!([
        { "applicationName": "api", "standardConfiguration": [], "securedConfiguration": [] },
        { "applicationName": "nightly" },
        { "applicationName": "listener", "standardConfiguration": null },
    ]);
    let lists = json!({ "standardConfiguration": [], "securedConfiguration": [] });
    assert_eq!(lay(deployed(), empty, lists), Ok(deployed()));
    assert_eq!(lay(deployed(), json!([]), json!(null)), Ok(deployed()));
}

#[test]
fn a_given_value_replaces_and_an_empty_one_removes() {
    let given = api(
        &[
            ("SHOP", "us"),
            ("NOTE", ""),
            ("LOG_LEVEL", "debug"),
            ("LOG_LEVEL", "warn"),
        ],
        &[("TOKEN", "fresh"), ("SPARE", "")],
    );
    let global = json!({ "standardConfiguration": pairs(&[("TENANT", "two"), ("STAGE", "")]) });
    let merged = lay(deployed(), given, global).expect("complete");
    let values = &merged.applications[&spec().applications[0].name].pairs;
    assert_eq!(values.secured["TOKEN"].0, "fresh");
    insta::assert_snapshot!(shown(&merged), @r#"[[{"key":"LOG_LEVEL","value":"warn"},{"key":"MODE","value":"test"},{"key":"SHOP","value":"us"}],[{"key":"TOKEN","value":"********"}],{"standardConfiguration":[{"key":"TENANT","value":"two"}],"securedConfiguration":[]}]"#);
}

#[test]
fn the_mask_sent_back_leaves_the_secret_and_is_none_itself() {
    let masked = api(&[], &[("TOKEN", MASK), ("SPARE", MASK)]);
    assert_eq!(lay(deployed(), masked, json!(null)), Ok(deployed()));
    let copied = api(&[("SHOP", "eu")], &[("TOKEN", MASK), ("SPARE", MASK)]);
    let refused = lay(Values::default(), copied, tenant()).expect_err("no token");
    insta::assert_snapshot!(refused, @"DeploymentMissingApplicationConfigurationKey: Deployment requires secret configuration with key TOKEN for application named api.");
}

#[test]
fn every_missing_key_is_told_once_and_at_once() {
    let refused = lay(Values::default(), json!([]), json!(null)).expect_err("incomplete");
    insta::assert_snapshot!(refused, @"
    DeploymentMissingApplicationConfigurationKey: Deployment requires standard configuration with key SHOP for application named api.
    DeploymentMissingApplicationConfigurationKey: Deployment requires secret configuration with key TOKEN for application named api.
    DeploymentMissingGlobalConfigurationKey: Deployment global configuration requires standard with key TENANT.
    ");
}

#[test]
fn a_required_key_cannot_be_emptied() {
    let given = api(
        &[("SHOP", ""), ("SHOP", ""), ("MODE", "")],
        &[("TOKEN", "")],
    );
    let global = json!({ "standardConfiguration": pairs(&[("TENANT", "")]) });
    let refused = lay(deployed(), given, global).expect_err("refused");
    insta::assert_snapshot!(refused, @"
    DeploymentEmptyRequiredApplicationConfigurationKey: Deployment requires a non empty value for standard configuration with key MODE for application named api.
    DeploymentEmptyRequiredApplicationConfigurationKey: Deployment requires a non empty value for standard configuration with key SHOP for application named api.
    DeploymentEmptyRequiredApplicationConfigurationKey: Deployment requires a non empty value for secret configuration with key TOKEN for application named api.
    DeploymentEmptyRequiredGlobalConfigurationKey: Deployment requires a non empty value for standard global configuration with key TENANT.
    ");
}

#[test]
fn unknown_applications_and_keys_and_the_wrong_list_are_told_at_once() {
    let given = json!([
        { "applicationName": "web", "standardConfiguration": pairs(&[("A", "b")]) },
        { "applicationName": "api",
          "standardConfiguration": pairs(&[("TOKEN", "s3cret"), ("NONE", "x"), ("SHOP", "eu")]),
          "securedConfiguration": pairs(&[("LOG_LEVEL", "debug")]) },
    ]);
    let global = json!({
        "standardConfiguration": pairs(&[("SALT", "x"), ("TENANT", "one")]),
        "securedConfiguration": pairs(&[("PEPPER", "x")]),
    });
    let refused = lay(Values::default(), given, global).expect_err("refused");
    insta::assert_snapshot!(refused, @"
    DeploymentUnknownApplicationConfiguration: Deployment does not require configuration for application named 'web'.
    DeploymentUnknownApplicationConfigurationKey: Deployment does not require standard configuration with key NONE for application named api.
    DeploymentUnknownApplicationConfigurationKey: Deployment does not require standard configuration with key TOKEN for application named api.
    DeploymentUnknownApplicationConfigurationKey: Deployment does not require secret configuration with key LOG_LEVEL for application named api.
    DeploymentUnknownGlobalConfigurationKey: Deployment global configuration does not require standard with key SALT.
    DeploymentUnknownGlobalConfigurationKey: Deployment global configuration does not require secret with key PEPPER.
    ");
}

#[test]
fn the_caller_says_what_an_unknown_application_is() {
    let given: Vec<DeploymentConfigurationApplication> =
        serde_json::from_value(json!([{ "applicationName": "web" }])).expect("readable");
    let unknown = |name: &str| {
        ErrorCode::DeploymentApplicationDoNotBelong.with([
            ("id", json!("7")),
            ("key", json!("tax-prod")),
            ("name", json!(name)),
        ])
    };
    let refused =
        merge(&spec(), deployed(), &given, "configurations", None, unknown).expect_err("unknown");
    insta::assert_snapshot!(lines(&refused), @"DeploymentApplicationDoNotBelong: Deployment with id=7 or key=tax-prod does not include application: web");
}

#[test]
fn a_value_that_no_environment_variable_can_have_is_refused_without_repeating_it() {
    let long = "s3cret".repeat(6_000);
    let given = api(
        &[("NOTE", &long)],
        &[("SPARE", "s3cret\0"), ("TOKEN", &long)],
    );
    let refused = lay(deployed(), given, json!(null)).expect_err("refused");
    assert!(!refused.contains("s3cret"), "{refused}");
    insta::assert_snapshot!(refused, @"
    InvalidJsonInput: Request body does not contain valid JSON. [api.NOTE: the value has 36000 bytes; the most is 32768]
    InvalidJsonInput: Request body does not contain valid JSON. [api.SPARE: the value has a NUL character; no environment variable can]
    InvalidJsonInput: Request body does not contain valid JSON. [api.TOKEN: the value has 36000 bytes; the most is 32768]
    ");
}

#[test]
fn all_values_together_have_a_limit() {
    let long = "x".repeat(32 * 1024);
    let keys = ["SHOP", "NOTE", "LOG_LEVEL", "MODE"];
    let standard = keys.map(|key| (key, long.as_str()));
    let given = api(&standard, &[("TOKEN", &long), ("SPARE", &long)]);
    let global = json!({ "standardConfiguration": pairs(&[("TENANT", &long)]) });
    let refused = lay(Values::default(), given, global).expect_err("too much");
    insta::assert_snapshot!(refused, @"InvalidJsonInput: Request body does not contain valid JSON. [the values of all applications have 229376 bytes together; the most is 204800]");
}

#[test]
fn a_hostile_body_gets_an_answer_of_bounded_size() {
    let keys: Vec<String> = (0..20_000).map(|number| format!("K{number}")).collect();
    let standard: Vec<(&str, &str)> = keys.iter().map(|key| (key.as_str(), "x")).collect();
    let refused = lay(deployed(), api(&standard, &[]), json!(null)).expect_err("unknown keys");
    assert_eq!(refused.lines().count(), 500);
}

fn overridden(name: &str, field: &str, value: Value) -> Result<Values, String> {
    let mut entry = json!({ "applicationName": name });
    entry[field] = value;
    lay(deployed(), json!([entry]), json!(null))
}

#[test]
fn a_job_has_a_schedule_and_an_event_application_a_retry_policy_of_its_own() {
    let changed = overridden("nightly", "schedule", json!("15 2 * * MON")).expect("allowed");
    let (name, values) = changed
        .applications
        .iter()
        .nth(2)
        .expect("three applications");
    assert_eq!(name.as_str(), "nightly");
    let schedule = values.schedule.as_ref().expect("overridden");
    assert_eq!(schedule.as_str(), "15 2 * * MON");
    // A later redeploy that does not mention it leaves it.
    assert_eq!(lay(changed.clone(), json!([]), json!(null)), Ok(changed));
    let policy = json!({ "strategy": "immediate" });
    let changed = overridden("listener", "retryPolicy", policy).expect("allowed");
    assert!(
        changed
            .applications
            .values()
            .any(|one| one.retry_policy.is_some())
    );
    assert_eq!(
        overridden("listener", "retryPolicy", json!(null)),
        Ok(deployed())
    );
}

#[test]
fn an_override_that_cannot_be_says_why() {
    let exponential = |min: u32, max: u32, attempts: u32| {
        json!({
            "strategy": "exponential-backoff", "minBackoffSeconds": min,
            "maxBackoffSeconds": max, "maxAttempts": attempts,
        })
    };
    let refusals = [
        overridden("nightly", "schedule", json!("61 * * * *")),
        overridden("nightly", "schedule", json!("@reboot")),
        overridden("api", "schedule", json!("0 2 * * *")),
        overridden("api", "retryPolicy", exponential(10, 600, 5)),
        overridden("listener", "retryPolicy", exponential(0, 600, 5)),
        overridden("listener", "retryPolicy", exponential(60, 10, 5)),
        overridden("listener", "retryPolicy", exponential(10, 600, 4)),
    ]
    .map(|result| result.expect_err("refused"));
    insta::assert_snapshot!(refusals.join("\n"), @"
    InvalidJsonInput: Request body does not contain valid JSON. [configurations[0].schedule: the minute field is 61; it goes from 0 to 59]
    InvalidJsonInput: Request body does not contain valid JSON. [configurations[0].schedule: @reboot has no meaning here: an application is not told when the platform starts; use postDeploy for what runs once]
    InvalidJsonInput: Request body does not contain valid JSON. [configurations[0].schedule: 'api' is not of type job and has no schedule; remove it]
    DeploymentRetryPolicyOverrideNotAllowed: Application 'api' is not an event application and takes no retry policy.
    DeploymentInvalidRetryPolicy: The retry policy of application 'listener' is not valid: minBackoffSeconds is 0; it goes from 1 to 600
    DeploymentInvalidRetryPolicy: The retry policy of application 'listener' is not valid: minBackoffSeconds must be less than or equal to maxBackoffSeconds
    DeploymentInvalidRetryPolicy: The retry policy of application 'listener' is not valid: maxAttempts is 4; it goes from 5 to 100
    ");
}

#[test]
fn what_a_newer_connect_yaml_does_not_declare_falls_away() {
    let mut newer = spec();
    newer.applications.retain(|one| one.name.as_str() == "api");
    newer.applications[0]
        .configuration
        .standard
        .retain(|one| one.key != "NOTE");
    newer.inherit.configuration.secured.clear();
    let merged = merge(&newer, deployed(), &[], "configurations", None, unknown).expect("complete");
    assert_eq!(merged.applications.len(), 1);
    let pairs = &merged.applications[&newer.applications[0].name].pairs;
    assert_eq!(pairs.standard.keys().collect::<Vec<_>>(), ["SHOP"]);
}

#[test]
fn no_secret_is_in_what_is_logged_stored_in_clear_or_shown() {
    let values = deployed();
    let given: Vec<DeploymentConfigurationApplication> =
        serde_json::from_value(api(&[], &[("TOKEN", "s3cret")])).expect("readable");
    let texts = [
        format!("{values:?} {given:?}"),
        serde_json::to_string(&values.masked()).expect("plain data"),
        shown(&values),
    ];
    for text in texts {
        assert!(text.contains("TOKEN") && text.contains(MASK), "{text}");
        assert!(!text.contains("s3cret") && !text.contains("n3xt"), "{text}");
    }
}
