//! Applications as processes: each test writes a tiny Node application, starts it and talks to it as a caller would.

mod bench;
mod logs;
mod proxy;
mod running;
mod scripts;
mod sites;
mod sleeping;
mod stopping;
mod switching;
