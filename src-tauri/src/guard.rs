//! One shape for every command: its body runs as a task of its own, so that a panic in it becomes an
//! answer. Without this, the page would wait for ever.

use std::future::Future;

use airouter_core::finding::{Code, Finding};

/// Runs the body of a command.
pub(crate) async fn guard<T, F>(body: F) -> Result<T, Finding>
where
    T: Send + 'static,
    F: Future<Output = Result<T, Finding>> + Send + 'static,
{
    tauri::async_runtime::spawn(body).await.unwrap_or_else(|_| Err(Finding::new(Code::Crashed)))
}

/// Runs something that blocks, such as looking at files or waiting for Claude.
pub(crate) async fn guard_blocking<T, F>(body: F) -> Result<T, Finding>
where
    T: Send + 'static,
    F: FnOnce() -> Result<T, Finding> + Send + 'static,
{
    tauri::async_runtime::spawn_blocking(body).await.unwrap_or_else(|_| Err(Finding::new(Code::Crashed)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_becomes_an_answer() {
        let answer: Result<(), Finding> = guard(async { panic!("sk-canary") }).await;
        let finding = answer.unwrap_err();
        assert_eq!(finding.code, Code::Crashed);
        assert!(finding.evidence.is_empty(), "a panic's text may quote a key");
        let answer: Result<(), Finding> = guard_blocking(|| panic!("sk-canary")).await;
        assert_eq!(answer.unwrap_err().code, Code::Crashed);
    }
}
