//! What a screen reader hears: the tree that the window offers on the accessibility bus (AT-SPI), not
//! what the page means to offer. The page's part of it lives in a process of WebKit's, under a tree of
//! GTK's, and has a name on the bus that libraries for AT-SPI take for none; so the bus is asked directly.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use atspi_common::{Role, State, StateSet};
use zbus::proxy::CacheProperties;
use zbus::zvariant::{OwnedObjectPath, Type};
use zbus::{Connection, Proxy};

/// Where an object is: a name on the bus and a path.
#[derive(Debug, serde::Deserialize, Type)]
struct Place(String, OwnedObjectPath);

/// The screen reader's own connection.
pub struct ScreenReader {
    bus: Connection,
}

/// One thing that can be told of.
#[derive(Debug)]
pub struct TimedReply {
    /// What it is.
    pub role: Role,
    /// What it is called.
    pub name: String,
    /// What is said of it besides.
    pub description: String,
    /// Its attribute `live`: whether its changes are told, and how urgently.
    pub live: String,
    /// How it is.
    pub states: StateSet,
    /// What is in it.
    pub children: Vec<TimedReply>,
}

impl ScreenReader {
    /// Starts to listen. Programs offer their tree to whoever is on the bus.
    pub async fn listen() -> Result<Self> {
        let session = Connection::session().await?;
        let launcher = Proxy::new(&session, "org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus").await?;
        let address: String = launcher.call("GetAddress", &()).await.context("is at-spi2-core installed?")?;
        let bus = zbus::connection::Builder::address(address.as_str())?.build().await?;
        Ok(Self { bus })
    }

    /// The page in a program's window, as soon as it is there.
    pub async fn page(&self, program: &str) -> Result<TimedReply> {
        let mut heard = String::new();
        for _ in 0..100 {
            heard.clear();
            let desktop = self.object("org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root").await?;
            for app in self.children(&desktop).await? {
                // What is just being built or taken down is asked again.
                match self.told(app).await {
                    Ok(told) if told.name == program => {
                        heard.push_str(&told.to_string());
                        if let Some(page) = told.into_page() {
                            return Ok(page);
                        }
                    }
                    Ok(told) => heard.push_str(&format!("{}\n", told.name)),
                    Err(error) => heard.push_str(&format!("{error:#}\n")),
                }
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        bail!("{program} offers no page to a screen reader, but:\n{heard}")
    }

    async fn object(&self, name: &str, path: &str) -> Result<Proxy<'static>> {
        let builder = zbus::proxy::Builder::new(&self.bus)
            .destination(name.to_owned())?
            .path(path.to_owned())?
            .interface("org.a11y.atspi.Accessible")?
            .cache_properties(CacheProperties::No);
        Ok(builder.build().await?)
    }

    /// One by one: GTK leaves out of its list of children the one that lives in another process.
    async fn children(&self, object: &Proxy<'_>) -> Result<Vec<Proxy<'static>>> {
        let mut children = Vec::new();
        for index in 0..object.get_property::<i32>("ChildCount").await? {
            let Place(name, path) = object.call("GetChildAtIndex", &(index,)).await?;
            if path.as_str() != "/org/a11y/atspi/null" {
                children.push(self.object(&name, path.as_str()).await?);
            }
        }
        Ok(children)
    }

    fn told(&self, object: Proxy<'static>) -> Pin<Box<dyn Future<Output = Result<TimedReply>> + '_>> {
        Box::pin(async move {
            let attributes: std::collections::HashMap<String, String> =
                object.call("GetAttributes", &()).await.unwrap_or_default();
            let mut told = TimedReply {
                role: object.call("GetRole", &()).await?,
                name: object.get_property("Name").await?,
                description: object.get_property("Description").await.unwrap_or_default(),
                live: attributes.get("live").or(attributes.get("container-live")).cloned().unwrap_or_default(),
                states: object.call("GetState", &()).await?,
                children: Vec::new(),
            };
            for child in self.children(&object).await? {
                told.children.push(self.told(child).await?);
            }
            Ok(told)
        })
    }
}

impl TimedReply {
    /// Itself and everything in it, in reading order.
    pub fn all(&self) -> Vec<&Self> {
        let mut all = vec![self];
        all.extend(self.children.iter().flat_map(Self::all));
        all
    }

    /// The first with a role whose name satisfies.
    pub fn find(&self, role: Role, name: impl Fn(&str) -> bool) -> Result<&Self> {
        let found = self.all().into_iter().find(|told| told.role == role && name(&told.name));
        found.with_context(|| format!("no {role:?} of that name in:\n{self}"))
    }

    /// All words in it, in reading order.
    pub fn words(&self) -> String {
        let names: Vec<&str> = self.all().into_iter().map(|told| told.name.as_str()).collect();
        names.join(" ")
    }

    /// Whether it is so.
    pub fn is(&self, state: State) -> bool {
        self.states.contains(state)
    }

    fn into_page(self) -> Option<Self> {
        if self.role == Role::DocumentWeb {
            return Some(self);
        }
        self.children.into_iter().find_map(Self::into_page)
    }
}

impl fmt::Display for TimedReply {
    /// Indented, as a person reads a tree.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fn line(told: &TimedReply, depth: usize, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            let TimedReply { role, name, live, .. } = told;
            writeln!(formatter, "{:indent$}{} \"{name}\" {live}", "", role.name(), indent = depth * 2)?;
            told.children.iter().try_for_each(|child| line(child, depth + 1, formatter))
        }
        line(self, 0, formatter)
    }
}
