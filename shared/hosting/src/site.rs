//! A static application shows the files of its artifact and nothing else of the machine: a path is followed to the real file, which is
//! then opened beneath the application's folder without following a link. Some files of the folder are for tools and are never shown.

use std::fs::File;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use domain::names::ArtifactHash;
use files::Dir;
use http::header::{
    CACHE_CONTROL, CONTENT_ENCODING, ETAG, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE,
    IF_UNMODIFIED_SINCE, LAST_MODIFIED, RANGE,
};
use http::{Request, Response, StatusCode};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Empty};
use tower::ServiceExt as _;
use tower_http::compression::Compression;
use tower_http::services::ServeFile;

use crate::site_path;

/// The body of an answer.
pub type FileBody = UnsyncBoxBody<Bytes, Box<dyn std::error::Error + Send + Sync>>;

/// A file of a site, open.
#[derive(Debug)]
pub struct SiteFile {
    file: File,
    /// Its path beneath the folder of the site, without links.
    pub path: PathBuf,
}

/// Returns the file for a path of a site whose files lie in `folder`, or `index.html` if there is no such file and the site's routes live
/// in the browser. A path that no visitor may read has no file, whatever lies there (`site_path`).
pub async fn file_of(folder: &Path, path: &str, index_fallback: bool) -> Option<SiteFile> {
    let names = site_path::names_of(path)?;
    // A script, style or image that is missing is no route: a page in its place would be taken for one.
    let is_route = |names: &[String]| names.last().is_none_or(|name| !name.contains('.'));
    let index_fallback = index_fallback && is_route(&names);
    let root = folder.to_owned();
    let found = tokio::task::spawn_blocking(move || {
        resolve(&root, &names).or_else(|| index_fallback.then(|| resolve(&root, &[])).flatten())
    });
    found.await.ok().flatten()
}

/// Answers a GET or HEAD with a file of an artifact.
pub async fn send<B: Send + 'static>(
    file: SiteFile,
    artifact: &ArtifactHash,
    mut request: Request<B>,
) -> Response<FileBody> {
    // An artifact is addressed by its content, so within one path its address is as good as a hash of the file.
    let tag = format!(
        "\"{}\"",
        &artifact.as_str()[..32.min(artifact.as_str().len())]
    );
    let known = request
        .headers()
        .get(IF_NONE_MATCH)
        .and_then(|known| known.to_str().ok());
    let unchanged = known.is_some_and(|known| {
        known
            .split(',')
            .map(|known| known.trim().trim_start_matches("W/"))
            .any(|known| known == tag || known == "*")
    });
    // Times of files say when an artifact was unpacked, which may be later for an older revision: only the tag tells what a visitor has.
    let headers = request.headers_mut();
    if headers.get(IF_RANGE).is_some_and(|known| known != &*tag) {
        headers.remove(RANGE);
    }
    for condition in [IF_MODIFIED_SINCE, IF_UNMODIFIED_SINCE, IF_RANGE] {
        headers.remove(condition);
    }
    let mut answer = if unchanged {
        let mut answer = Response::new(Empty::new().map_err(|never| match never {}).boxed_unsync());
        *answer.status_mut() = StatusCode::NOT_MODIFIED;
        answer
    } else {
        // By its descriptor, as the path may lead elsewhere by now; the type follows from its name.
        let opened = format!("/dev/fd/{}", file.file.as_raw_fd());
        let kind = mime_guess::from_path(&file.path).first_or_octet_stream();
        let serve = Compression::new(ServeFile::new_with_mime(opened, &kind));
        match serve.oneshot(request).await {
            Ok(answer) => answer.map(|body| body.map_err(Into::into).boxed_unsync()),
            Err(never) => match never {},
        }
    };
    let headers = answer.headers_mut();
    headers.remove(LAST_MODIFIED);
    // The same file in other bytes (RFC 9110, section 8.8.1).
    let weak = headers.contains_key(CONTENT_ENCODING);
    let tag = if weak { format!("W/{tag}") } else { tag };
    headers.extend(HeaderValue::from_str(&tag).map(|tag| (ETAG, tag)));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(caching(&file.path)));
    headers.insert(
        "x-content-type-options",
        HeaderValue::from_static("nosniff"),
    );
    answer
}

/// A file whose name has a hash of its content is never another one (RFC 8246). Any other may be, with the next revision: a browser asks
/// each time, and mostly gets 304. A hash that is taken for a word costs such a question; a word that is taken for a hash would hide
/// the next revision for a year.
fn caching(file: &Path) -> &'static str {
    let name = file.file_stem().and_then(|name| name.to_str());
    let hash = name.and_then(|name| name.rsplit(['.', '-']).next().filter(|hash| *hash != name));
    if hash.is_some_and(is_hash) {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    }
}

/// True for what bundlers put behind a name, as far as no word, version, date or size looks like it: eight or more characters that are
/// hexadecimal with digits between letters, or upper case, lower case and digits mixed.
fn is_hash(text: &str) -> bool {
    let has = |is: fn(&char) -> bool| text.chars().any(|one| is(&one));
    let is_plain = text
        .chars()
        .all(|one| one.is_ascii_alphanumeric() || one == '_');
    let is_hexadecimal = text
        .chars()
        .all(|one| one.is_ascii_digit() || ('a'..='f').contains(&one));
    let mixes_cases = has(char::is_ascii_uppercase) && has(char::is_ascii_lowercase);
    // `Release2`, `December2026`: a word with a number at its end.
    let is_word = text
        .trim_end_matches(|one: char| one.is_ascii_digit())
        .chars()
        .skip(1)
        .all(|one| one.is_ascii_lowercase());
    let is_random = has(char::is_ascii_digit) && has(char::is_ascii_alphabetic);
    text.len() >= 8 && is_plain && is_random && !is_word && (is_hexadecimal || mixes_cases)
}

/// Opens the file that these names lead to, if it lies below `root` with all links followed, and a visitor may read it there.
fn resolve(root: &Path, names: &[String]) -> Option<SiteFile> {
    let mut file = root.to_owned();
    file.extend(names);
    let root = root.canonicalize().ok()?;
    let mut file = file.canonicalize().ok()?;
    if file.starts_with(&root) && file.is_dir() {
        file = file.join("index.html").canonicalize().ok()?;
    }
    // A link with a harmless name may lead to a file that is refused by its own.
    let path = file.strip_prefix(&root).ok()?;
    let names: Option<Vec<&str>> = path.iter().map(|name| name.to_str()).collect();
    if !site_path::is_public(names?.into_iter()) {
        return None;
    }
    Some(SiteFile {
        file: Dir::open(&root).ok()?.open_file(path).ok()?,
        path: path.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn only_a_name_with_a_hash_is_kept_for_ever() {
        let kept = |name: &str| caching(Path::new(name)).contains("immutable");
        for name in [
            "index-BX3kLm9a.js",
            "main.3f2a1b9c.css",
            "a/chunk-QwErTyU1.js",
            "app.a1b2c3d4e5f6.css",
        ] {
            assert!(kept(name), "{name}");
        }
        for name in [
            "index.html",
            "greeting-component.js",
            "report-2026.pdf",
            "BX3kLm9a.js",
            "main.js.map",
            "my-component2.js",
            "logo-version2.svg",
            "hero-1920x1080.jpg",
            "report-20261201.pdf",
            "styles.release2.css",
            "product_list-checkout1.js",
            "notes-December2026.html",
            "page-CamelCased.js",
        ] {
            assert!(!kept(name), "{name}");
        }
    }

    #[test]
    fn no_path_leads_out_of_the_folder() {
        let outside = tempfile::tempdir().unwrap();
        let root = outside.path().join("site");
        fs::create_dir_all(root.join("docs")).unwrap();
        for file in ["index.html", "docs/index.html", "a b.js"] {
            fs::write(root.join(file), "x").unwrap();
        }
        fs::write(outside.path().join("secret"), "s").unwrap();
        std::os::unix::fs::symlink("../secret", root.join("link")).unwrap();
        std::os::unix::fs::symlink("..", root.join("up")).unwrap();
        std::os::unix::fs::symlink("docs", root.join("inside")).unwrap();
        fs::write(root.join(".env"), "TOKEN=s").unwrap();
        std::os::unix::fs::symlink(".env", root.join("settings.txt")).unwrap();
        fs::create_dir(root.join("linked")).unwrap();
        std::os::unix::fs::symlink("../.env", root.join("linked/index.html")).unwrap();

        let resolve = |path: &str| resolve(&root, &site_path::names_of(path)?);
        let found = |path: &str| resolve(path).map(|file| file.path);
        assert_eq!(found("/"), Some("index.html".into()));
        assert_eq!(found("/docs/"), Some("docs/index.html".into()));
        assert_eq!(found("/inside"), Some("docs/index.html".into()));
        assert_eq!(found("//a%20b.js"), Some("a b.js".into()));
        for hostile in [
            "/../secret",
            "/%2e%2e/secret",
            "/..%2fsecret",
            "/docs/../../secret",
            "/link",
            "/up/secret",
            "/..\\secret",
            "/index.html%00.js",
            "/%ff",
            "/missing",
            "/.env",
            "/settings.txt",
            "/linked/",
        ] {
            assert!(resolve(hostile).is_none(), "{hostile}");
        }
        let absolute = format!("/{}", outside.path().join("secret").display());
        assert!(resolve(&absolute).is_none());
    }

    #[tokio::test]
    async fn a_path_that_no_visitor_may_read_does_not_show_the_index_of_a_browsers_routes_either() {
        let root = tempfile::tempdir().unwrap();
        for file in ["index.html", ".env", "package.json"] {
            fs::write(root.path().join(file), "x").unwrap();
        }
        assert!(file_of(root.path(), "/orders/1", true).await.is_some());
        assert!(file_of(root.path(), "/orders/old.js", true).await.is_none());
        for path in ["/.env", "/package.json", "/.git/config"] {
            let file = file_of(root.path(), path, true).await;
            assert!(file.is_none(), "{path}");
        }
    }

    /// The tree of an older revision may be unpacked after that of a newer one.
    #[tokio::test]
    async fn only_the_tag_tells_what_a_visitor_has() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("index.html"), "the new page").unwrap();
        let artifact = ArtifactHash::parse(&"a".repeat(64)).unwrap();
        let tag = format!("\"{}\"", "a".repeat(32));
        let answer = async |headers: &[(&str, &str)]| {
            let mut request = Request::get("/index.html");
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            let file = file_of(root.path(), "/index.html", false).await.unwrap();
            let request = request.body(Empty::<Bytes>::new()).unwrap();
            let answer = send(file, &artifact, request).await;
            assert!(answer.headers().get(LAST_MODIFIED).is_none());
            answer.status().as_u16()
        };
        let later = ("if-modified-since", "Fri, 01 Jan 2100 00:00:00 GMT");
        assert_eq!(answer(&[later]).await, 200);
        assert_eq!(answer(&[later, ("if-none-match", "\"other\"")]).await, 200);
        assert_eq!(answer(&[("if-none-match", &tag)]).await, 304);
        assert_eq!(answer(&[("if-none-match", "*")]).await, 304);
        let part = ("range", "bytes=4-");
        assert_eq!(answer(&[part, ("if-range", "\"other\"")]).await, 200);
        assert_eq!(answer(&[part, ("if-range", &tag)]).await, 206);
        assert_eq!(answer(&[part]).await, 206);
    }
}
