//! What a person does to a running app, played by signals where there are signals, else by messages to
//! windows.
//!
//! TERM and INT quit, USR1 closes the window, USR2 continues on the sign-in screen.

use std::io;
#[cfg(unix)]
use std::task::Poll;

use super::wish::Wish;

#[cfg(unix)]
pub(super) struct Person([(Wish, tokio::signal::unix::Signal); 4]);

#[cfg(unix)]
impl Person {
    pub(super) fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self([
            (Wish::Quit, signal(SignalKind::terminate())?),
            (Wish::Quit, signal(SignalKind::interrupt())?),
            (Wish::CloseWindow, signal(SignalKind::user_defined1())?),
            (Wish::Continue, signal(SignalKind::user_defined2())?),
        ]))
    }

    /// The next wish.
    pub(super) async fn wish(&mut self) -> Wish {
        std::future::poll_fn(|context| {
            for (wish, signal) in &mut self.0 {
                if signal.poll_recv(context).is_ready() {
                    return Poll::Ready(*wish);
                }
            }
            Poll::Pending
        })
        .await
    }
}

#[cfg(windows)]
pub(super) struct Person(super::on_windows::tray::Tray);

#[cfg(windows)]
impl Person {
    pub(super) fn listen() -> io::Result<Self> {
        super::on_windows::tray::Tray::open().map(Self)
    }

    /// The next wish.
    pub(super) async fn wish(&mut self) -> Wish {
        self.0.wish().await
    }
}
