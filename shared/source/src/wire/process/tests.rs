//! How ssh is called, and what its complaints mean.

use super::*;
use crate::remote::Remote;

fn arguments(remote: Option<Remote>, address: Option<&str>) -> String {
    let Some(Remote::Ssh(to)) = remote else {
        panic!("not SSH");
    };
    let command = ssh_command(
        &to,
        address.map(|address| address.parse().expect("an address")),
    );
    let arguments = command
        .as_std()
        .get_args()
        .map(|argument| argument.to_string_lossy().into_owned());
    arguments
        .filter(|argument| argument != "-o")
        .skip(10)
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn ssh_connects_to_the_checked_address_and_no_other() {
    let url = domain::names::RepositoryUrl::parse("git@github.com:acme/x.git").expect("a URL");
    insta::assert_snapshot!(arguments(Remote::of_user(&url).ok(), Some("140.82.121.3")), @r"
    ProxyCommand=none
    ProxyJump=none
    Port=22
    HostName=140.82.121.3
    HostKeyAlias=github.com
    -T
    -x
    --
    git@github.com
    git-upload-pack 'acme/x.git'
    ");
}

#[test]
fn the_operators_ssh_settings_hold_for_what_the_operator_mapped() {
    let remote = Remote::of_operator("ssh://ada@git.internal:2222/srv/x y.git");
    insta::assert_snapshot!(arguments(remote, None), @r"
    Port=2222
    -T
    -x
    --
    ada@git.internal
    git-upload-pack '/srv/x y.git'
    ");
}

#[test]
fn what_ssh_complains_of_becomes_a_reason() {
    let message = |complaint| reason(complaint, "github.com").map(|reason| reason.to_string());
    insta::assert_snapshot!(message("No ED25519 host key is known for github.com and you have requested strict checking.\nHost key verification failed.").expect("known"), @"the SSH host key of github.com is not one that the platform knows. Use the HTTPS form of the URL, or ask the operator to record the key.");
    insta::assert_snapshot!(message("git@github.com: Permission denied (publickey).").expect("known"), @"github.com says that it does not exist, or that the platform's SSH key may not read it. Check the URL, and give the platform's account read access.");
    insta::assert_snapshot!(message("ssh: connect to host 140.82.121.3 port 22: Connection refused").expect("known"), @"github.com does not accept connections. Check the host in the URL, or try again later.");
    assert_eq!(message("something else"), None);
}
