//! The values of a working copy: `.env` holds those of all applications, `{application}/.env` goes before it. As on a platform, an
//! application sees what connect.yaml declares and nothing else.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;

use anyhow::Context as _;
use domain::configuration::{self, ConfigurationValue, SecuredConfigurationKey};
use domain::names::ApplicationName;
use domain::spec::{Application, Spec};
use hosting::{ApiClient, Declared, Environment, Inputs, Kind, Topic, environment};
use secrets::Secret;
use uuid::Uuid;

/// The file of one application, in its folder.
pub(super) const FILE: &str = ".env";

/// Values by key.
type Pairs = BTreeMap<String, String>;

/// What an application is told of its place.
pub(super) struct Place<'a> {
    pub(super) application: Uuid,
    pub(super) revision: u64,
    pub(super) url: Option<&'a str>,
    pub(super) topic: Option<&'a Topic>,
}

/// The values of one application.
pub(super) struct Values {
    own: Pairs,
    all: Pairs,
}

impl Values {
    /// Reads the files, of which none must be there.
    pub(super) fn read(
        all: &Path,
        root: &Path,
        application: &ApplicationName,
    ) -> anyhow::Result<Self> {
        Ok(Self {
            own: pairs(&root.join(application.as_str()).join(FILE))?,
            all: pairs(all)?,
        })
    }

    fn get(&self, key: &str) -> Option<&String> {
        self.own.get(key).or_else(|| self.all.get(key))
    }

    fn standard<'a>(&self, keys: impl Iterator<Item = &'a str>) -> Vec<ConfigurationValue> {
        let given = keys.filter_map(|key| {
            Some(ConfigurationValue {
                key: key.to_owned(),
                value: self.get(key)?.clone(),
            })
        });
        given.collect()
    }

    fn secured(&self, keys: &[SecuredConfigurationKey]) -> Vec<(String, Secret)> {
        let given = keys.iter().filter_map(|key| {
            let value = self.get(&key.key)?;
            Some((key.key.clone(), Secret::new(value.clone())))
        });
        given.collect()
    }

    /// The environment of an application, or every key that is missing, as the ends of sentences.
    pub(super) fn environment(
        &self,
        spec: &Spec,
        application: &Application,
        place: &Place<'_>,
    ) -> Result<Environment, Vec<String>> {
        let own = configuration::configurations(spec)
            .into_iter()
            .find(|one| one.application_name == application.name);
        let (own_keys, own_secured) = own
            .map(|one| (one.standard_configuration, one.secured_configuration))
            .unwrap_or_default();
        let global = configuration::global_configuration(spec);
        let (all_keys, all_secured) = global
            .map(|one| (one.standard_configuration, one.secured_configuration))
            .unwrap_or_default();
        let kind = Kind::of(application.kind);
        let standard = own_keys.iter().chain(&all_keys);
        let standard = standard.filter(|key| key.required && key.default.is_none());
        let standard = standard.map(|key| (&key.key, &key.description));
        let secured = own_secured.iter().chain(&all_secured);
        let secured = secured.filter(|key| key.required && kind.is_dynamic());
        let secured = secured.map(|key| (&key.key, &key.description));
        let mut missing: Vec<String> = standard
            .chain(secured)
            .filter(|(key, _)| self.get(key).is_none())
            .map(|(key, description)| format!("{key} ({description})"))
            .collect();
        let client = match self.api_client(spec) {
            Ok(client) => client,
            Err(keys) => {
                missing.extend(keys);
                None
            }
        };
        if !missing.is_empty() {
            return Err(missing);
        }
        let own_values = self.standard(own_keys.iter().map(|key| key.key.as_str()));
        let all_values = self.standard(all_keys.iter().map(|key| key.key.as_str()));
        let (own_secrets, all_secrets) = (self.secured(&own_secured), self.secured(&all_secured));
        Ok(environment(&Inputs {
            kind,
            application: place.application,
            revision: place.revision,
            own: Declared {
                keys: &own_keys,
                standard: &own_values,
                secured: &own_secrets,
            },
            global: Declared {
                keys: &all_keys,
                standard: &all_values,
                secured: &all_secrets,
            },
            url: place.url,
            topic: place.topic,
            api_client: client.as_ref(),
        }))
    }

    /// What a platform would make of `inheritAs.apiClient`: here, the creator's own API client.
    fn api_client(&self, spec: &Spec) -> Result<Option<ApiClient>, Vec<String>> {
        let scopes = &spec.inherit.api_client_scopes;
        if scopes.is_empty() {
            return Ok(None);
        }
        let keys = [
            "CTP_API_URL",
            "CTP_AUTH_URL",
            "CTP_PROJECT_KEY",
            "CTP_CLIENT_ID",
            "CTP_CLIENT_SECRET",
        ];
        let missing = keys.iter().filter(|key| self.get(key).is_none());
        let missing: Vec<String> = missing
            .map(|key| format!("{key} (of an API client with the scopes of inheritAs.apiClient)"))
            .collect();
        if !missing.is_empty() {
            return Err(missing);
        }
        let value = |key: &str| self.get(key).cloned().unwrap_or_default();
        let project_key = value("CTP_PROJECT_KEY");
        let scopes = scopes.iter().map(|scope| format!("{scope}:{project_key}"));
        Ok(Some(ApiClient {
            api_url: value("CTP_API_URL"),
            auth_url: value("CTP_AUTH_URL"),
            region: value("CTP_CLIENT_REGION"),
            client_id: value("CTP_CLIENT_ID"),
            client_secret: Secret::new(value("CTP_CLIENT_SECRET")),
            scope: scopes.collect::<Vec<_>>().join(" "),
            project_key,
        }))
    }
}

fn pairs(file: &Path) -> anyhow::Result<Pairs> {
    let shown = file.display();
    let lines = match dotenvy::from_path_iter(file) {
        Ok(lines) => lines,
        Err(dotenvy::Error::Io(error)) if error.kind() == ErrorKind::NotFound => {
            return Ok(Pairs::new());
        }
        Err(error) => return Err(error).with_context(|| format!("{shown} cannot be read")),
    };
    lines
        .map(|pair| pair.map_err(|error| bad_line(&error, file)))
        .collect()
}

/// Which line cannot be read, without the line: it may hold a secret.
fn bad_line(error: &dotenvy::Error, file: &Path) -> anyhow::Error {
    let place = match error {
        dotenvy::Error::LineParse(line, _) => {
            let text = std::fs::read_to_string(file).unwrap_or_default();
            let number = text.lines().position(|one| one.ends_with(line.trim_end()));
            number
                .map(|number| format!(":{}", number + 1))
                .unwrap_or_default()
        }
        _ => String::new(),
    };
    anyhow::anyhow!(
        "{}{place} is no line of the form KEY=value. Put a value with blanks or quotes between single quotes.",
        file.display()
    )
}
