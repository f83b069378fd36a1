//! Every limit that more than one crate needs, with its unit and its reason.

use std::num::NonZeroU32;
use std::time::Duration;

/// Bytes of a request body (contract, section 16).
pub const REQUEST_BODY_BYTES: usize = 1024 * 1024;
/// Bytes of a request's path and query (ours; what RFC 9110, section 4.1 asks every recipient to take).
pub const URI_BYTES: usize = 8000;
/// Bytes of a request's path, query and headers together (quota of HTTP APIs of the Amazon API Gateway, the same on every engine).
pub const REQUEST_HEAD_BYTES: usize = 10_240;
/// Characters of an `Idempotency-Key` (ours; a UUID has 36).
pub const IDEMPOTENCY_KEY_CHARACTERS: usize = 255;
/// Requests of a Project in each second where the operator says nothing else; twice as many come through at once (ours; more than twice
/// what one machine of two cores answers).
pub const RATE: NonZeroU32 = NonZeroU32::new(20_000).expect("it is not 0");
/// Failed attempts of one API client to get a token, in each second; twice as many come through at once (ours).
pub const FAILED_ATTEMPTS: NonZeroU32 = NonZeroU32::new(5).expect("it is not 0");
/// Characters of a Connector's name (contract, section 16).
pub const NAME_CHARACTERS: usize = 256;
/// Characters of a description (contract, section 16).
pub const DESCRIPTION_CHARACTERS: usize = 4096;
/// Actions of one update (contract, section 16).
pub const ACTIONS: usize = 100;
/// Projects that see a private Connector (contract, section 16).
pub const PRIVATE_PROJECTS: usize = 100;
/// Characters of the creator's fields, of URLs and of other texts without a limit of their own: they are parts of an item of 400 KiB in
/// the table (ours; browsers take URLs of about this length).
pub const TEXT_CHARACTERS: usize = 2048;
/// Characters of one certification comment (ours; as many as a description has).
pub const COMMENT_CHARACTERS: usize = 4096;
/// Bytes of a draft's certification comments together: they are part of an item of 400 KiB in the table.
pub const COMMENTS_BYTES: usize = 64 * 1024;
/// Errors in one answer at most: more than that many nobody reads, and a hostile body of 1 MiB could name thousands (ours).
pub const ERRORS: usize = 500;
/// Results of a page where the caller does not say (contract, section 2.1).
pub const PAGE_DEFAULT: u64 = 20;
/// Results of a page at most (contract, section 2.1).
pub const PAGE_MAX: u64 = 500;
/// The farthest offset (contract, section 2.1).
pub const OFFSET_MAX: u64 = 10_000;
/// Bytes of a configuration value: it becomes an environment variable, and Linux takes at most 128 KiB for one.
pub const VALUE_BYTES: usize = 32 * 1024;
/// Bytes of all configuration values of a Deployment: they are one item of 400 KiB in the table, with the Connector beside them.
pub const VALUES_BYTES: usize = 200 * 1024;
/// Characters of a report entry's message: a report is read by people, and it is part of an item of 400 KiB in the table.
pub const REPORT_MESSAGE_CHARACTERS: usize = 4000;
/// Bytes of connect.yaml: the largest of a hundred real ones has 20 KiB, and a draft keeps up to three in an item of 400 KiB.
pub const SPEC_BYTES: usize = 64 * 1024;
/// Revisions kept of a Deployment (contract, section 16).
pub const REVISIONS_KEPT: u64 = 50;
/// Faults of ours after which a run ends as failed (design, rule 5).
pub const RUN_FAULTS: u32 = 3;
/// So often the platform may die at a run before it ends as failed (ours): what kills it, such as a source that takes all memory, does so
/// each time, and would keep others from their work for half an hour.
pub const RUN_DEATHS: u32 = 5;
/// A preview or publish run ends as failed after this time: the official client stops asking after 30 minutes (contract, section 3.5).
pub const PIPELINE_RUN: Duration = Duration::from_secs(30 * 60);
/// A deploy or undeploy run ends as failed after this time (contract, section 5.2).
pub const DEPLOY_RUN: Duration = Duration::from_secs(30 * 60);
/// How long a worker holds a run without a sign of life before another may take it.
pub const RUN_LEASE: Duration = Duration::from_secs(60);
/// How often a worker renews its lease: three signs of life in a lease.
pub const RUN_LEASE_RENEWAL: Duration = Duration::from_secs(20);
/// An outbox row older than this was not delivered by the function that wrote it; the sweep sends it.
pub const OUTBOX_GRACE: Duration = Duration::from_secs(5);
/// Life of a link to a file of a full report: long enough to follow it, too short to be of use where it was left lying (ours).
pub const REPORT_LINK: Duration = Duration::from_secs(10 * 60);
/// The longest `Prefer: wait` (contract, section 15.16).
pub const WAIT_MAX: Duration = Duration::from_secs(25);
/// Reads of a Project that wait at the same time; more are answered at once (ours: one person has a few, a pipeline one for each Connector).
pub const WAITING: usize = 100;
/// Logs that a Project follows at the same time (ours: each costs some looks at its files in each second).
pub const FOLLOWING: usize = 50;
/// Life of an access token: the official client renews ten minutes before its end (contract, section 12).
pub const TOKEN_LIFE: Duration = Duration::from_secs(60 * 60);
/// How long a key signs tokens before the next one is made (ours; a month).
pub const SIGNING_KEY: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// The time that a call of a service or event application may take (contract, section 10).
pub const APPLICATION_REQUEST: Duration = Duration::from_secs(5 * 60);
/// An event is acknowledged within this time, or comes again (contract, section 10).
pub const EVENT_ACKNOWLEDGEMENT: Duration = Duration::from_secs(10);
/// The time that one execution of a job may take (contract, section 10).
pub const JOB_EXECUTION: Duration = Duration::from_secs(30 * 60);
/// Unacknowledged events are kept this long (contract, section 10).
pub const EVENT_RETENTION: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// Bytes of one event's message: it travels in a row of 400 KiB, in Base64.
pub const EVENT_BYTES: usize = 256 * 1024;
/// Executions of a job that are kept and shown.
pub const EXECUTION_RETENTION: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// An `Idempotency-Key` is remembered this long (contract, section 16).
pub const IDEMPOTENCY: Duration = Duration::from_secs(24 * 60 * 60);
/// The longest delay of a message in SQS, 15 minutes (quotas of Amazon SQS).
pub const QUEUE_DELAY: Duration = Duration::from_secs(15 * 60);
/// An archive of advisories that is fetched, in bytes (ours; OSV's of npm has 150 MiB and grows; a Lambda function's /tmp has 512).
pub const ADVISORIES_BYTES: u64 = 400 * 1024 * 1024;
