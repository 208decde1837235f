//! A desktop session of its own for a window: a private D-Bus session, a virtual display and an unlocked key
//! ring, none of which is the person's.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::step::target;

/// Wide and high enough for the largest window in the pictures. Without `-noreset` the display starts anew
/// whenever its last window is closed, and refuses one that is opened in that moment.
pub(crate) const SCREEN: &str = "-screen 0 1400x1100x24 -noreset";
/// How the bus starts the key ring when somebody asks for it: unlocked. It may have to more than once:
/// gnome-keyring 42 was seen to end under many short-lived programs (others report it of 50, where a program
/// goes away while it is answered), and the service that comes with the package would start a locked one in
/// its place, which nobody is there to unlock. Each start leaves a line for the tests to count, and what the
/// service complains of is kept beside it.
const KEY_RING: &str = "\
[D-BUS Service]
Name=org.freedesktop.secrets
Exec=/bin/sh -c \"echo started >>$HOME/key-ring-starts; printf practice | exec gnome-keyring-daemon --unlock --foreground --components=secrets >/dev/null 2>>$HOME/key-ring-errors\"
";

/// Has a session's bus start the key ring unlocked. `data` is a folder that the bus searches before
/// `/usr/share`: the session's `XDG_RUNTIME_DIR`, or a system's `/usr/local/share`.
pub(crate) fn offer_key_ring(data: &Path) -> Result<()> {
    let services = data.join("dbus-1/services");
    std::fs::create_dir_all(&services)?;
    Ok(std::fs::write(services.join("org.freedesktop.secrets.service"), KEY_RING)?)
}

/// A program of the package `e2e`, in such a session; [`crate::build::programs_and_drivers`] builds it.
///
/// # Errors
/// Those of [`session`].
pub(crate) fn driver(name: &str) -> Result<Command> {
    let mut command = session("desktop", 0)?;
    command.arg(target().join("debug").join(name));
    Ok(command)
}

/// A session for a program, whose path and words are still to be added. Its home is a new one each time, at
/// `target/<name>`; the bus hands its environment to whatever it starts, so everything of the person's is taken
/// away before. Sessions with different names and numbers may run at once.
///
/// # Errors
/// The home of an earlier session stays, or the new one cannot be made.
pub(crate) fn session(name: &str, number: usize) -> Result<Command> {
    let home = target().join(name);
    let run = home.join("run");
    if home.exists() {
        std::fs::remove_dir_all(&home).context("the home of an earlier session")?;
    }
    std::fs::create_dir_all(home.join(".config/gtk-3.0"))?;
    std::fs::create_dir_all(&run)?;
    offer_key_ring(&run)?;
    keep_private(&run)?;

    // Each looks for a free display in a range of its own: two that look at once would find the same.
    let display = (99 + 100 * number).to_string();
    let mut command = Command::new("dbus-run-session");
    command
        .args(["--", "xvfb-run", "-a", "-n", &display, "-s", SCREEN])
        .current_dir(crate::step::root())
        .env("HOME", &home)
        .env("XDG_RUNTIME_DIR", &run)
        .env("LANG", "C.UTF-8")
        .env("PROGRAMS", target().join("debug"));
    for name in [
        "XDG_CONFIG_HOME",
        "XDG_DATA_HOME",
        "XDG_CACHE_HOME",
        "DBUS_SESSION_BUS_ADDRESS",
        "WAYLAND_DISPLAY",
        "LC_ALL",
        "CLAUDE_USER_DATA_DIR",
        "HTTPS_PROXY",
        "https_proxy",
        "ALL_PROXY",
        "all_proxy",
        "GNOME_KEYRING_CONTROL",
    ] {
        command.env_remove(name);
    }
    Ok(command)
}

/// Makes a folder its owner's alone, as a session's runtime folder must be.
#[cfg(unix)]
fn keep_private(folder: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    Ok(std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))?)
}

/// There are no such sessions elsewhere.
#[cfg(not(unix))]
fn keep_private(_: &Path) -> Result<()> {
    Ok(())
}
