//! An error about a value names its key and whose key it is: an application's, or all applications'.

use serde_json::json;

use crate::error::{ApiError, ErrorCode};
use crate::names::ApplicationName;

/// Whose key an error is about.
#[derive(Clone, Copy)]
pub(super) enum Owner<'a> {
    Application(&'a ApplicationName),
    Global,
}

impl Owner<'_> {
    /// The key is not declared in the list in which it was given.
    pub(super) fn unknown(self, kind: &str, key: &str) -> ApiError {
        let codes = (
            ErrorCode::DeploymentUnknownApplicationConfigurationKey,
            ErrorCode::DeploymentUnknownGlobalConfigurationKey,
        );
        self.error(codes, kind, key)
    }

    /// The key is required, and was never given.
    pub(super) fn missing(self, kind: &str, key: &str) -> ApiError {
        let codes = (
            ErrorCode::DeploymentMissingApplicationConfigurationKey,
            ErrorCode::DeploymentMissingGlobalConfigurationKey,
        );
        self.error(codes, kind, key)
    }

    /// The key is required, and was given without a value.
    pub(super) fn empty(self, kind: &str, key: &str) -> ApiError {
        let codes = (
            ErrorCode::DeploymentEmptyRequiredApplicationConfigurationKey,
            ErrorCode::DeploymentEmptyRequiredGlobalConfigurationKey,
        );
        self.error(codes, kind, key)
    }

    /// The value can be no environment variable; it is not repeated, as it may be a secret.
    pub(super) fn unfit(self, key: &str, cause: &str) -> ApiError {
        let place = match self {
            Self::Application(name) => name.as_str(),
            Self::Global => "globalConfiguration",
        };
        ErrorCode::InvalidJsonInput.detail(format!("{place}.{key}: {cause}"))
    }

    fn error(self, codes: (ErrorCode, ErrorCode), kind: &str, key: &str) -> ApiError {
        match self {
            Self::Application(name) => codes.0.with([
                ("kind", json!(kind)),
                ("key", json!(key)),
                ("name", json!(name.as_str())),
            ]),
            Self::Global => codes.1.with([("kind", json!(kind)), ("key", json!(key))]),
        }
    }
}
