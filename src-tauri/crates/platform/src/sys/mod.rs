//! One file a system, with the same functions. There is no trait: only one of them is ever built.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
pub(crate) use linux::*;

#[cfg(not(target_os = "linux"))]
compile_error!("only Linux is built so far: Windows and macOS need a file of their own beside linux.rs");
