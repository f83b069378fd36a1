use crate::repository::{Repository, tag, url};
#[tokio::test]
async fn timing() {
    let r = Repository::with(&[("connect.yaml", "x"), ("b", "2")]);
    let git = r.git();
    for _ in 0..3 {
        let t = std::time::Instant::now();
        git.resolve_tag(&url(), &tag("v1")).await.unwrap();
        let a = t.elapsed();
        git.read_file(&url(), &tag("v1"), "connect.yaml")
            .await
            .unwrap();
        let b = t.elapsed();
        let d = tempfile::tempdir().unwrap();
        git.fetch_tree(&url(), &tag("v1"), d.path()).await.unwrap();
        println!("resolve {a:?} read {:?} tree {:?}", b - a, t.elapsed() - b);
    }
    if let Ok(dir) = std::env::var("OTHER") {
        let git = crate::repository::mapped(&dir, Default::default());
        println!("other {:?}", git.read_file(&url(), &tag("v1"), "a").await);
        let d = tempfile::tempdir().unwrap();
        println!(
            "tree {:?}",
            git.fetch_tree(&url(), &tag("v1"), d.path()).await
        );
        println!(
            "tag {:?}",
            git.resolve_tag(&url(), &tag("v9"))
                .await
                .map_err(|e| e.to_string())
        );
    }
}
