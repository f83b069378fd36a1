//! The errors of the endpoints that have many.

use domain::error::ErrorCode::{self, *};

/// Of an update of a draft (contract, sections 3.4 and 3.5).
pub(crate) const STAGED_UPDATE: &[ErrorCode] = &[
    ConcurrentModification,
    ConnectorAlreadyCertified,
    ConnectorCertificationRequired,
    ConnectorStagedInCertification,
    ConnectorStagedNotPrivate,
    ConnectorStagedPreviewRequestUnderProcess,
    ConnectorStagedPublishRequestUnderProcess,
    ConnectorNotListed,
    GitRepositoryNotReachable,
    ConnectorSpecificationFileNotFound,
    ConnectorSpecificationFileNotValid,
];

/// Of a new Deployment (contract, section 5.1).
pub(crate) const DEPLOY: &[ErrorCode] = &[
    DuplicateField,
    ConnectorReferenceNotFound,
    ConnectorStagedNotPreviewable,
    DeploymentUnsupportedRegion,
    DeploymentInvalidType,
    DeploymentProductionDeactivated,
    DeploymentApplicationRequired,
    DeploymentUnknownApplicationConfiguration,
    DeploymentUnknownApplicationConfigurationKey,
    DeploymentMissingApplicationConfigurationKey,
    DeploymentEmptyRequiredApplicationConfigurationKey,
    DeploymentUnknownGlobalConfigurationKey,
    DeploymentMissingGlobalConfigurationKey,
    DeploymentEmptyRequiredGlobalConfigurationKey,
    DeploymentInvalidRetryPolicy,
    DeploymentRetryPolicyOverrideNotAllowed,
];

/// Of a redeploy (contract, section 5.3).
pub(crate) const REDEPLOY: &[ErrorCode] = &[
    ConcurrentModification,
    DeploymentInvalidStatusTransition,
    DeploymentConnectorUpdateFailure,
    DeploymentApplicationRequired,
    DeploymentApplicationDoNotBelong,
    DeploymentUnknownApplicationConfigurationKey,
    DeploymentMissingApplicationConfigurationKey,
    DeploymentEmptyRequiredApplicationConfigurationKey,
    DeploymentUnknownGlobalConfigurationKey,
    DeploymentMissingGlobalConfigurationKey,
    DeploymentEmptyRequiredGlobalConfigurationKey,
    DeploymentInvalidRetryPolicy,
    DeploymentRetryPolicyOverrideNotAllowed,
];

/// Of running a job.
pub(crate) const EXECUTION: &[ErrorCode] = &[
    DeploymentApplicationDoesNotExist,
    DeploymentApplicationNotAJob,
    DeploymentInvalidStatusTransition,
];
