//! The builder from outside: what it plans, what it builds, and what it says when it cannot.

mod building;
mod failing;
mod fixture;
mod managers;
mod planning;
mod statics;
