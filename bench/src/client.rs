//! One connection to one program.

use std::net::SocketAddr;

use anyhow::{Context, Result, bail};
use bytes::Bytes;
use http::{HeaderValue, Method, Request, StatusCode, header::CONTENT_TYPE};
use http_body_util::{BodyExt, Either, Empty, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::work::Target;

/// What is sent: usually nothing.
pub(crate) type Body = Either<Empty<Bytes>, Full<Bytes>>;

/// A connection that is kept alive.
pub(crate) struct Connection {
    sender: SendRequest<Body>,
    authority: HeaderValue,
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        let authority = HeaderValue::from_str(&address.to_string())?;
        Ok(Self { sender, authority })
    }

    /// The body of the answer, which must be a 2xx.
    pub(crate) async fn get(&mut self, target: &Target) -> Result<Bytes> {
        self.send(target.request(&self.authority)).await
    }

    /// As [`get`](Self::get), with a method and a body of JSON.
    pub(crate) async fn ask(&mut self, method: Method, path: &str, json: Option<&serde_json::Value>) -> Result<Bytes> {
        let body = json.map_or_else(
            || Either::Left(Empty::new()),
            |json| Either::Right(Full::new(json.to_string().into())),
        );
        let mut request = Request::builder().method(method).uri(path).body(body)?;
        request.headers_mut().insert(http::header::HOST, self.authority.clone());
        request
            .headers_mut()
            .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        self.send(request).await
    }

    /// The status of the answer, which is read to its end.
    pub(crate) async fn status_of(&mut self, target: &Target) -> Result<StatusCode> {
        self.sender.ready().await?;
        let response = self.sender.send_request(target.request(&self.authority)).await?;
        let status = response.status();
        response.into_body().collect().await?;
        Ok(status)
    }

    async fn send(&mut self, request: Request<Body>) -> Result<Bytes> {
        self.sender.ready().await?;
        let response = self.sender.send_request(request).await.context("no answer")?;
        let status = response.status();
        let body = response.into_body().collect().await?.to_bytes();
        if !status.is_success() {
            bail!("answered {status}: {}", String::from_utf8_lossy(&body));
        }
        Ok(body)
    }
}
