//! The data folder: what is written stays, one process has it, and damage is told plainly and left alone.

use std::fs;
use std::path::Path;

use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_s3::primitives::ByteStream;
use slipway::engine::{Engine, EngineError};

use super::layout;

async fn open(dir: &Path) -> Result<Engine, EngineError> {
    Engine::open(dir, &layout()).await
}

/// What the person at the terminal reads, with the folder's name made constant.
async fn refusal(dir: &Path) -> String {
    let Err(error) = open(dir).await else {
        panic!("the folder was opened")
    };
    error
        .to_string()
        .replace(&dir.display().to_string(), "DATA")
        .replace(&std::process::id().to_string(), "PID")
}

async fn put(engine: &Engine, pk: &str, body: &str) {
    let put = engine.dynamodb().put_item().table_name("rows");
    let put = put
        .item("pk", AttributeValue::S(pk.into()))
        .item("sk", AttributeValue::S("row".into()));
    put.item("body", AttributeValue::S(body.into()))
        .send()
        .await
        .unwrap();
}

async fn holds(engine: &Engine, pk: &str) -> bool {
    let get = engine.dynamodb().get_item().table_name("rows");
    let get = get
        .key("pk", AttributeValue::S(pk.into()))
        .key("sk", AttributeValue::S("row".into()));
    get.send().await.unwrap().item.is_some()
}

/// A folder that was in use, with rows enough for several pages, and was closed.
async fn used(dir: &Path) {
    let engine = open(dir).await.unwrap();
    for n in 0..20 {
        put(&engine, &format!("row {n}"), &"x".repeat(2000)).await;
    }
}

#[tokio::test]
async fn a_blob_may_have_a_name_that_an_address_must_escape() {
    let dir = tempfile::tempdir().unwrap();
    let engine = open(dir.path()).await.unwrap();
    let key = "reports/größe 100% a+b.json";
    let put = engine.s3().put_object().bucket("artifacts").key(key);
    put.body(ByteStream::from_static(b"{}"))
        .send()
        .await
        .unwrap();
    assert!(dir.path().join("blobs/artifacts").join(key).is_file());
}

#[tokio::test]
async fn rows_and_blobs_are_there_after_closing_and_opening() {
    let dir = tempfile::tempdir().unwrap();
    let engine = open(dir.path()).await.unwrap();
    put(&engine, "kept", "body").await;
    engine
        .s3()
        .put_object()
        .bucket("artifacts")
        .key("kept")
        .body(ByteStream::from_static(b"blob"))
        .send()
        .await
        .unwrap();
    drop(engine);

    let engine = open(dir.path()).await.unwrap();
    assert!(holds(&engine, "kept").await);
    let blob = engine
        .s3()
        .get_object()
        .bucket("artifacts")
        .key("kept")
        .send()
        .await
        .unwrap();
    assert_eq!(blob.body.collect().await.unwrap().to_vec(), b"blob");
}

#[tokio::test]
async fn an_acknowledged_row_is_in_the_files_before_anything_is_closed() {
    let (dir, copy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let engine = open(dir.path()).await.unwrap();
    put(&engine, "acknowledged", "body").await;
    // What a process killed at this moment leaves behind.
    for file in ["rows.db", "rows.db-wal"] {
        fs::copy(dir.path().join(file), copy.path().join(file)).unwrap();
    }
    let restarted = open(copy.path()).await.unwrap();
    assert!(holds(&restarted, "acknowledged").await);
}

#[tokio::test]
async fn a_second_slipway_is_told_who_has_the_folder() {
    let dir = tempfile::tempdir().unwrap();
    let engine = open(dir.path()).await.unwrap();
    insta::assert_snapshot!(refusal(dir.path()).await, @"the data folder DATA is in use by another slipway (pid PID). Stop it, or choose another folder with --data");
    let client = engine.dynamodb();
    drop(engine);
    assert!(
        matches!(open(dir.path()).await, Err(EngineError::InUse { .. })),
        "a client that is left still writes"
    );
    drop(client);
    open(dir.path()).await.unwrap();
}

#[tokio::test]
async fn rows_overwritten_with_something_else_are_refused_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    used(dir.path()).await;
    let file = dir.path().join("rows.db");
    let garbage = b"this was a database once".repeat(1000);
    fs::write(&file, &garbage).unwrap();
    insta::assert_snapshot!(refusal(dir.path()).await, @"the rows of this data folder cannot be read: DATA/rows.db is not a SQLite database. It was left as it is. Restore it from a backup (stop slipway first; keep rows.db and rows.db-wal together), or move the data folder away to start empty");
    assert!(fs::read(&file).unwrap() == garbage);
}

#[tokio::test]
async fn rows_cut_short_are_refused_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    used(dir.path()).await;
    let file = dir.path().join("rows.db");
    let whole = fs::read(&file).unwrap();
    fs::write(&file, &whole[..whole.len() / 2]).unwrap();
    insta::assert_snapshot!(refusal(dir.path()).await, @"the rows of this data folder cannot be read: DATA/rows.db is cut short or damaged inside. It was left as it is. Restore it from a backup (stop slipway first; keep rows.db and rows.db-wal together), or move the data folder away to start empty");
    assert!(fs::read(&file).unwrap() == whole[..whole.len() / 2]);
}

#[tokio::test]
async fn rows_damaged_inside_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    used(dir.path()).await;
    let file = dir.path().join("rows.db");
    let mut bytes = fs::read(&file).unwrap();
    bytes[4096..].fill(0xA5);
    fs::write(&file, &bytes).unwrap();
    insta::assert_snapshot!(refusal(dir.path()).await, @"the rows of this data folder cannot be read: DATA/rows.db is cut short or damaged inside. It was left as it is. Restore it from a backup (stop slipway first; keep rows.db and rows.db-wal together), or move the data folder away to start empty");
}

#[tokio::test]
async fn an_emptied_file_of_rows_is_not_mistaken_for_a_new_folder() {
    let dir = tempfile::tempdir().unwrap();
    used(dir.path()).await;
    fs::write(dir.path().join("rows.db"), b"").unwrap();
    insta::assert_snapshot!(refusal(dir.path()).await, @"the rows of this data folder are gone: DATA/rows.db is missing or empty, yet there are blobs beside it. Nothing was created in its place. Restore it from a backup, or move the data folder away to start empty");
    fs::remove_file(dir.path().join("rows.db")).unwrap();
    assert!(matches!(
        open(dir.path()).await,
        Err(EngineError::Gone { .. })
    ));
}

#[tokio::test]
async fn a_table_without_the_index_that_is_needed_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let mut older = layout();
    older.table.indexes.pop();
    drop(Engine::open(dir.path(), &older).await.unwrap());
    insta::assert_snapshot!(refusal(dir.path()).await, @"the rows in DATA/rows.db were written by another version of slipway: table rows lacks the index gsi2. Use the version that wrote them, or move the data folder away to start empty");
}

#[tokio::test]
async fn a_file_in_place_of_the_folder_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("data");
    fs::write(&file, b"").unwrap();
    insta::assert_snapshot!(refusal(&file).await, @"cannot use DATA: File exists (os error 17). Check that it is a folder, that this user may write there, and that the disk has space");
}
