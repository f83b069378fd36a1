//! The API's Regions are names of its own, and the operator says which of them are this AWS region.

use domain::names::Region;

/// A mapping that cannot be read.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRegions {
    /// It has no `=`.
    #[error(
        "SLIPWAY_REGIONS has '{0}', and takes REGION=AWS_REGION, as in europe-west1.gcp=eu-west-1"
    )]
    Form(String),
    /// The API has no such Region.
    #[error("SLIPWAY_REGIONS has the Region '{0}', and the API has {known}", known = names())]
    Unknown(String),
}

fn names() -> String {
    Region::ALL.map(Region::as_str).join(", ")
}

/// The Regions that are the AWS region `here`, of mappings `REGION=AWS_REGION` separated by commas; none where nothing is mapped, and so
/// every name is taken. Those that are another AWS region are another installation's.
///
/// # Errors
/// See [`InvalidRegions`].
pub fn regions_of(mappings: &str, here: &str) -> Result<Option<Vec<Region>>, InvalidRegions> {
    let mappings = mappings.split(',').map(str::trim);
    let mappings: Vec<&str> = mappings.filter(|mapping| !mapping.is_empty()).collect();
    if mappings.is_empty() {
        return Ok(None);
    }
    let mut found = Vec::new();
    for mapping in mappings {
        let parts = mapping.split_once('=');
        let (name, region) = parts.ok_or_else(|| InvalidRegions::Form(mapping.to_owned()))?;
        let known = Region::ALL.into_iter().find(|one| one.as_str() == name);
        let known = known.ok_or_else(|| InvalidRegions::Unknown(name.to_owned()))?;
        if region == here {
            found.push(known);
        }
    }
    Ok(Some(found))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_installation_takes_what_is_mapped_to_its_aws_region() {
        let map = "europe-west1.gcp=eu-west-1, eu-central-1.aws=eu-central-1";
        let here = |region| regions_of(map, region).unwrap().unwrap();
        assert_eq!(here("eu-west-1"), [Region::EuropeWest1Gcp]);
        assert_eq!(here("us-east-1"), []);
        assert_eq!(regions_of("", "us-east-1"), Ok(None));
    }

    #[test]
    fn a_mapping_that_cannot_be_read_is_named() {
        let told = |map| regions_of(map, "eu-west-1").unwrap_err().to_string();
        insta::assert_snapshot!(told("eu-west-1"), @"SLIPWAY_REGIONS has 'eu-west-1', and takes REGION=AWS_REGION, as in europe-west1.gcp=eu-west-1");
        insta::assert_snapshot!(told("europe.gcp=eu-west-1"), @"SLIPWAY_REGIONS has the Region 'europe.gcp', and the API has europe-west1.gcp, us-central1.gcp, australia-southeast1.gcp, us-east-2.aws, eu-central-1.aws");
    }
}
