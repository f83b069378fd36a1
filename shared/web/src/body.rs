//! A body is JSON within its limit that fits the published schema, and everything that does not is named at once, each by its path.

mod shape;
#[cfg(test)]
mod tests;
mod words;

use domain::error::{ApiErrors, ErrorCode};
use domain::limits;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::request::Request;

/// The largest whole number that our schemas let through (see `schema`).
const WHOLE_NUMBER_MAX: f64 = 9_007_199_254_740_991.0;

/// Reads the body.
///
/// # Errors
/// `RequestEntityTooLarge`; or an `InvalidJsonInput` for every place that does not fit.
pub fn read<T: DeserializeOwned + JsonSchema + 'static>(request: &Request) -> Result<T, ApiErrors> {
    if request.body.len() > limits::REQUEST_BODY_BYTES {
        let limit = limits::REQUEST_BODY_BYTES.into();
        return Err(ErrorCode::RequestEntityTooLarge
            .with([("limit", limit)])
            .into());
    }
    let refuse = |detail: String| ApiErrors::from(ErrorCode::InvalidJsonInput.detail(detail));
    let mut body: Value = if request.body.trim_ascii().is_empty() {
        Value::Null
    } else {
        serde_json::from_slice(&request.body)
            .map_err(|error| refuse(format!("the body cannot be read as JSON: {error}")))?
    };
    if !body.is_object() {
        return Err(refuse("the body is no JSON object".to_owned()));
    }
    let findings = shape::findings::<T>(&body);
    let errors = findings
        .into_iter()
        .map(|finding| ErrorCode::InvalidJsonInput.detail(finding));
    ApiErrors::check(errors.collect())?;
    whole_numbers(&mut body);
    // What the schema lets through and the type does not is our schema's gap; the caller gets an answer all the same.
    serde_path_to_error::deserialize(&body)
        .map_err(|error| refuse(format!("{}: {}", error.path(), error.inner())))
}

/// JSON has one kind of number: 7.0 is a whole one, and serde would not take it for one.
fn whole_numbers(value: &mut Value) {
    match value {
        Value::Number(number) => {
            let float = number.as_f64().filter(|_| number.is_f64());
            let whole =
                float.filter(|float| float.fract() == 0.0 && float.abs() <= WHOLE_NUMBER_MAX);
            if let Some(whole) = whole {
                // Exact: every whole number up to 2^53 - 1 is an f64.
                *value = Value::from(whole as i64);
            }
        }
        Value::Array(all) => all.iter_mut().for_each(whole_numbers),
        Value::Object(fields) => fields.values_mut().for_each(whole_numbers),
        _ => {}
    }
}
