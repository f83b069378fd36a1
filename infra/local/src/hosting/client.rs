//! One request, one connection: an application may close an idle connection at any moment, and a request that was lost on one must
//! not be sent twice. Connecting to the same machine costs less than a tenth of a millisecond.

use std::error::Error;
use std::net::Ipv4Addr;

use hyper::body::{Body, Incoming};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// Connects to a port of 127.0.0.1.
pub(crate) async fn connect(port: u16) -> std::io::Result<TcpStream> {
    let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// Sends the request and returns the answer's head; its body streams. Dropping the future or the body ends the connection.
pub(crate) async fn exchange<B>(
    stream: TcpStream,
    request: http::Request<B>,
) -> Result<http::Response<Incoming>, hyper::Error>
where
    B: Body<Data: Send, Error: Into<Box<dyn Error + Send + Sync>>> + Send + 'static,
{
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    // Ends by itself once the answer's body is read or dropped; its error reaches whoever reads the answer.
    tokio::spawn(connection);
    sender.send_request(request).await
}
