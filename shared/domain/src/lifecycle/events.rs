//! Every state and every event of the three lifecycles, for the tests that go through all of them.

use super::connector_staged::{self as staged, ConnectorStatus, IsPreviewable};
use super::deployment::{self, DeploymentStatus};
use super::run::{self, RunState};

pub(super) const STATUSES: [ConnectorStatus; 6] = [
    ConnectorStatus::Draft,
    ConnectorStatus::Processing,
    ConnectorStatus::ReadyForCertification,
    ConnectorStatus::InCertification,
    ConnectorStatus::Published,
    ConnectorStatus::Failed,
];

pub(super) const PREVIEWABLES: [IsPreviewable; 4] = [
    IsPreviewable::None,
    IsPreviewable::Pending,
    IsPreviewable::True,
    IsPreviewable::False,
];

pub(super) const STAGED: [staged::Event; 18] = [
    staged::Event::Edit,
    staged::Event::ChangeRepository,
    staged::Event::Comment,
    staged::Event::CertifierComment,
    staged::Event::UpdatePreviewable,
    staged::Event::PreviewEnded { passed: true },
    staged::Event::PreviewEnded { passed: false },
    staged::Event::Publish {
        certification: false,
    },
    staged::Event::Publish {
        certification: true,
    },
    staged::Event::PublishEnded {
        certification: false,
        passed: true,
    },
    staged::Event::PublishEnded {
        certification: false,
        passed: false,
    },
    staged::Event::PublishEnded {
        certification: true,
        passed: true,
    },
    staged::Event::PublishEnded {
        certification: true,
        passed: false,
    },
    staged::Event::StartCertification,
    staged::Event::EndCertification { approved: true },
    staged::Event::EndCertification { approved: false },
    staged::Event::Unlist,
    staged::Event::Delete,
];

pub(super) const DEPLOYMENT_STATUSES: [DeploymentStatus; 7] = [
    DeploymentStatus::Draft,
    DeploymentStatus::Queued,
    DeploymentStatus::Deploying,
    DeploymentStatus::Deployed,
    DeploymentStatus::Failed,
    DeploymentStatus::Undeploying,
    DeploymentStatus::UndeployFailed,
];

pub(super) const DEPLOYMENT: [deployment::Event; 7] = [
    deployment::Event::Redeploy,
    deployment::Event::Rollback,
    deployment::Event::DeployEnded { passed: true },
    deployment::Event::DeployEnded { passed: false },
    deployment::Event::Undeploy,
    deployment::Event::UndeployEnded { passed: true },
    deployment::Event::UndeployEnded { passed: false },
];

pub(super) const RUN_STATES: [RunState; 4] = [
    RunState::Queued,
    RunState::Running,
    RunState::Succeeded,
    RunState::Failed,
];

pub(super) const RUN: [run::Event; 7] = [
    run::Event::Claim,
    run::Event::Succeed,
    run::Event::Fail,
    run::Event::Fault { before: 0 },
    run::Event::Fault { before: 1 },
    run::Event::Fault { before: 2 },
    run::Event::Expire,
];
