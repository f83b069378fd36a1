//! The one table of error codes: what the caller reads, with which status, and which fields come with it. The envelope, the OpenAPI
//! document and docs/errors.md derive from it.

use serde::Serialize;
use serde_json::{Map, Value};

macro_rules! error_codes {
    ($($code:ident, $wire:literal, $status:literal, $template:literal, [$($field:literal),*], $when:literal;)*) => {
        /// Every code that an answer can carry (contract, section 7; those marked "ours" from section 16).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ErrorCode {
            $(#[doc = $when] $code,)*
        }

        impl ErrorCode {
            /// Every code, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$code,)*];

            /// The code as it stands in the envelope.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$code => $wire,)* }
            }

            /// The HTTP status that goes with it.
            #[must_use]
            pub const fn status(self) -> u16 {
                match self { $(Self::$code => $status,)* }
            }

            /// The message, with `{name}` where a value goes.
            #[must_use]
            pub const fn template(self) -> &'static str {
                match self { $(Self::$code => $template,)* }
            }

            /// The fields that stand beside code and message.
            #[must_use]
            pub const fn fields(self) -> &'static [&'static str] {
                match self { $(Self::$code => &[$($field),*],)* }
            }

            /// When it is returned, for the docs.
            #[must_use]
            pub const fn when(self) -> &'static str {
                match self { $(Self::$code => $when,)* }
            }
        }
    };
}

error_codes! {
    InvalidJsonInput, "InvalidJsonInput", 400, "Request body does not contain valid JSON.", ["detailedErrorMessage"], "The body is not JSON, or a field has the wrong type or value.";
    InvalidQueryParam, "InvalidQueryParam", 400, "Request query param is not valid", ["detailedErrorMessage"], "A query parameter has a value that it does not take, or one out of its range.";
    InvalidPathParam, "InvalidPathParam", 400, "Request path param is not valid", ["detailedErrorMessage"], "An id or a key in the path is malformed.";
    InvalidHeader, "InvalidHeader", 400, "A request header is not valid", ["detailedErrorMessage"], "A header is malformed, such as an Idempotency-Key with blanks (ours).";
    IdempotencyKeyReused, "IdempotencyKeyReused", 400, "The Idempotency-Key was used for another request within 24 hours: send this one with a key of its own.", [], "An Idempotency-Key comes again with another method, path or body (ours).";
    DuplicateField, "DuplicateField", 400, "A duplicate value '{duplicateValue}' exists for field '{field}'.", ["field", "duplicateValue"], "The key is taken: of a ConnectorStaged in the whole installation, of a Deployment within the Project.";
    InvalidToken, "invalid_token", 401, "invalid_token", [], "The bearer token is missing, malformed or expired.";
    AuthenticationError, "AuthenticationError", 401, "Bad credentials or Client ID is not defined", [], "The client id or secret sent to the token endpoint is wrong.";
    AuthorizationError, "AuthorizationError", 403, "Access denied: the token lacks the scope {scope}", [], "The token is valid, but lacks the scope.";
    ResourceNotFound, "ResourceNotFound", 404, "The {resource} with {identifier} was not found.", [], "The resource does not exist, or not for this Project.";
    RouteNotFound, "ResourceNotFound", 404, "There is no {method} {path} in this API.", [], "No endpoint has this path.";
    MethodNotAllowed, "MethodNotAllowed", 405, "{path} does not take {method}; it takes {allowed}.", [], "The path exists, with other methods (ours).";
    ConcurrentModification, "ConcurrentModification", 409, "Version mismatch. Concurrent modification: expected version {expectedVersion}, the current version is {currentVersion}.", ["expectedVersion", "currentVersion"], "The version in the body is not the current one: read the resource again.";
    RequestEntityTooLarge, "RequestEntityTooLarge", 413, "The request body is larger than {limit} bytes.", [], "The body exceeds the limit (ours).";
    UriTooLong, "UriTooLong", 414, "Path and query are longer than {limit} bytes.", [], "The request line exceeds the limit (ours).";
    RequestHeaderFieldsTooLarge, "RequestHeaderFieldsTooLarge", 431, "Path, query and headers are longer than {limit} bytes together.", [], "The headers exceed the limit (ours).";
    TooManyRequests, "TooManyRequests", 429, "Too many requests for this Project; try again after {seconds} s.", [], "The Project's rate limit is used up (ours).";
    General, "General", 500, "Something went wrong on our side. The log has it under the correlation id {correlationId}.", [], "A fault of the platform.";
    ServiceUnavailable, "ServiceUnavailable", 503, "Something that the platform needs does not answer; try again after {seconds} s. The log has it under the correlation id {correlationId}.", [], "A fault of the platform that may have passed the next moment (ours).";
    BadGateway, "BadGateway", 502, "{message}", [], "An application or another system did not answer.";
    ConnectorAlreadyCertified, "ConnectorAlreadyCertified", 400, "The ConnectorStaged is already certified", [], "publish with certification, where the certified Connector is listed and nothing changed since.";
    ConnectorCertificationRequired, "ConnectorCertificationRequired", 400, "The Connector is certified; publish it with certification true", [], "publish without certification of a certified Connector: its clients would lose it (ours).";
    ConnectorStagedInCertification, "ConnectorStagedInCertification", 400, "The ConnectorStaged is already in certification", [], "Any update but addCertificationComment while it waits for or is in certification.";
    ConnectorStagedNotInCertification, "ConnectorStagedNotInCertification", 400, "The ConnectorStaged is not at this step of a certification", [], "A certifier's action on a draft that is not in certification, or a decision before `start` (ours).";
    ConnectorStagedNotPreviewable, "ConnectorStagedNotPreviewable", 400, "Connector id={id} or key={key} with version {version} is not previewable", [], "A Deployment of a draft whose isPreviewable is not \"true\".";
    ConnectorStagedNotPrivate, "ConnectorStagedNotPrivate", 400, "The operation is not valid because ConnectorStaged with id={id} or key={key} is not private", [], "addPrivateProject or removePrivateProject on a public Connector.";
    ConnectorStagedPreviewRequestUnderProcess, "ConnectorStagedPreviewRequestUnderProcess", 400, "The ConnectorStaged preview request is already in progress", [], "updatePreviewable while isPreviewable is pending.";
    ConnectorStagedPublishRequestUnderProcess, "ConnectorStagedPublishRequestUnderProcess", 400, "The ConnectorStaged is being processed; try again when that has ended", [], "An update while Processing, or publish while isPreviewable is pending (ours).";
    ConnectorStagedInUse, "ConnectorStagedInUse", 400, "The ConnectorStaged with id={id} cannot be deleted: {cause}", [], "DELETE of a draft that is deployed, or on which a run goes on (ours).";
    ConnectorNotListed, "ConnectorNotListed", 400, "The ConnectorStaged with id={id} is not listed", [], "unlist of what is not listed (ours).";
    GitRepositoryNotReachable, "GitRepositoryNotReachable", 400, "Repository with the tag is not reachable", ["detailedErrorMessage"], "The repository or the tag cannot be read.";
    ConnectorSpecificationFileNotFound, "ConnectorSpecificationFileNotFound", 400, "The file connect.yaml at {url} with the tag {tag} was not found", [], "The repository's root has no connect.yaml.";
    ConnectorSpecificationFileNotValid, "ConnectorSpecificationFileNotValid", 400, "The file connect.yaml at {url} with the tag {tag} is not valid", ["detailedErrorMessage"], "connect.yaml has findings, one line each.";
    ConnectorReferenceNotFound, "ConnectorReferenceNotFound", 400, "Connector '{identifier}' with version {version} not found", [], "A Deployment of a Connector that does not exist for this Project.";
    DeploymentConnectorUpdateFailure, "DeploymentConnectorUpdateFailure", 400, "Deployment with id={id} failed while trying to update Connector id={connector} (cause: {cause})", [], "redeploy with updateConnector, where the new version cannot be used.";
    DeploymentInvalidStatusTransition, "DeploymentInvalidStatusTransition", 400, "Invalid status change: {cause}", [], "redeploy or DELETE while a run is under way.";
    DeploymentUnknownApplicationConfiguration, "DeploymentUnknownApplicationConfiguration", 400, "Deployment does not require configuration for application named '{name}'.", [], "configurations names an application that the Connector does not have.";
    DeploymentUnknownApplicationConfigurationKey, "DeploymentUnknownApplicationConfigurationKey", 400, "Deployment does not require {kind} configuration with key {key} for application named {name}.", [], "A key that the application does not declare, or in the other list.";
    DeploymentMissingApplicationConfigurationKey, "DeploymentMissingApplicationConfigurationKey", 400, "Deployment requires {kind} configuration with key {key} for application named {name}.", [], "A required key without a default is missing (ours).";
    DeploymentEmptyRequiredApplicationConfigurationKey, "DeploymentEmptyRequiredApplicationConfigurationKey", 400, "Deployment requires a non empty value for {kind} configuration with key {key} for application named {name}.", [], "A required key is given without a value (ours).";
    DeploymentUnsupportedRegion, "DeploymentUnsupportedRegion", 400, "Deployment unsupported region {region}", [], "The Connector is not offered in the region.";
    DeploymentApplicationDoNotBelong, "DeploymentApplicationDoNotBelong", 400, "Deployment with id={id} or key={key} does not include application: {name}", [], "redeploy names an application that the Deployment does not have.";
    DeploymentApplicationRequired, "DeploymentApplicationRequired", 400, "A Deployment requires at least one application", [], "redeploy with an empty configurationValues, or a Connector without applications.";
    DeploymentUnknownGlobalConfigurationKey, "DeploymentUnknownGlobalConfigurationKey", 400, "Deployment global configuration does not require {kind} with key {key}.", [], "A global key that the Connector does not declare.";
    DeploymentMissingGlobalConfigurationKey, "DeploymentMissingGlobalConfigurationKey", 400, "Deployment global configuration requires {kind} with key {key}.", [], "A required global key without a default is missing.";
    DeploymentEmptyRequiredGlobalConfigurationKey, "DeploymentEmptyRequiredGlobalConfigurationKey", 400, "Deployment requires a non empty value for {kind} global configuration with key {key}.", [], "A required global key is given without a value.";
    DeploymentInvalidType, "DeploymentInvalidType", 400, "The Connector id={id} or key={key} cannot be deployed as a '{type}' type. Only {allowed} types are allowed.", [], "The type preview for a published Connector, or another type for a draft.";
    DeploymentProductionDeactivated, "DeploymentProductionDeactivated", 400, "Deployments to production are disabled for this Project. Please contact support to enable production deployments.", [], "The type production, where the operator has switched it off.";
    DeploymentInvalidRetryPolicy, "DeploymentInvalidRetryPolicy", 400, "The retry policy of application '{name}' is not valid: {cause}", [], "A retryPolicy with a number out of the ranges of connect.yaml.";
    DeploymentRetryPolicyOverrideNotAllowed, "DeploymentRetryPolicyOverrideNotAllowed", 400, "Application '{name}' is not an event application and takes no retry policy.", [], "A retryPolicy for an application that is not of type event.";
    DeploymentRollbackNotAllowed, "DeploymentRollbackNotAllowed", 400, "The Deployment cannot be rolled back to revision {revision}: {cause}", [], "Rollback to the current revision, or while a run is under way.";
    DeploymentApplicationDoesNotExist, "DeploymentApplicationDoesNotExist", 400, "Deployment does not have an application named {name}.", [], "Logs or executions of an unknown application.";
    DeploymentApplicationTakesNoEvents, "DeploymentApplicationTakesNoEvents", 400, "Application '{name}' takes no events and has no dead letters.", [], "Dead letters of an application that is not of type event (ours).";
    DeploymentApplicationNotAJob, "DeploymentApplicationNotAJob", 400, "Application '{name}' is not a job and cannot be run.", [], "Running an application that is not of type job (ours).";
    DeploymentLogInvalidDate, "DeploymentLogInvalidDate", 400, "Invalid start/end date", ["detailedErrorMessage"], "startDate or endDate is no time, lies too far back, or is in the wrong order.";
    DeploymentLogInvalidPageToken, "DeploymentLogInvalidPageToken", 400, "Invalid page token: {token}", [], "pageToken is not the `next` of a page before.";
}

/// One error of an answer: a code, its message, and the fields that go with it.
#[derive(Debug, Clone, PartialEq, Serialize, thiserror::Error)]
#[error("{message}")]
pub struct ApiError {
    /// The code, which decides the status.
    #[serde(serialize_with = "code_as_text")]
    pub code: ErrorCode,
    /// What is wrong, for a person.
    pub message: String,
    /// The fields of the code, and `detailedErrorMessage`.
    #[serde(flatten)]
    pub fields: Map<String, Value>,
}

fn code_as_text<S: serde::Serializer>(code: &ErrorCode, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(code.as_str())
}

impl ErrorCode {
    /// The error with the values that its template and fields name; a null is left out.
    #[must_use]
    pub fn with<const N: usize>(self, values: [(&str, Value); N]) -> ApiError {
        let mut fields = Map::new();
        for (name, value) in &values {
            if self.fields().contains(name) && !value.is_null() {
                fields.insert((*name).to_owned(), value.clone());
            }
        }
        ApiError {
            code: self,
            message: fill(self.template(), &values),
            fields,
        }
    }

    /// The error of a code whose message has no values.
    #[must_use]
    pub fn plain(self) -> ApiError {
        self.with([])
    }

    /// The error with the place and the remedy in `detailedErrorMessage`.
    #[must_use]
    pub fn detail(self, detail: impl Into<String>) -> ApiError {
        self.plain().because(detail)
    }
}

/// The template with its values, in one pass, as a value may hold braces itself; `-` stands for what is not known.
fn fill(template: &str, values: &[(&str, Value)]) -> String {
    let mut message = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        message.push_str(before);
        match values.iter().find(|(one, _)| *one == name) {
            Some((_, Value::String(text))) => message.push_str(text),
            Some((_, value)) if !value.is_null() => message.push_str(&value.to_string()),
            _ => message.push('-'),
        }
        rest = after;
    }
    message.push_str(rest);
    message
}

impl ApiError {
    /// Adds `detailedErrorMessage`.
    #[must_use]
    pub fn because(mut self, detail: impl Into<String>) -> Self {
        self.fields.insert(
            "detailedErrorMessage".to_owned(),
            Value::String(detail.into()),
        );
        self
    }
}

/// All errors of one answer, never empty; the first decides status and message.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{}", .0.first().map_or("", |first| first.message.as_str()))]
pub struct ApiErrors(Vec<ApiError>);

impl ApiErrors {
    /// `Ok` where nothing was found.
    ///
    /// # Errors
    /// Everything that was found.
    pub fn check(found: Vec<ApiError>) -> Result<(), Self> {
        if found.is_empty() {
            Ok(())
        } else {
            Err(Self(found))
        }
    }

    /// The HTTP status of the answer.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.0.first().map_or(500, |first| first.code.status())
    }

    /// The errors, the first one leading.
    #[must_use]
    pub fn errors(&self) -> &[ApiError] {
        &self.0
    }
}

impl From<ApiError> for ApiErrors {
    fn from(error: ApiError) -> Self {
        Self(vec![error])
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_message_names_the_values_and_the_fields_stand_beside_it() {
        let error = ErrorCode::DuplicateField
            .with([("field", json!("key")), ("duplicateValue", json!("tax"))]);
        insta::assert_snapshot!(
            serde_json::to_string(&error).expect("plain data"),
            @r#"{"code":"DuplicateField","message":"A duplicate value 'tax' exists for field 'key'.","field":"key","duplicateValue":"tax"}"#
        );
    }

    #[test]
    fn a_value_with_braces_is_a_value_and_one_that_is_not_known_leaves_no_gap() {
        let error = ErrorCode::ConcurrentModification.with([
            ("expectedVersion", json!("{currentVersion}")),
            ("currentVersion", Value::Null),
        ]);
        insta::assert_snapshot!(
            serde_json::to_string(&error).expect("plain data"),
            @r#"{"code":"ConcurrentModification","message":"Version mismatch. Concurrent modification: expected version {currentVersion}, the current version is -.","expectedVersion":"{currentVersion}"}"#
        );
        assert!(
            !ErrorCode::ConcurrentModification
                .plain()
                .message
                .contains('{')
        );
    }

    #[test]
    fn every_field_of_a_code_is_a_value_of_its_message_or_a_detail() {
        for code in ErrorCode::ALL {
            for field in code.fields() {
                assert!(
                    *field == "detailedErrorMessage"
                        || code.template().contains(&format!("{{{field}}}")),
                    "{code:?}"
                );
            }
        }
    }
}
