//! Probes the route to the gateway step by step: name lookup, connection, proxy, TLS handshake. It sends no key and
//! makes no request to the gateway. It runs beside the first request, so it does not delay a check that passes.

use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, PoisonError};

use airouter_core::address::GatewayUrl;
use airouter_core::check::{LayerId, ProbeFailure, ProbeStep, RouteProbe};
use airouter_core::finding::Evidence;
use airouter_core::gateway::NetFault;
use airouter_core::proxy::{Proxy, ProxyKind};
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::clock::{self, Ask};
use super::connect::{NotConnected, connect};
use super::names::{is_fake, is_made_up, is_online, is_private};
use super::options::Options;
use super::{certificate, plain, tls, tunnel};

/// Probes the gateway, through the proxy if there is one. Returns the steps that passed and the first failure.
pub(super) async fn run(base: &GatewayUrl, proxy: Option<&Proxy>, options: &Options) -> RouteProbe {
    let begin = Instant::now();
    let mut probe =
        Probe { base, options, until: begin + options.limits.connect, since: begin, reach: RouteProbe::default() };
    let ended = match proxy {
        Some(proxy) => probe.through(proxy).await,
        None => probe.directly().await,
    };
    if let Err(failure) = ended {
        probe.reach.failure = Some(*failure);
    }
    probe.reach
}

type Passed<T> = Result<T, Box<ProbeFailure>>;

struct Probe<'a> {
    base: &'a GatewayUrl,
    options: &'a Options,
    /// When the whole probe has to end.
    until: Instant,
    /// When the present step began.
    since: Instant,
    reach: RouteProbe,
}

impl Probe<'_> {
    async fn directly(&mut self) -> Passed<()> {
        let addresses = self.look_up(self.base.name(), self.base.port()).await.map_err(|(fault, why)| {
            let mut facts = vec![Evidence::new("host", self.base.name())];
            facts.extend(why);
            self.failure(LayerId::Name, fault, facts)
        })?;
        let found = addresses.iter().take(4).map(|address| Evidence::new("address", address.ip())).collect();
        self.passed(LayerId::Name, found);
        let connected =
            connect(&addresses, self.until).await.map_err(|failed| self.not_connected(failed, &addresses))?;
        self.passed(LayerId::Tcp, connected.facts);
        self.not_needed(LayerId::Proxy);
        if !self.base.is_encrypted() {
            self.not_needed(LayerId::Tls);
            return Ok(());
        }
        let ask = Ask::Directly(&addresses);
        self.encrypt(connected.stream, None, ask, is_only(&addresses, is_fake)).await
    }

    async fn through(&mut self, proxy: &Proxy) -> Passed<()> {
        let down = |because: &str| (NetFault::ProxyDown, vec![Evidence::new("because", because)]);
        let begun = match self.look_up(proxy.name(), proxy.port()).await {
            Ok(addresses) => match connect(&addresses, self.until).await {
                Ok(connected) => Ok((addresses, connected.stream)),
                Err(failed) => Err(down(failed.fault.code(false).slug())),
            },
            Err((fault, _)) => Err(down(fault.code(false).slug())),
        };
        let (addresses, stream) = begun.map_err(|(fault, facts)| self.proxy_failure(proxy, fault, facts))?;
        let ask = Ask::Through(proxy, &addresses);
        if proxy.kind() == ProxyKind::Https {
            let shown = tls::PeerCertificates::default();
            let encrypted = self.handshake(stream, proxy.name(), &shown).await;
            let Ok(stream) = encrypted else {
                let is_plain = plain::is_spoken_by(proxy, &addresses, self.base.name(), self.base.port()).await;
                let (fault, mut facts) = down(if is_plain { "speaks-http" } else { "tls" });
                if is_plain {
                    facts.push(Evidence::new("instead", proxy.shown().replacen("https://", "http://", 1)));
                }
                return Err(self.proxy_failure(proxy, fault, facts));
            };
            let (stream, date) = self.tunnel(stream, proxy).await?;
            self.encrypt(stream, date, ask, false).await
        } else {
            let (stream, date) = self.tunnel(stream, proxy).await?;
            self.encrypt(stream, date, ask, false).await
        }
    }

    /// Asks the proxy for a tunnel to the gateway; the proxy then does the name lookup and the connection as well.
    async fn tunnel<S>(&mut self, mut stream: S, proxy: &Proxy) -> Passed<(S, Option<String>)>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let asked = tunnel::ask(&mut stream, proxy, self.base.name(), self.base.port());
        let answer = match timeout_at(self.until, asked).await {
            Ok(answer) => answer,
            Err(_) => {
                let facts = vec![Evidence::new("because", "timeout")];
                return Err(self.proxy_failure(proxy, NetFault::ProxyDown, facts));
            }
        };
        if let Some(fault) = answer.fault {
            return Err(self.proxy_failure(proxy, fault, answer.facts));
        }
        for id in [LayerId::Name, LayerId::Tcp] {
            let facts = vec![Evidence::new("by", "proxy")];
            self.reach.steps.push(ProbeStep { id, facts, millis: None });
        }
        self.passed(LayerId::Proxy, vec![Evidence::new("proxy", proxy.shown())]);
        Ok((stream, answer.date))
    }

    /// The last step: the TLS handshake, and the cause if it fails.
    async fn encrypt<S>(&mut self, stream: S, date: Option<String>, ask: Ask<'_>, is_fake: bool) -> Passed<()>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let shown = tls::PeerCertificates::default();
        let result = self.handshake(stream, self.base.name(), &shown).await;
        let mut facts = certificate::facts(&shown.lock().unwrap_or_else(PoisonError::into_inner));
        let error = match result {
            Ok(stream) => {
                let version = stream.get_ref().1.protocol_version().and_then(|version| version.as_str());
                facts.extend(version.map(|version| Evidence::new("version", version)));
                self.passed(LayerId::Tls, facts);
                return Ok(());
            }
            Err(error) => error,
        };
        let issuer = facts.iter().find(|fact| fact.name == "issuer").map(|fact| fact.value.clone());
        let fault = tls::fault(&error, issuer);
        if is_fake && matches!(fault, NetFault::Reset | NetFault::TcpTimeout) {
            // A proxy tool accepts connections to a made-up address, but cannot reach the gateway itself.
            return Err(self.failure(LayerId::Name, NetFault::DnsHijack, facts));
        }
        match &ask {
            Ask::Directly(addresses) => {
                let may_be_plain = matches!(fault, NetFault::TlsProto | NetFault::Reset);
                if may_be_plain && plain::is_spoken(addresses, self.base.host()).await {
                    facts.push(Evidence::new("because", "speaks-http"));
                    facts.push(Evidence::new("host", self.base.host()));
                    return Err(self.failure(LayerId::Tls, NetFault::SpeaksHttp, facts));
                }
            }
            Ask::Through(proxy, _) => facts.push(Evidence::new("proxy", proxy.shown())),
        }
        let mut failure = self.failure(LayerId::Tls, fault, facts);
        if matches!(failure.fault, NetFault::TlsExpired | NetFault::TlsNotYetValid) {
            let off = clock::off(date.as_deref(), self.base.name(), ask, self.options).await;
            failure.clock_is_off = off.is_some();
            failure.facts.extend(off.map(|hours| Evidence::new("clock_off_hours", hours)));
        }
        Err(failure)
    }

    async fn handshake<S>(&self, stream: S, name: &str, shown: &tls::PeerCertificates) -> io::Result<TlsStream<S>>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let config = tls::config(self.options, shown).map_err(io::Error::other)?;
        let name = ServerName::try_from(name.to_owned()).map_err(io::Error::other)?;
        let handshake = TlsConnector::from(Arc::new(config)).connect(name, stream);
        timeout_at(self.until, handshake).await.unwrap_or_else(|_| Err(ErrorKind::TimedOut.into()))
    }

    async fn look_up(&self, name: &str, port: u16) -> Result<Vec<SocketAddr>, (NetFault, Option<Evidence>)> {
        let until = self.until.min(self.since + self.options.limits.name);
        let fault = || if is_online() { NetFault::Dns } else { NetFault::Offline };
        match timeout_at(until, self.options.names.look_up(name, port)).await {
            Ok(Ok(addresses)) if !addresses.is_empty() => Ok(addresses),
            Ok(Err(error)) if matches!(error.kind(), ErrorKind::NetworkUnreachable | ErrorKind::NetworkDown) => {
                Err((NetFault::Offline, None))
            }
            Ok(_) => Err((fault(), None)),
            Err(_) => Err((fault(), Some(Evidence::new("because", "timeout")))),
        }
    }

    /// A name with a made-up address is no fault as long as that address answers: proxy tools work that way. If it
    /// does not answer, the fault is in the name lookup.
    fn not_connected(&self, failed: NotConnected, addresses: &[SocketAddr]) -> Box<ProbeFailure> {
        let is_name = self.base.name().parse::<IpAddr>().is_err() && !self.base.is_loopback();
        if is_name && is_only(addresses, is_made_up) {
            let mut facts = failed.facts;
            facts.push(Evidence::new("because", failed.fault.code(false).slug()));
            return self.failure(LayerId::Name, NetFault::DnsHijack, facts);
        }
        let mut facts = failed.facts;
        if self.base.is_loopback() {
            facts.push(Evidence::new("place", "this-computer"));
        } else if is_only(addresses, is_private) {
            facts.push(Evidence::new("where", "private"));
        }
        self.failure(LayerId::Tcp, failed.fault, facts)
    }

    fn proxy_failure(&self, proxy: &Proxy, fault: NetFault, more: Vec<Evidence>) -> Box<ProbeFailure> {
        let mut facts = vec![Evidence::new("proxy", proxy.shown())];
        facts.extend(more);
        self.failure(LayerId::Proxy, fault, facts)
    }

    fn failure(&self, layer: LayerId, fault: NetFault, facts: Vec<Evidence>) -> Box<ProbeFailure> {
        Box::new(ProbeFailure { layer, fault, clock_is_off: false, facts, millis: Some(self.millis()) })
    }

    fn passed(&mut self, id: LayerId, facts: Vec<Evidence>) {
        self.reach.steps.push(ProbeStep { id, facts, millis: Some(self.millis()) });
        self.since = Instant::now();
    }

    fn not_needed(&mut self, id: LayerId) {
        self.reach.steps.push(ProbeStep { id, facts: vec![Evidence::new("needed", "no")], millis: None });
    }

    fn millis(&self) -> u32 {
        u32::try_from(self.since.elapsed().as_millis()).unwrap_or(u32::MAX)
    }
}

fn is_only(addresses: &[SocketAddr], kind: fn(IpAddr) -> bool) -> bool {
    addresses.iter().all(|address| kind(address.ip()))
}
