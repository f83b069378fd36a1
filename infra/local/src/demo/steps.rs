//! The steps in their order: names that programs may rely on, and what people read.

/// A step's name for programs, and what it does.
pub(super) type Label = (&'static str, &'static str);

pub(super) const TOKEN: Label = ("token", "Get an access token");
/// Only where an earlier demo was interrupted.
pub(super) const CLEANUP: Label = ("cleanup", "Remove what an earlier demo left");
pub(super) const REGISTER: Label = (
    "register",
    "Register the connector, a git repository with a tag",
);
pub(super) const PREVIEW: Label = (
    "preview",
    "Validate it: build every application, run its tests, check it",
);
pub(super) const DEPLOY_PREVIEW: Label = ("deploy-preview", "Deploy the draft as a preview");
pub(super) const CALL_PREVIEW: Label = ("call-preview", "Call the service of the preview");
pub(super) const PUBLISH: Label = ("publish", "Publish the connector");
pub(super) const SEARCH: Label = ("search", "Find it by search");
pub(super) const DEPLOY: Label = ("deploy", "Deploy it with configuration and a secret");
pub(super) const CALL: Label = ("call", "Call the service, with and without the secret");
pub(super) const ASSETS: Label = ("assets", "Fetch the site of the assets application");
pub(super) const JOB: Label = ("job", "Run the job now");
pub(super) const EVENT: Label = ("event", "Publish an event and see it received");
pub(super) const LOGS: Label = ("logs", "Read the logs, in which the secret must not be");
pub(super) const REDEPLOY: Label = (
    "redeploy",
    "Redeploy with another greeting, while the service is called",
);
pub(super) const CALL_REDEPLOYED: Label = ("call-redeployed", "Call the service again");
pub(super) const ROLL_BACK: Label = (
    "roll-back",
    "Roll back to revision 1, while the service is called",
);
pub(super) const CALL_ROLLED_BACK: Label = ("call-rolled-back", "Call the service again");
pub(super) const UNDEPLOY: Label = ("undeploy", "Undeploy both");
pub(super) const DELETE: Label = ("delete", "Delete the draft and its connector");
