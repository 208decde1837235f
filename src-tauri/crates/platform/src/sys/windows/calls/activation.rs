//! Starting a package by the system's own function for that, which says what went wrong.

use std::io;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use windows::Win32::System::Com::{
    CLSCTX_LOCAL_SERVER, COINIT_APARTMENTTHREADED, CoAllowSetForegroundWindow, CoCreateInstance, CoInitializeEx,
    CoUninitialize,
};
use windows::Win32::UI::Shell::{AO_NONE, ApplicationActivationManager, IApplicationActivationManager};
use windows::core::HSTRING;

/// How long the system may take to answer; a service that hangs would hold up this program for ever.
const LIMIT: Duration = Duration::from_secs(60);

/// Starts the app of a package by its name, such as `Claude_pzs8sxrjxfjjc!Claude`; gives the HRESULT, zero for
/// success. It runs on a thread of its own, since the system's functions of this kind are bound to the way in which a
/// thread was prepared for them.
///
/// # Errors
/// `TimedOut` if the system does not answer in a minute, or the error if no thread can be started.
pub(in super::super) fn activate(app: &str) -> io::Result<u32> {
    let app = HSTRING::from(app);
    let (sender, receiver) = mpsc::channel();
    thread::Builder::new().spawn(move || {
        // Nobody may be waiting any more, which does not matter.
        let _ = sender.send(on_this_thread(&app));
    })?;
    receiver.recv_timeout(LIMIT).map_err(|_| io::Error::new(io::ErrorKind::TimedOut, "the system does not answer"))
}

fn on_this_thread(app: &HSTRING) -> u32 {
    // SAFETY: this thread is new and does nothing else; it is prepared first and cleaned up last.
    unsafe {
        let prepared = CoInitializeEx(None, COINIT_APARTMENTTHREADED);
        if prepared.is_err() {
            return prepared.0.cast_unsigned();
        }
        let answer = start(app);
        CoUninitialize();
        answer.map_or_else(|error| error.code().0.cast_unsigned(), |_| 0)
    }
}

fn start(app: &HSTRING) -> windows::core::Result<u32> {
    // SAFETY: the thread is prepared; the interface is released when it goes out of scope.
    unsafe {
        let manager: IApplicationActivationManager =
            CoCreateInstance(&ApplicationActivationManager, None, CLSCTX_LOCAL_SERVER)?;
        // Without it the window may open behind others, which is no reason not to start.
        let _ = CoAllowSetForegroundWindow(&manager, None);
        manager.ActivateApplication(app, None, AO_NONE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_that_does_not_exist_gives_an_error() {
        assert_ne!(activate("Nobody_0000000000000!App").unwrap(), 0);
    }
}
