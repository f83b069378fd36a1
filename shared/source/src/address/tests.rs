//! Which addresses count as public, at the borders of each range.

use super::*;

#[test]
fn addresses_of_the_open_internet_are_public() {
    for address in [
        "140.82.121.3",
        "1.1.1.1",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.0.1.0",
        "223.255.255.255",
        "2606:50c0:8000::64",
        "2a00:1450:4001:829::200e",
        "64:ff9b::8c52:7903",
    ] {
        assert!(is_public(address.parse().expect("an address")), "{address}");
    }
}

#[test]
fn addresses_inside_some_network_are_not_public() {
    for address in [
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "10.255.255.255",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.254",
        "168.63.129.16",
        "169.254.169.254",
        "169.254.170.2",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.192",
        "192.168.1.1",
        "198.18.0.1",
        "198.19.255.255",
        "203.0.113.7",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:8.8.8.8",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "3fff::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fec0::1",
        "ff02::1",
    ] {
        assert!(
            !is_public(address.parse().expect("an address")),
            "{address}"
        );
    }
}

#[tokio::test]
async fn a_name_that_resolves_to_this_machine_is_refused() {
    for host in ["localhost", "127.1", "2130706433", "0x7f.1"] {
        assert_eq!(
            public_addresses(host, 443).await,
            Err(LookupError::NotPublic),
            "{host}"
        );
    }
}

#[tokio::test]
async fn a_name_that_nobody_has_does_not_resolve() {
    assert_eq!(
        public_addresses("repository.invalid", 443).await,
        Err(LookupError::Unknown)
    );
}
