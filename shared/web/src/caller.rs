//! The signature states the permission: a handler that takes `Caller<S>` runs only for a token with the scope `S`.

use std::marker::PhantomData;

use domain::error::{ApiError, ErrorCode};
use domain::names::ProjectKey;
use serde_json::json;

use crate::token::Claims;

/// A permission: any of these scopes gives it.
pub trait Scope {
    /// Scope names without Project key; `manage_project` gives every one but the operator's (contract, section 1).
    const ANY: &'static [&'static str];
}

/// The permissions of the contract, section 1.
pub mod scope {
    use super::Scope;

    macro_rules! scopes {
        ($($(#[$doc:meta])* $name:ident = [$($scope:literal),*];)*) => {
            $($(#[$doc])* #[derive(Debug, Clone, Copy)] pub struct $name;
            impl Scope for $name { const ANY: &'static [&'static str] = &[$($scope),*]; })*
        };
    }

    scopes! {
        /// Reads drafts and Connectors.
        ViewConnectors = ["view_connectors", "manage_connectors", "manage_project"];
        /// Changes drafts.
        ManageConnectors = ["manage_connectors", "manage_project"];
        /// Reads Deployments, logs and revisions.
        ViewDeployments = ["view_connectors_deployments", "manage_connectors_deployments", "manage_project"];
        /// Changes Deployments.
        ManageDeployments = ["manage_connectors_deployments", "manage_project"];
        /// Certifies Connectors of every Project: the operator's, which `manage_project` does not give (contract, section 16).
        ManageCertifications = ["manage_certifications"];
    }
}

/// Who calls, for a permission that their token has.
#[derive(Debug, Clone)]
pub struct Caller<S> {
    /// The Project of the token.
    pub project: ProjectKey,
    claims: Claims,
    permission: PhantomData<S>,
}

impl<S: Scope> Caller<S> {
    /// The caller, if the token has the scope.
    ///
    /// # Errors
    /// `AuthorizationError`, which names the scope that is missing.
    pub fn of(claims: Claims) -> Result<Self, ApiError> {
        let project = claims.project.clone();
        let has = |scope: &&str| claims.has(scope);
        if S::ANY.iter().any(has) {
            return Ok(Self {
                project,
                claims,
                permission: PhantomData,
            });
        }
        Err(missing(S::ANY[0], &project))
    }

    /// The API client that calls.
    #[must_use]
    pub fn client(&self) -> &str {
        &self.claims.sub
    }

    /// Refuses a path that names another Project.
    ///
    /// # Errors
    /// `AuthorizationError`.
    pub fn in_project(&self, project: &str) -> Result<(), ApiError> {
        if self.project.as_str() == project {
            return Ok(());
        }
        let scope = format!("{}:{project}", S::ANY[0]);
        Err(ErrorCode::AuthorizationError.with([("scope", json!(scope))]))
    }

    /// Refuses a caller without a further scope.
    ///
    /// # Errors
    /// `AuthorizationError`.
    pub fn also(&self, scope: &str) -> Result<(), ApiError> {
        if self.claims.has(scope) || self.claims.has("manage_project") {
            return Ok(());
        }
        Err(missing(scope, &self.project))
    }
}

fn missing(scope: &str, project: &ProjectKey) -> ApiError {
    let scope = format!("{scope}:{project}");
    ErrorCode::AuthorizationError.with([("scope", json!(scope))])
}
