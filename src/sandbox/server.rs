//! The socket: HTTP/1.1 on loopback, one task a connection.

use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;

use hyper::Response;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};

use crate::sandbox::body::{Body, whole};
use crate::sandbox::core::{Core, Outcome};
use crate::sandbox::request::{self, Request};
use crate::sandbox::s3::{self, Storage};

/// What a connection needs.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) core: Arc<Core>,
    pub(crate) storage: Arc<Storage>,
}

/// A request that is not answered: hyper closes its connection.
#[derive(Debug, thiserror::Error)]
#[error("the connection was cut")]
struct Cut;

/// Binds a port of loopback; 0 takes any that is free.
pub(crate) async fn bind(port: u16) -> io::Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await
}

/// Serves until it is dropped.
pub(crate) async fn serve(listener: TcpListener, shared: Shared) {
    loop {
        // An accept that fails (too many open files) concerns one client, who will come again.
        if let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(connection(stream, shared.clone()));
        }
    }
}

async fn connection(stream: TcpStream, shared: Shared) {
    // Small answers must not wait for the client's acknowledgement of the ones before.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| handle(request, shared.clone()));
    // A client that goes away in the middle is the client's affair, and a cut connection is meant to be.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

async fn handle(incoming: hyper::Request<Incoming>, shared: Shared) -> Result<Response<Body>, Cut> {
    let (parts, body) = incoming.into_parts();
    shared.storage.let_workers();
    if Storage::is_for(&parts) {
        return s3::serve(&shared.core, &shared.storage, parts, body).await.ok_or(Cut);
    }
    let Some(body) = request::body(body).await else {
        let service = Request::read(&parts, &Bytes::new()).service;
        let answer = shared.core.unread(service);
        return Ok(whole(answer.into_response(service)));
    };
    let request = Request::read(&parts, &body);
    match shared.core.handle(&request) {
        Outcome::Cut => Err(Cut),
        Outcome::Answer(answer) => Ok(whole(answer.into_response(request.service))),
        Outcome::Late(wait, answer) => {
            let clock = &shared.core.clock;
            let waiting = clock.waiting();
            clock.sleep(wait).await;
            waiting.over();
            Ok(whole(answer.into_response(request.service)))
        }
    }
}
