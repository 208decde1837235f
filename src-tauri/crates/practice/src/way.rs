//! The way from a computer to the gateway, with what may stand in it: a company's proxy, a device that
//! opens encrypted traffic, nothing at all.
//!
//! All of it is on loopback. Programs reach their own computer without a proxy, so behind one the
//! gateway has a name instead, which leads nowhere: `.invalid` is kept free for that (RFC 2606). The
//! proxy is asked to go there, and has its say before anybody looks the name up.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose,
};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use crate::gateway::{self, Gateway, GatewayOptions};
use crate::scenario::Way;

/// The gateway's address where a proxy is in the way.
const BEHIND_A_PROXY: &str = "https://gateway.practice.invalid/claude";
/// What a device calls itself that opens encrypted traffic.
const INSPECTOR: &str = "Practice Office Inspection CA";
/// Longest request that is read before it is answered.
const LONGEST_HEAD: usize = 16 << 10;

/// An open way; dropping it closes every port.
#[derive(Debug)]
pub struct Line {
    /// It ends when this is dropped.
    _gateway: Gateway,
    base: String,
    proxy: Option<String>,
    between: Option<JoinHandle<()>>,
}

/// Opens the way to a gateway of its own, on the current tokio runtime.
pub async fn open(way: Way, options: GatewayOptions) -> io::Result<Line> {
    let gateway = gateway::start(options).await?;
    let mut line = Line { base: gateway.base_url(), _gateway: gateway, proxy: None, between: None };
    match way {
        Way::Open => {}
        Way::Closed => line.base = format!("http://{}/claude", free_port().await?),
        Way::ProxyGone => line.go_through(free_port().await?),
        Way::ProxyAsks => {
            let login = "HTTP/1.1 407 Proxy Authentication Required\r\n\
                         proxy-authenticate: Basic realm=\"practice\"\r\ncontent-length: 0\r\n\r\n";
            let proxy = line.between(move |stream| says(stream, login)).await?;
            line.go_through(proxy);
        }
        Way::ProxyRefuses => {
            let no = "HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n";
            let proxy = line.between(move |stream| says(stream, no)).await?;
            line.go_through(proxy);
        }
        Way::Intercepted => {
            let device = TlsAcceptor::from(Arc::new(side_of_a_stranger()?));
            let address = line.between(move |stream| opens(stream, device.clone())).await?;
            line.base = format!("https://{address}/claude");
        }
    }
    Ok(line)
}

impl Line {
    /// The address to give to a program.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The proxy that the computer is set to.
    pub fn proxy(&self) -> Option<&str> {
        self.proxy.as_deref()
    }

    /// A preset file that leads this way.
    pub fn preset_json(&self) -> String {
        gateway::preset(&self.base)
    }

    fn go_through(&mut self, proxy: SocketAddr) {
        BEHIND_A_PROXY.clone_into(&mut self.base);
        self.proxy = Some(format!("http://{proxy}"));
    }

    /// Puts somebody into the way and gives the address to find them at.
    async fn between<F>(&mut self, meets: impl Fn(TcpStream) -> F + Send + 'static) -> io::Result<SocketAddr>
    where
        F: Future<Output = io::Result<()>> + Send + 'static,
    {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        self.between = Some(tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // Whoever is met may leave at any moment.
                let met = meets(stream);
                tokio::spawn(async move {
                    let _ = met.await;
                });
            }
        }));
        Ok(address)
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if let Some(task) = &self.between {
            task.abort();
        }
    }
}

/// An address at which nobody listens.
async fn free_port() -> io::Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?.local_addr()
}

/// Hears a request and answers it with a few words.
async fn says(mut stream: TcpStream, words: &'static str) -> io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") && head.len() < LONGEST_HEAD {
        head.push(stream.read_u8().await?);
    }
    stream.write_all(words.as_bytes()).await?;
    stream.shutdown().await
}

/// Shows its own certificate. Whoever goes on in spite of it is not answered.
async fn opens(stream: TcpStream, device: TlsAcceptor) -> io::Result<()> {
    device.accept(stream).await?.shutdown().await
}

/// A certificate for this computer by an issuer that was made up a moment ago.
fn side_of_a_stranger() -> io::Result<ServerConfig> {
    let (certificate, key) = certificate().map_err(io::Error::other)?;
    ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|side| side.with_no_client_auth().with_single_cert(vec![certificate.der().clone()], key))
        .map_err(io::Error::other)
}

fn certificate() -> Result<(rcgen::Certificate, PrivateKeyDer<'static>), rcgen::Error> {
    let mut issuer = CertificateParams::new(Vec::new())?;
    issuer.distinguished_name = called(INSPECTOR);
    issuer.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    issuer.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let issuer = CertifiedIssuer::self_signed(issuer, KeyPair::generate()?)?;
    let mut leaf = CertificateParams::new(vec![Ipv4Addr::LOCALHOST.to_string()])?;
    leaf.distinguished_name = called("gateway.practice.invalid");
    leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let key = KeyPair::generate()?;
    let certificate = leaf.signed_by(&key, &*issuer)?;
    Ok((certificate, PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()))))
}

fn called(name: &str) -> DistinguishedName {
    let mut names = DistinguishedName::new();
    names.push(DnType::CommonName, name);
    names
}
