//! GET …/logs: what does not name logs that can be there is told (contract, section 7.4).

use serde_json::json;

use crate::house::in_a_project;

#[test]
fn unknown_applications_impossible_dates_and_strange_tokens_are_told() {
    in_a_project(async |shop| {
        let deployment = shop
            .draft("minimal")
            .await
            .previewed()
            .await
            .deployed(json!([]))
            .await;
        let mut told = Vec::new();
        for query in [
            "?applicationName=nothing",
            "?startDate=yesterday",
            "?startDate=2020-01-01T00:00:00Z",
            "?startDate=2100-01-02T00:00:00Z&endDate=2100-01-01T00:00:00Z",
            "?pageToken=x",
            "?follow=perhaps",
            "?follow=true&endDate=2100-01-01T00:00:00Z",
        ] {
            told.push(format!(
                "{query}\n{}",
                deployment.logs(query).await.errors()
            ));
        }
        insta::assert_snapshot!(told.join("\n"), @"
        ?applicationName=nothing
        400
        DeploymentApplicationDoesNotExist: Deployment does not have an application named nothing.
        ?startDate=yesterday
        400
        DeploymentLogInvalidDate: Invalid start/end date
          detailedErrorMessage: startDate: 'yesterday' is not a date such as {time}
        ?startDate=2020-01-01T00:00:00Z
        400
        DeploymentLogInvalidDate: Invalid start/end date
          detailedErrorMessage: startDate is more than 30 days ago; older logs are not kept
        ?startDate=2100-01-02T00:00:00Z&endDate=2100-01-01T00:00:00Z
        400
        DeploymentLogInvalidDate: Invalid start/end date
          detailedErrorMessage: endDate is before startDate
        ?pageToken=x
        400
        DeploymentLogInvalidPageToken: Invalid page token: x
        ?follow=perhaps
        400
        InvalidQueryParam: Request query param is not valid
          detailedErrorMessage: follow: 'perhaps' was given; it takes true or false
        ?follow=true&endDate=2100-01-01T00:00:00Z
        400
        DeploymentLogInvalidDate: Invalid start/end date
          detailedErrorMessage: endDate: logs that are followed have no end; leave it out, or follow
        ");
    });
}
