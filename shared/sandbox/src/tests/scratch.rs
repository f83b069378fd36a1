use super::bench::{benches, text};
#[tokio::test]
async fn node_and_npm() {
    for bench in benches() {
        let t = std::time::Instant::now();
        let mut c = bench.script("node -e 'const os=require(\"os\");console.log(os.cpus().length, os.freemem(), os.tmpdir(), process.constrainedMemory&&process.constrainedMemory()); require(\"http\").createServer().listen(0,()=>{console.log(\"up\");process.exit(0)})'");
        c.limits.open_files = 4096;
        let (e, l) = bench.run(c).await;
        eprintln!("{} {e:?} {} {:?}", bench.name, text(&l), t.elapsed());
        let t = std::time::Instant::now();
        let inside = bench.inside();
        std::fs::write(inside.join("package.json"), r#"{"name":"a","version":"1.0.0","dependencies":{"is-odd":"3.0.1"},"scripts":{"start":"node -e 'console.log(require(\"is-odd\")(3))'","postinstall":"echo post; id -u"}}"#).unwrap();
        let mut c = bench.script("npm install --no-audit --no-fund --foreground-scripts 2>&1; npm start; env -u X ls -la | head -5");
        c.env.push(("HOME".into(), inside.clone().into()));
        c.env.push(("TMPDIR".into(), inside.clone().into()));
        if let Ok(r) = std::fs::read_to_string("/root/.npmrc") {
            std::fs::write(inside.join(".npmrc"), r).unwrap();
        }
        for (k, v) in std::env::vars() {
            if k.to_lowercase().contains("npm_config")
                || k.to_lowercase().contains("proxy")
                || k.contains("CERT")
                || k.contains("NODE_EXTRA")
            {
                eprintln!("env {k}");
                if v.starts_with('/') {
                    c.read.push(v.clone().into());
                }
                c.env.push((k.into(), v.into()));
            }
        }
        c.limits.open_files = 4096;
        let (e, l) = bench.run(c).await;
        eprintln!("{} {e:?} {} {:?}", bench.name, text(&l), t.elapsed());
        let t = std::time::Instant::now();
        for _ in 0..10 {
            bench.sh("true").await;
        }
        eprintln!("ten times true: {:?}", t.elapsed());
    }
}
