//! Blobs through the S3 client, and through the links that it signs.

use std::fmt::Write;
use std::fs;
use std::time::{Duration, SystemTime};

use aws_sdk_s3::error::ProvideErrorMetadata;
use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_s3::primitives::ByteStream;
use http::StatusCode;
use http_body_util::BodyExt;
use slipway::engine::Engine;

use super::in_memory;

const BUCKET: &str = "artifacts";

async fn put(engine: &Engine, key: &str, text: &'static str) {
    engine
        .s3()
        .put_object()
        .bucket(BUCKET)
        .key(key)
        .body(ByteStream::from_static(text.as_bytes()))
        .send()
        .await
        .unwrap();
}

async fn get(engine: &Engine, key: &str) -> String {
    let object = engine
        .s3()
        .get_object()
        .bucket(BUCKET)
        .key(key)
        .send()
        .await
        .unwrap();
    String::from_utf8(object.body.collect().await.unwrap().to_vec()).unwrap()
}

async fn keys(engine: &Engine, prefix: &str) -> Vec<String> {
    let mut pages = engine
        .s3()
        .list_objects_v2()
        .bucket(BUCKET)
        .prefix(prefix)
        .max_keys(1)
        .into_paginator()
        .send();
    let mut keys = Vec::new();
    while let Some(page) = pages.next().await {
        keys.extend(
            page.unwrap()
                .contents()
                .iter()
                .map(|object| object.key().unwrap().to_owned()),
        );
    }
    keys
}

/// Follows a link, wherever it was met.
async fn follow(engine: &Engine, link: &str) -> (StatusCode, String) {
    let response = engine.answer_link(&link.parse().unwrap(), None).await;
    let status = response.status();
    (
        status,
        String::from_utf8(
            response
                .into_body()
                .collect()
                .await
                .unwrap()
                .to_bytes()
                .to_vec(),
        )
        .unwrap(),
    )
}

#[tokio::test]
async fn a_blob_that_was_put_is_got_listed_and_deleted() {
    let (engine, _blobs) = in_memory().await;
    put(&engine, "reports/one.json", "first").await;
    put(&engine, "reports/two.json", "second").await;
    put(&engine, "sources/tree.tar", "tree").await;
    assert_eq!(get(&engine, "reports/two.json").await, "second");
    assert_eq!(
        keys(&engine, "reports/").await,
        ["reports/one.json", "reports/two.json"]
    );

    engine
        .s3()
        .delete_object()
        .bucket(BUCKET)
        .key("reports/one.json")
        .send()
        .await
        .unwrap();
    assert_eq!(keys(&engine, "reports/").await, ["reports/two.json"]);
    let error = engine
        .s3()
        .get_object()
        .bucket(BUCKET)
        .key("reports/one.json")
        .send()
        .await
        .unwrap_err();
    assert!(error.into_service_error().is_no_such_key());
}

#[tokio::test]
async fn a_blob_from_a_file_arrives_whole() {
    let (engine, folder) = in_memory().await;
    let bytes: Vec<u8> = (0..3_000_000_u32).map(|n| (n % 251) as u8).collect();
    let file = folder.path().join("artifact.tar.gz");
    std::fs::write(&file, &bytes).unwrap();
    let body = ByteStream::from_path(&file).await.unwrap();
    engine
        .s3()
        .put_object()
        .bucket(BUCKET)
        .key("artifact")
        .body(body)
        .send()
        .await
        .unwrap();
    let got = engine
        .s3()
        .get_object()
        .bucket(BUCKET)
        .key("artifact")
        .send()
        .await
        .unwrap();
    assert!(got.body.collect().await.unwrap().to_vec() == bytes);
}

#[tokio::test]
async fn of_many_writers_of_a_blob_that_must_not_exist_one_succeeds() {
    let (engine, _blobs) = in_memory().await;
    let writers: Vec<_> = (0..8)
        .map(|n| {
            let body = ByteStream::from(format!("writer {n}").into_bytes());
            tokio::spawn(
                engine
                    .s3()
                    .put_object()
                    .bucket(BUCKET)
                    .key("once")
                    .if_none_match("*")
                    .body(body)
                    .send(),
            )
        })
        .collect();
    let mut refused = Vec::new();
    for writer in writers {
        if let Err(error) = writer.await.unwrap() {
            refused.push(
                error
                    .into_service_error()
                    .code()
                    .unwrap_or_default()
                    .to_owned(),
            );
        }
    }
    assert_eq!(refused, ["PreconditionFailed"; 7]);
}

#[tokio::test]
async fn a_link_opens_its_blob_and_no_other() {
    let (engine, _blobs) = in_memory().await;
    put(&engine, "report", "all is well").await;
    put(&engine, "secret", "not for you").await;
    let hour = PresigningConfig::expires_in(Duration::from_secs(3600)).unwrap();
    let link = link(&engine, hour).await;
    let met = link.replace("http://blobs.invalid/", "http://127.0.0.1:8787/");
    assert_eq!(
        follow(&engine, &met).await,
        (StatusCode::OK, "all is well".to_owned())
    );
    for other in [
        link.replace("/report?", "/secret?"),
        link.replace("X-Amz-Expires=3600", "X-Amz-Expires=36000"),
        "http://127.0.0.1:8787/artifacts/report".to_owned(),
    ] {
        assert_ne!(other, link);
        let (status, _) = follow(&engine, &other).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{other}");
    }
}

#[tokio::test]
#[expect(
    clippy::disallowed_methods,
    reason = "the bucket holds links against the machine's clock"
)]
async fn a_link_ends_with_its_time() {
    let (engine, _blobs) = in_memory().await;
    put(&engine, "report", "all is well").await;
    let two_hours_ago = SystemTime::now() - Duration::from_secs(2 * 3600);
    let life = |seconds| {
        let life = PresigningConfig::builder().start_time(two_hours_ago);
        life.expires_in(Duration::from_secs(seconds))
            .build()
            .unwrap()
    };
    let (status, _) = follow(&engine, &link(&engine, life(3 * 3600)).await).await;
    assert_eq!(status, StatusCode::OK);
    let (status, _) = follow(&engine, &link(&engine, life(3600)).await).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
}

/// A link to `report`.
async fn link(engine: &Engine, life: PresigningConfig) -> String {
    let get = engine.s3().get_object().bucket(BUCKET).key("report");
    get.presigned(life).await.unwrap().uri().to_owned()
}

#[tokio::test]
async fn keys_that_the_folder_cannot_hold_apart_are_refused_before_anything_is_written() {
    let (engine, folder) = in_memory().await;
    let long = "k".repeat(129);
    let mut answers = String::new();
    for key in [
        "../other/climbed",
        "reports/../../climbed",
        "a//b",
        "/etc/climbed",
        "folder/",
        &long,
    ] {
        let put = engine
            .s3()
            .put_object()
            .bucket(BUCKET)
            .key(key)
            .body(ByteStream::from_static(b"x"))
            .send()
            .await;
        let error = put.unwrap_err().into_service_error();
        let shown = if key.len() > 128 { "129 times k" } else { key };
        writeln!(answers, "{shown}: {}", error.code().unwrap_or("no code")).unwrap();
    }
    insta::assert_snapshot!(answers, @r"
    ../other/climbed: InvalidURI
    reports/../../climbed: InvalidURI
    a//b: InvalidURI
    /etc/climbed: InvalidURI
    folder/: InvalidURI
    129 times k: KeyTooLongError
    ");
    let left: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(left, [BUCKET]);
    assert_eq!(fs::read_dir(folder.path().join(BUCKET)).unwrap().count(), 0);
}
