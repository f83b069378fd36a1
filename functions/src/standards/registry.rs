//! The npm registry is asked what it knows of dependencies, as `npm audit` asks it; one that does not answer holds no check up for long,
//! and is left alone for a while.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use builder::RegistrySettings;
use checks::sca::{Advisories, Asked, BULK_PATH};
use reqwest::{Certificate, Client, Proxy, StatusCode};
use tokio::sync::OnceCell;

use super::NpmAdvisories;

/// How long an answer may take: a registry that has the endpoint answers within a second.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long one that did not answer is not asked again.
const PAUSE: Duration = Duration::from_secs(600);
/// Packages in one request (ours; npm sends all at once, which some proxies refuse).
const PACKAGES: usize = 1000;
/// The longest answer that is read, in bytes (ours; that for 1,000 packages with many advisories has some hundred thousand).
const MAX_ANSWER_BYTES: usize = 16 * 1024 * 1024;

/// A registry.
#[derive(Debug)]
pub(super) struct NpmRegistry {
    /// None: the one of this machine's npm.
    address: Option<String>,
    reached: OnceCell<Reached>,
    silent: Mutex<Option<(Instant, String)>>,
}

#[derive(Debug)]
struct Reached {
    client: Client,
    endpoint: String,
}

impl NpmRegistry {
    pub(super) fn of(advisories: &NpmAdvisories) -> Option<Self> {
        let address = match advisories {
            NpmAdvisories::Off => return None,
            NpmAdvisories::OfThisMachine => None,
            NpmAdvisories::At(address) => Some(address.clone()),
        };
        Some(Self {
            address,
            reached: OnceCell::new(),
            silent: Mutex::new(None),
        })
    }

    /// Another one when another answer is to be expected.
    pub(super) fn stamp(&self) -> String {
        let address = self.address.as_deref().unwrap_or("registry");
        match self.why_silent() {
            None => address.to_owned(),
            Some(_) => format!("{address} is silent"),
        }
    }

    /// What it knows of the packages; the error is a part of a sentence.
    pub(super) async fn ask(&self, asked: &Asked) -> Result<Advisories, String> {
        if let Some(why) = self.why_silent() {
            return Err(why);
        }
        let answered = self.answers(asked).await;
        if let Err(why) = &answered {
            // The report says so to whoever it concerns.
            tracing::info!(
                why,
                "the npm registry does not tell what it knows of dependencies"
            );
            *self.silent.lock().expect("no panic while it is held") =
                Some((Instant::now(), why.clone()));
        }
        answered
    }

    fn why_silent(&self) -> Option<String> {
        let mut silent = self.silent.lock().expect("no panic while it is held");
        silent.take_if(|(since, _)| since.elapsed() >= PAUSE);
        silent.as_ref().map(|(_, why)| why.clone())
    }

    async fn answers(&self, asked: &Asked) -> Result<Advisories, String> {
        let reached = self.reached.get_or_try_init(|| self.reach()).await?;
        let all: Vec<_> = asked.iter().collect();
        let mut answers = Vec::new();
        for part in all.chunks(PACKAGES) {
            let part: serde_json::Map<_, _> = part
                .iter()
                .map(|(name, versions)| ((*name).clone(), serde_json::json!(versions)))
                .collect();
            answers.push(reached.answer(&part).await?);
        }
        let answers = answers.iter().map(Vec::as_slice);
        Advisories::of_registry(answers, asked)
            .map_err(|error| format!("the npm registry's answer cannot be read ({error})"))
    }

    async fn reach(&self) -> Result<Reached, String> {
        let settings = match &self.address {
            Some(address) => RegistrySettings::at(address),
            None => RegistrySettings::of_this_machine().await.map_err(|fault| {
                format!("this machine's npm does not tell its registry ({fault})")
            })?,
        };
        let client = client(&settings).map_err(|why| {
            format!("the npm registry cannot be reached as npm is set up ({why})")
        })?;
        let address = settings.address.trim_end_matches('/');
        Ok(Reached {
            client,
            endpoint: format!("{address}/{BULK_PATH}"),
        })
    }
}

fn client(settings: &RegistrySettings) -> Result<Client, String> {
    let mut client = Client::builder()
        .timeout(PATIENCE)
        .redirect(reqwest::redirect::Policy::none());
    if let Some(file) = &settings.certificates {
        let text = std::fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?;
        let certificates =
            Certificate::from_pem_bundle(&text).map_err(|error| error.to_string())?;
        client = client.tls_certs_merge(certificates);
    }
    if let Some(proxy) = &settings.proxy {
        client = client.proxy(Proxy::all(proxy).map_err(|error| error.to_string())?);
    }
    client.build().map_err(|error| error.to_string())
}

impl Reached {
    async fn answer(
        &self,
        part: &serde_json::Map<String, serde_json::Value>,
    ) -> Result<Vec<u8>, String> {
        let sent = self.client.post(&self.endpoint).json(part).send().await;
        let mut answer = sent.map_err(why)?;
        match answer.status() {
            StatusCode::OK => {}
            status => {
                return Err(format!(
                    "the npm registry does not answer what it knows of packages (status {})",
                    status.as_u16()
                ));
            }
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(why)? {
            if body.len() + chunk.len() > MAX_ANSWER_BYTES {
                return Err("the npm registry's answer is too long".to_owned());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }
}

/// Without the address, which may be the operator's own affair.
fn why(error: reqwest::Error) -> String {
    if error.is_timeout() {
        return format!(
            "the npm registry did not answer within {} seconds",
            PATIENCE.as_secs()
        );
    }
    format!(
        "the npm registry could not be asked ({})",
        error.without_url()
    )
}
