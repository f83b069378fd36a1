//! Which places a user and an operator may name.

use super::*;

fn refusal(url: &str) -> Option<Refusal> {
    let url = RepositoryUrl::parse(url).expect("a repository URL");
    Remote::of_user(&url).err()
}

#[test]
fn a_user_reaches_only_the_two_usual_ports() {
    assert_eq!(refusal("https://github.com/acme/x.git"), None);
    assert_eq!(refusal("https://github.com:443/acme/x.git"), None);
    assert_eq!(refusal("ssh://git@github.com:22/acme/x.git"), None);
    assert_eq!(refusal("git@github.com:acme/x.git"), None);
    assert_eq!(
        refusal("https://github.com:8443/acme/x.git"),
        Some(Refusal::Port(8443))
    );
    assert_eq!(
        refusal("https://github.com:22/acme/x.git"),
        Some(Refusal::Port(22))
    );
}

#[test]
fn a_literal_address_in_any_spelling_is_checked() {
    for host in [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f.0.0.1",
        "0177.0.0.1",
        "169.254.169.254",
        "10.0.0.8",
    ] {
        let url = format!("https://{host}/acme/x.git");
        assert!(
            matches!(refusal(&url), Some(Refusal::NotPublic(_))),
            "{host}"
        );
    }
    assert!(matches!(
        refusal("git@127.0.0.1:acme/x.git"),
        Some(Refusal::NotPublic(_))
    ));
}

#[test]
fn a_path_that_climbs_or_looks_like_an_option_is_refused() {
    for url in [
        "https://github.com/acme/../x.git",
        "https://github.com/./x.git",
        "git@github.com:../x.git",
        "git@github.com:-u/x.git",
        "git@-github.com:acme/x.git",
    ] {
        assert_eq!(refusal(url), Some(Refusal::UrlPath), "{url}");
    }
}

#[test]
fn the_operator_names_any_git_url_but_no_helper_and_no_relative_path() {
    for good in [
        "file:///srv/repos/x.git",
        "/srv/repos/x.git",
        "http://git.internal:3000/x.git",
        "https://token:secret@git.internal/x.git",
        "ssh://git@git.internal:2222/x.git",
        "git.internal:x.git",
    ] {
        assert!(Remote::of_operator(good).is_some(), "{good}");
    }
    for bad in [
        "ext::sh -c id",
        "git://git.internal/x.git",
        "file://host/x.git",
        "repos/x.git",
        "-oProxyCommand=id:x",
        "http://user:secret@git.internal/x.git",
        "https://git.internal/x.git?y",
        "",
    ] {
        assert!(Remote::of_operator(bad).is_none(), "{bad}");
    }
}
