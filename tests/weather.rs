//! What the services of AWS may do to a request, done to the same requests on the embedded engine: throttled, lost, late, twice. And how
//! many requests there are.

mod counted;
mod cut_off;
mod redeploys;
mod sky;
mod storms;
