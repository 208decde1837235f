//! Runs the real check against simulated servers, and checks what all faults have in common.

use std::time::{Duration, Instant, SystemTime};

use airouter_core::address::GatewayUrl;
use airouter_core::check::{CheckReport, LampState, Layer, LayerId};
use airouter_core::finding::{Code, Owner};
use airouter_core::proxy::ProxySettings;
use airouter_core::secret::Secret;
use airouter_platform::check::{CheckRequest, check_with};
use airouter_platform::net::{Answer, Limits, Names, Options, PlainPort, Proxies};
use airouter_practice::gateway::Fault;
use tokio::sync::watch;

use crate::pki::{HOST, roots};

/// Short limits, so that tests of endless replies end soon.
pub(crate) const LIMITS: Limits = Limits {
    name: Duration::from_millis(700),
    connect: Duration::from_millis(1500),
    request: Duration::from_millis(2000),
    whole: Duration::from_millis(8000),
    clock: Duration::from_millis(500),
    gaps: [Duration::ZERO; 2],
    longest_wait: Duration::ZERO,
};

/// A key that only the gateway may receive, within TLS. The practice gateway accepts it.
pub(crate) fn canary() -> String {
    Fault::Ok.example_key()
}

/// The settings of a check.
pub(crate) struct CheckRun {
    pub(crate) address: String,
    pub(crate) options: Options,
    pub(crate) proxy: Option<String>,
    pub(crate) key: String,
}

impl CheckRun {
    /// The gateway by name, with the address of this computer.
    pub(crate) fn host(port: u16) -> Self {
        Self::named(port, &["127.0.0.1"])
    }

    /// The gateway by name, with these addresses.
    pub(crate) fn named(port: u16, addresses: &[&str]) -> Self {
        let at = addresses.iter().map(|address| address.parse().expect("an address")).collect();
        // The default port is left out, because the check would remove it from the address.
        let port = if port == 443 { String::new() } else { format!(":{port}") };
        let mut run = Self::at(format!("https://{HOST}{port}/claude"));
        run.options.names = Names::of([(HOST, Answer::At(at))]);
        run
    }

    /// Any address.
    pub(crate) fn at(address: impl Into<String>) -> Self {
        let options = Options {
            limits: LIMITS,
            more_roots: roots(),
            proxies: Proxies::These(ProxySettings::default()),
            // A port without a server, unless a test sets another.
            plain_port: PlainPort(9),
            ..Options::default()
        };
        Self { address: address.into(), options, proxy: None, key: canary() }
    }

    pub(crate) fn through(mut self, proxy: impl Into<String>) -> Self {
        self.proxy = Some(proxy.into());
        self
    }

    pub(crate) fn with_clock(mut self, clock: SystemTime) -> Self {
        self.options.clock = Some(clock);
        self
    }

    pub(crate) fn with_plain_port(mut self, port: u16) -> Self {
        self.options.plain_port = PlainPort(port);
        self
    }

    pub(crate) fn with_limits(mut self, change: impl FnOnce(&mut Limits)) -> Self {
        change(&mut self.options.limits);
        self
    }

    pub(crate) async fn run(self) -> CheckOutcome {
        let (_stop, never) = watch::channel(false);
        let wanted = CheckRequest {
            base: GatewayUrl::parse(&self.address).expect("an address"),
            key: Secret::new(self.key),
            scheme: None,
            models: Vec::new(),
            claude: None,
            proxy: self.proxy,
        };
        let begin = Instant::now();
        let report = check_with(wanted, self.options, never, |_| {}).await;
        let outcome = CheckOutcome { report, took: begin.elapsed() };
        let text = format!("{:?}", outcome.report);
        assert!(!text.contains(&canary()) && !text.contains("s3cret"), "a secret in the report: {text}");
        outcome
    }
}

/// The result of a check.
pub(crate) struct CheckOutcome {
    pub(crate) report: CheckReport,
    pub(crate) took: Duration,
}

impl CheckOutcome {
    /// Checks the code, its owner, the layer that failed, and that the check ended in time.
    #[track_caller]
    pub(crate) fn failed(&self, code: Code, owner: Owner, layer: LayerId) -> &Self {
        let report = &self.report;
        let first = report.findings.first().unwrap_or_else(|| panic!("{code} was expected: {report:#?}"));
        assert_eq!((first.code, first.owner), (code, owner), "{:?}", report.findings);
        assert!(!report.passed);
        assert_eq!(report.layers.iter().map(|layer| layer.id).collect::<Vec<_>>(), LayerId::ALL);
        let failing = report.layers.iter().find(|layer| layer.state == LampState::Failed).expect("a failed layer");
        assert_eq!(failing.id, layer, "{:?}", report.layers);
        assert_eq!(failing.finding.as_ref().map(|finding| finding.code), Some(code));
        for layer in &report.layers {
            assert!(layer.id <= failing.id || layer.state == LampState::NotTested, "{layer:?}");
        }
        self.within(LIMITS.request + LIMITS.clock)
    }

    /// Checks that it ended within the limit plus one second.
    #[track_caller]
    pub(crate) fn within(&self, limit: Duration) -> &Self {
        assert!(self.took < limit + Duration::from_secs(1), "it took {:?}", self.took);
        self
    }

    #[track_caller]
    pub(crate) fn passed(&self) -> &Self {
        assert!(self.report.passed, "{:?} {:?}", self.report.findings, self.report.layers);
        assert!(self.report.layers.iter().all(|layer| matches!(layer.state, LampState::Ok | LampState::Warning)));
        self
    }

    pub(crate) fn layer(&self, id: LayerId) -> &Layer {
        self.report.layers.iter().find(|layer| layer.id == id).expect("all layers are there")
    }

    /// A fact of a layer.
    pub(crate) fn fact(&self, id: LayerId, name: &str) -> Option<&str> {
        self.layer(id).facts.iter().find(|fact| fact.name == name).map(|fact| fact.value.as_str())
    }

    /// A fact behind the first finding.
    pub(crate) fn evidence(&self, name: &str) -> Option<&str> {
        let facts = &self.report.findings.first()?.evidence;
        facts.iter().find(|fact| fact.name == name).map(|fact| fact.value.as_str())
    }
}

/// Checks that these bytes contain no key in any header.
#[track_caller]
pub(crate) fn assert_no_canary(recorded: &[u8]) {
    let recorded = String::from_utf8_lossy(recorded).to_lowercase();
    assert!(!recorded.contains(&canary().to_lowercase()), "the key was heard: {recorded}");
    assert!(!recorded.contains("authorization: bearer") && !recorded.contains("x-api-key"), "{recorded}");
}
