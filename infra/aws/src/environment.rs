//! The one home of environment variables on AWS: what Lambda sets, and what the template sets for every function.

use aws_sdk_dynamodb::config::{Credentials, Region};

/// A variable that the function needs is not set.
#[derive(Debug, thiserror::Error)]
#[error("the environment variable {0} is not set; Lambda or the template sets it")]
pub struct Missing(pub &'static str);

/// What a function knows of its surroundings.
pub struct Environment {
    region: Region,
    credentials: Credentials,
    endpoint: Option<String>,
    /// The table.
    pub table: String,
    /// The bucket.
    pub bucket: String,
    /// The ARN of the KMS key that wraps data keys, and encrypts the values of applications at rest.
    pub key: String,
    /// Scheme and host of the API, without a slash at the end.
    pub base_url: String,
    /// What stands before a queue's name in its URL.
    pub queues: String,
    /// Requests that a Project may send in each second to one process, as a number; empty: the default.
    pub rate_limit: String,
    /// Where an archive of advisories is fetched from every day; empty: nowhere.
    pub advisories_url: String,
    /// The address of an npm registry that is asked what it knows of dependencies; empty: none is.
    pub npm_advisories: String,
    /// Origins whose pages may read answers in a browser, separated by commas; empty: every one.
    pub cors_origins: String,
    /// Prefixes of repositories and where they are fetched from, `PREFIX=GIT_URL`, separated by commas; empty: as their URLs say.
    pub repositories: String,
    /// What the names of all functions, topics and schedules of applications begin with.
    pub prefix: String,
    /// The ARN of the role that applications have, which may write their logs and nothing else.
    pub application_role: String,
    /// The layers that hold Node.js, `MAJOR=ARN`, separated by commas.
    pub node_layers: String,
    /// What stands before an application's id in the ARN of its topic.
    pub topics: String,
    /// The ARN of the queue that takes what is published to topics.
    pub events_queue: String,
    /// The ARN of the principal that may publish to topics; empty: only this account.
    pub publisher: String,
    /// The group of the schedules of jobs.
    pub schedule_group: String,
    /// The ARN of the role with which a schedule sends its ticks.
    pub schedule_role: String,
    /// The ARN of the queue that takes ticks.
    pub jobs_queue: String,
    /// The Regions of the API that are AWS regions, `REGION=AWS_REGION`, separated by commas; empty: every name is this region's.
    pub regions: String,
    /// The CodeBuild project that builds.
    pub build_project: String,
}

/// A client of one service; each has a type of its own for the same configuration.
macro_rules! client {
    ($environment:expr, $sdk:ident $(, $option:ident)*) => {{
        let mut config = $sdk::Config::builder()
            .behavior_version($sdk::config::BehaviorVersion::latest())
            .region($environment.region.clone())
            .credentials_provider($environment.credentials.clone());
        config.set_endpoint_url($environment.endpoint.clone());
        $(config = config.$option($environment.endpoint.is_some());)*
        $sdk::Client::from_conf(config.build())
    }};
}

#[expect(
    clippy::disallowed_methods,
    reason = "the environment's one home on AWS"
)]
fn variable(name: &'static str) -> Result<String, Missing> {
    std::env::var(name).map_err(|_| Missing(name))
}

/// The function that this process is (`Handler` of the template; Lambda passes it on as `_HANDLER`).
///
/// # Errors
/// It is not set.
pub fn handler() -> Result<String, Missing> {
    variable("_HANDLER")
}

impl Environment {
    /// Reads it; `AWS_ENDPOINT_URL` leads to a stand-in of AWS, as it does for the AWS tools.
    ///
    /// # Errors
    /// A variable is not set.
    pub fn read() -> Result<Self, Missing> {
        let credentials = Credentials::new(
            variable("AWS_ACCESS_KEY_ID")?,
            variable("AWS_SECRET_ACCESS_KEY")?,
            variable("AWS_SESSION_TOKEN").ok(),
            None,
            "lambda",
        );
        Ok(Self {
            region: Region::new(variable("AWS_REGION")?),
            credentials,
            endpoint: variable("AWS_ENDPOINT_URL").ok(),
            table: variable("SLIPWAY_TABLE")?,
            bucket: variable("SLIPWAY_BUCKET")?,
            key: variable("SLIPWAY_KMS_KEY")?,
            base_url: variable("SLIPWAY_BASE_URL")?,
            queues: variable("SLIPWAY_QUEUES_URL")?,
            rate_limit: variable("SLIPWAY_RATE_LIMIT").unwrap_or_default(),
            advisories_url: variable("SLIPWAY_ADVISORIES_URL").unwrap_or_default(),
            npm_advisories: variable("SLIPWAY_NPM_ADVISORIES").unwrap_or_default(),
            cors_origins: variable("SLIPWAY_CORS_ORIGINS").unwrap_or_default(),
            repositories: variable("SLIPWAY_REPOSITORIES").unwrap_or_default(),
            prefix: variable("SLIPWAY_PREFIX")?,
            application_role: variable("SLIPWAY_APPLICATION_ROLE")?,
            node_layers: variable("SLIPWAY_NODE_LAYERS")?,
            topics: variable("SLIPWAY_TOPICS")?,
            events_queue: variable("SLIPWAY_EVENTS_QUEUE")?,
            publisher: variable("SLIPWAY_EVENT_PUBLISHER").unwrap_or_default(),
            schedule_group: variable("SLIPWAY_SCHEDULE_GROUP")?,
            schedule_role: variable("SLIPWAY_SCHEDULE_ROLE")?,
            jobs_queue: variable("SLIPWAY_JOBS_QUEUE")?,
            regions: variable("SLIPWAY_REGIONS").unwrap_or_default(),
            build_project: variable("SLIPWAY_BUILD_PROJECT")?,
        })
    }

    /// The AWS region.
    #[must_use]
    pub fn region(&self) -> &str {
        self.region.as_ref()
    }

    /// A client of the rows.
    #[must_use]
    pub fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        client!(self, aws_sdk_dynamodb)
    }

    /// A client of the queues.
    #[must_use]
    pub fn sqs(&self) -> aws_sdk_sqs::Client {
        client!(self, aws_sdk_sqs)
    }

    /// A client of the blobs.
    #[must_use]
    pub fn s3(&self) -> aws_sdk_s3::Client {
        // A stand-in has no host for each bucket.
        client!(self, aws_sdk_s3, force_path_style)
    }

    /// A client of the keys.
    #[must_use]
    pub fn kms(&self) -> aws_sdk_kms::Client {
        client!(self, aws_sdk_kms)
    }

    /// A client of the functions that applications are.
    #[must_use]
    pub fn lambda(&self) -> aws_sdk_lambda::Client {
        client!(self, aws_sdk_lambda)
    }

    /// A client of the applications' logs.
    #[must_use]
    pub fn logs(&self) -> aws_sdk_cloudwatchlogs::Client {
        client!(self, aws_sdk_cloudwatchlogs)
    }

    /// A client of the schedules.
    #[must_use]
    pub fn scheduler(&self) -> aws_sdk_scheduler::Client {
        client!(self, aws_sdk_scheduler)
    }

    /// A client of the topics.
    #[must_use]
    pub fn sns(&self) -> aws_sdk_sns::Client {
        client!(self, aws_sdk_sns)
    }

    /// A client of the builds.
    #[must_use]
    pub fn codebuild(&self) -> aws_sdk_codebuild::Client {
        client!(self, aws_sdk_codebuild)
    }
}
