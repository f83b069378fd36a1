//! POST /oauth/token, and what a token is good for (contract, sections 1, 7 and 15.9; RFC 6749).

use std::time::Duration;

use reqwest::Method;
use serde_json::json;

use crate::house::{in_a_house_of_its_own, in_a_project, redacted};

#[test]
fn a_token_is_given_as_the_official_client_asks_for_it() {
    in_a_project(async |shop| {
        let answer = shop.token("grant_type=client_credentials").await;
        let mut token = answer.of_status(200);
        assert_eq!(answer.header("cache-control"), "no-store");
        token["access_token"] = json!("{token}");
        insta::assert_snapshot!(redacted(token.to_string()), @r#"{"access_token":"{token}","token_type":"Bearer","expires_in":3600,"scope":"manage_project:{shop}"}"#);
    });
}

#[test]
fn what_the_token_endpoint_refuses_is_told_in_the_words_of_oauth() {
    in_a_project(async |shop| {
        let mut told = vec![
            shop.token("grant_type=password").await.text,
            shop.token("").await.text,
            shop.token("grant_type=client_credentials&scope=manage_project:another-shop")
                .await
                .text,
        ];
        for credentials in ["Basic bm9ib2R5OnNlY3JldA==", "Basic !", "Bearer x"] {
            let request = shop
                .anonymous(Method::POST, "/oauth/token")
                .header("authorization", credentials);
            let answer = shop
                .send(request.body("grant_type=client_credentials"))
                .await;
            answer.of_status(401);
            assert_eq!(
                answer.header("www-authenticate"),
                r#"Basic realm="slipway""#
            );
            told.push(answer.text);
        }
        insta::assert_snapshot!(redacted(told.join("\n")), @r#"
        {"statusCode":400,"message":"grant_type must be client_credentials","errors":[{"code":"unsupported_grant_type","message":"grant_type must be client_credentials"}],"error":"unsupported_grant_type","error_description":"grant_type must be client_credentials"}
        {"statusCode":400,"message":"grant_type is missing; it must be client_credentials","errors":[{"code":"invalid_request","message":"grant_type is missing; it must be client_credentials"}],"error":"invalid_request","error_description":"grant_type is missing; it must be client_credentials"}
        {"statusCode":400,"message":"the API client does not have the scope manage_project:another-shop","errors":[{"code":"invalid_scope","message":"the API client does not have the scope manage_project:another-shop"}],"error":"invalid_scope","error_description":"the API client does not have the scope manage_project:another-shop"}
        {"statusCode":401,"message":"Bad credentials or Client ID is not defined","errors":[{"code":"invalid_client","message":"Bad credentials or Client ID is not defined"}],"error":"invalid_client","error_description":"Bad credentials or Client ID is not defined"}
        {"statusCode":401,"message":"Bad credentials or Client ID is not defined","errors":[{"code":"invalid_client","message":"Bad credentials or Client ID is not defined"}],"error":"invalid_client","error_description":"Bad credentials or Client ID is not defined"}
        {"statusCode":401,"message":"Bad credentials or Client ID is not defined","errors":[{"code":"invalid_client","message":"Bad credentials or Client ID is not defined"}],"error":"invalid_client","error_description":"Bad credentials or Client ID is not defined"}
        "#);
    });
}

#[test]
fn a_form_that_says_a_thing_twice_or_is_no_text_is_refused() {
    in_a_project(async |shop| {
        for form in [
            "grant_type=client_credentials&grant_type=client_credentials",
            "grant_type=client_credentials&scope=a&scope=b",
            "grant_type=%ff",
        ] {
            let refused = shop.token(form).await.of_status(400);
            assert_eq!(refused["error"], "invalid_request", "{form}");
        }
    });
}

#[test]
fn a_request_without_a_good_token_is_401() {
    in_a_project(async |shop| {
        let anonymous = || shop.anonymous(Method::GET, "/connectors/drafts");
        let answer = shop.send(anonymous()).await;
        answer.of_status(401);
        assert_eq!(
            answer.header("www-authenticate"),
            r#"Bearer realm="slipway""#
        );
        insta::assert_snapshot!(answer.text, @r#"{"statusCode":401,"message":"invalid_token","errors":[{"code":"invalid_token","message":"invalid_token"}],"error":"invalid_token"}"#);
        let forged = "eyJhbGciOiJFZERTQSIsImtpZCI6IjEifQ.eyJzdWIiOiJ4In0.AAAA";
        for header in [
            "Basic eDp5",
            "Bearer",
            "Bearer x.y.z",
            &format!("Bearer {forged}"),
        ] {
            let answer = shop.send(anonymous().header("authorization", header)).await;
            assert_eq!(answer.of_status(401)["error"], "invalid_token", "{header}");
        }
    });
}

#[test]
fn a_token_is_good_for_an_hour() {
    in_a_house_of_its_own(async |house| {
        let shop = house.project().await;
        house.time.pass(Duration::from_secs(3590));
        shop.get("/connectors/drafts").await.of_status(200);
        house.time.pass(Duration::from_secs(11));
        assert_eq!(
            shop.get("/connectors/drafts").await.of_status(401)["error"],
            "invalid_token"
        );
        shop.token("grant_type=client_credentials")
            .await
            .of_status(200);
    });
}
