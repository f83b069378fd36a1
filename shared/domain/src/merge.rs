//! Configuration merges key by key, and what comes out is complete or refused with every reason at once (contract, section 16).

mod owner;
mod pairs;
mod values;

use serde_json::json;

use crate::configuration::{DeploymentConfigurationApplication, DeploymentGlobalConfiguration};
use crate::error::{ApiError, ErrorCode};
use crate::limits;
use crate::schedule::Schedule;
use crate::spec::{Application, ApplicationType, Spec};

use owner::Owner;
use pairs::Given;
pub use values::{ApplicationValues, Hidden, Pairs, Values};

/// Lays what was given over what there is; what the Connector no longer declares falls away, and the result is complete.
///
/// `place` is where the body has the list of what is given, such as `configurations`: some errors name the field by its path.
/// `unknown` is the error for a name that no application of the Connector has: create and redeploy have different codes for it.
///
/// # Errors
/// Every unknown, missing, empty or malformed value, all at once; one error for each key.
pub fn merge(
    spec: &Spec,
    current: Values,
    given: &[DeploymentConfigurationApplication],
    place: &str,
    global: Option<&DeploymentGlobalConfiguration>,
    unknown: impl Fn(&str) -> ApiError,
) -> Result<Values, Vec<ApiError>> {
    let mut current = current;
    let mut merged = Values::default();
    let names = given.iter().map(|entry| entry.application_name.as_str());
    let strangers = names.filter(|name| spec.application(name).is_none());
    let mut errors: Vec<ApiError> = strangers.map(unknown).collect();
    for application in &spec.applications {
        let current = current.applications.remove(&application.name);
        let current = current.unwrap_or_default();
        let values = merge_application(application, current, given, place, &mut errors);
        merged.applications.insert(application.name.clone(), values);
    }
    let mut lists = Given::default();
    if let Some(global) = global {
        lists.add(
            &global.standard_configuration,
            &global.secured_configuration,
        );
    }
    let declared = &spec.inherit.configuration;
    merged.global = pairs::merge(Owner::Global, declared, current.global, &lists, &mut errors);
    errors.extend(too_large(&merged));
    errors.truncate(limits::ERRORS);
    if errors.is_empty() {
        Ok(merged)
    } else {
        Err(errors)
    }
}

fn merge_application(
    application: &Application,
    current: ApplicationValues,
    given: &[DeploymentConfigurationApplication],
    place: &str,
    errors: &mut Vec<ApiError>,
) -> ApplicationValues {
    let mut values = current;
    if application.kind != ApplicationType::Job {
        values.schedule = None;
    }
    if application.kind != ApplicationType::Event {
        values.retry_policy = None;
    }
    let mut lists = Given::default();
    let name = application.name.as_str();
    let numbered = given.iter().enumerate();
    for (index, entry) in numbered.filter(|(_, entry)| entry.application_name == name) {
        lists.add(&entry.standard_configuration, &entry.secured_configuration);
        set_schedule(application, entry, &mut values).unwrap_or_else(|cause| {
            let detail = format!("{place}[{index}].schedule: {cause}");
            errors.push(ErrorCode::InvalidJsonInput.detail(detail));
        });
        set_retry_policy(application, entry, &mut values)
            .unwrap_or_else(|error| errors.push(error));
    }
    let owner = Owner::Application(&application.name);
    values.pairs = pairs::merge(
        owner,
        &application.configuration,
        values.pairs,
        &lists,
        errors,
    );
    values
}

fn set_schedule(
    application: &Application,
    entry: &DeploymentConfigurationApplication,
    values: &mut ApplicationValues,
) -> Result<(), String> {
    let Some(text) = &entry.schedule else {
        return Ok(());
    };
    if application.kind != ApplicationType::Job {
        let name = &application.name;
        return Err(format!(
            "'{name}' is not of type job and has no schedule; remove it"
        ));
    }
    values.schedule = Some(Schedule::parse(text).map_err(|error| error.to_string())?);
    Ok(())
}

fn set_retry_policy(
    application: &Application,
    entry: &DeploymentConfigurationApplication,
    values: &mut ApplicationValues,
) -> Result<(), ApiError> {
    let Some(policy) = &entry.retry_policy else {
        return Ok(());
    };
    let name = json!(application.name.as_str());
    if application.kind != ApplicationType::Event {
        return Err(ErrorCode::DeploymentRetryPolicyOverrideNotAllowed.with([("name", name)]));
    }
    policy.check().map_err(|cause| {
        ErrorCode::DeploymentInvalidRetryPolicy.with([("name", name), ("cause", json!(cause))])
    })?;
    values.retry_policy = Some(policy.clone());
    Ok(())
}

fn too_large(values: &Values) -> Option<ApiError> {
    let all = values.applications.values().map(|one| &one.pairs);
    let lengths = all
        .chain(std::iter::once(&values.global))
        .flat_map(|pairs| {
            let standard = pairs.standard.values().map(String::len);
            standard.chain(pairs.secured.values().map(|value| value.0.len()))
        });
    let sum: usize = lengths.sum();
    (sum > limits::VALUES_BYTES).then(|| {
        ErrorCode::InvalidJsonInput.detail(format!(
            "the values of all applications have {sum} bytes together; the most is {}",
            limits::VALUES_BYTES
        ))
    })
}
