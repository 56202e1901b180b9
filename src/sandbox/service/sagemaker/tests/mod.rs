//! Stories and laws of the service, told to it without a socket.

mod creating;
mod input;
mod lifecycle_configs;
mod lists;
mod tagging;
mod transitions;
mod updating;
mod world;
