//! The values of a Deployment: complete for their connect.yaml, with every secret apart, so that none is shown or stored in clear.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::configuration::{ConfigurationValue, DeploymentGlobalConfiguration, MASK, SecuredValue};
use crate::names::ApplicationName;
use crate::schedule::Schedule;
use crate::spec::{Application, Configuration, RetryPolicy, Spec};

/// The values for one application, or for all.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Pairs {
    /// In clear.
    pub standard: BTreeMap<String, String>,
    /// Secrets; masked wherever they are stored or shown.
    pub secured: BTreeMap<String, Hidden>,
}

/// A secret while it is merged.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Hidden(pub String);

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

/// The values of one application, and what it overrides of connect.yaml.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ApplicationValues {
    /// Its values.
    pub pairs: Pairs,
    /// The schedule of a job, where it is not that of connect.yaml.
    pub schedule: Option<Schedule>,
    /// The retry policy of an event application, where it is not that of connect.yaml.
    pub retry_policy: Option<RetryPolicy>,
}

/// All values of a Deployment.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Values {
    /// By application.
    pub applications: BTreeMap<ApplicationName, ApplicationValues>,
    /// For all.
    pub global: Pairs,
}

impl Values {
    /// The same with every secret masked: what may be stored in clear.
    #[must_use]
    pub fn masked(&self) -> Self {
        let mut masked = self.clone();
        let applications = masked.applications.values_mut();
        let pairs = applications.map(|values| &mut values.pairs);
        for pairs in pairs.chain(std::iter::once(&mut masked.global)) {
            for value in pairs.secured.values_mut() {
                MASK.clone_into(&mut value.0);
            }
        }
        masked
    }

    /// The values of an application, in the order in which connect.yaml declares the keys.
    #[must_use]
    pub fn shown(&self, application: &Application) -> (Vec<ConfigurationValue>, Vec<SecuredValue>) {
        self.applications
            .get(&application.name)
            .map_or_else(Default::default, |values| {
                shown(&application.configuration, &values.pairs)
            })
    }

    /// The global values as the wire shows them, where connect.yaml declares any.
    #[must_use]
    pub fn shown_global(&self, spec: &Spec) -> Option<DeploymentGlobalConfiguration> {
        let declared = &spec.inherit.configuration;
        let any = !declared.standard.is_empty() || !declared.secured.is_empty();
        any.then(|| {
            let (standard_configuration, secured_configuration) = shown(declared, &self.global);
            DeploymentGlobalConfiguration {
                standard_configuration,
                secured_configuration,
            }
        })
    }
}

fn shown(declared: &Configuration, pairs: &Pairs) -> (Vec<ConfigurationValue>, Vec<SecuredValue>) {
    let standard = declared.standard.iter().filter_map(|key| {
        let value = pairs.standard.get(&key.key).or(key.default.as_ref())?;
        Some(ConfigurationValue {
            key: key.key.clone(),
            value: value.clone(),
        })
    });
    let secured = declared.secured.iter().map(|key| &key.key);
    let secured = secured.filter(|key| pairs.secured.contains_key(*key));
    let secured = secured.map(|key| SecuredValue {
        key: key.clone(),
        value: MASK.to_owned(),
    });
    (standard.collect(), secured.collect())
}
