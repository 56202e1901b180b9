//! A request's body that is lent out, and comes back with what was not read of it.
//!
//! Who refuses a request may not read all of it; but a client that is still sending does not come to read the answer.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use http_body_util::BodyExt as _;
use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};

/// Where a body comes back to.
#[derive(Clone, Default)]
pub(super) struct Returned(Arc<Mutex<Option<Incoming>>>);

/// A body that is lent out.
pub(super) struct Lent {
    /// There until it is dropped.
    body: Option<Incoming>,
    returned: Returned,
}

impl Lent {
    /// Lends a body out.
    pub(super) fn new(body: Incoming) -> (Lent, Returned) {
        let returned = Returned::default();
        (Lent { body: Some(body), returned: returned.clone() }, returned)
    }
}

impl Returned {
    /// Reads what is left, if the body is back.
    pub(super) async fn drain(self) {
        let left = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(left) = left {
            drain(left).await;
        }
    }
}

/// Reads what the client still sends.
pub(super) async fn drain(mut body: Incoming) {
    while let Some(Ok(_)) = body.frame().await {}
}

impl Drop for Lent {
    fn drop(&mut self) {
        *self.returned.0.lock().unwrap_or_else(PoisonError::into_inner) = self.body.take();
    }
}

impl Body for Lent {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        match &mut self.body {
            Some(body) => Pin::new(body).poll_frame(context),
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map(Body::size_hint).unwrap_or_default()
    }
}
