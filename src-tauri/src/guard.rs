//! One shape for every command: its body runs as a task of its own, so that a panic in it becomes an
//! answer. Without this, the page would wait for ever. And the one way out to the page: no answer holds a
//! secret that this process knows.

use std::future::Future;
use std::marker::PhantomData;

use airouter_core::finding::{Code, Finding};
use airouter_platform::redaction;
use serde::{Serialize, Serializer};
use serde_json::Value;

/// An answer for the page, without any secret that was known before or after it was made.
pub struct Cleaned<T> {
    value: Value,
    made_of: PhantomData<T>,
}

impl<T> Serialize for Cleaned<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value.serialize(serializer)
    }
}

/// Runs the body of a command.
pub(crate) async fn guard<T, F>(body: F) -> Result<Cleaned<T>, Finding>
where
    T: Serialize + Send + 'static,
    F: Future<Output = Result<T, Finding>> + Send + 'static,
{
    let before = redaction::redactor();
    cleaned(tauri::async_runtime::spawn(body).await, &before)
}

/// Runs something that blocks, such as looking at files or waiting for Claude.
pub(crate) async fn guard_blocking<T, F>(body: F) -> Result<Cleaned<T>, Finding>
where
    T: Serialize + Send + 'static,
    F: FnOnce() -> Result<T, Finding> + Send + 'static,
{
    let before = redaction::redactor();
    cleaned(tauri::async_runtime::spawn_blocking(body).await, &before)
}

/// The same for a part of a command, whose result does not go to the page.
pub(crate) async fn aside<T, F>(body: F) -> Result<T, Finding>
where
    T: Send + 'static,
    F: FnOnce() -> Result<T, Finding> + Send + 'static,
{
    tauri::async_runtime::spawn_blocking(body).await.unwrap_or_else(|_| Err(Finding::new(Code::Crashed)))
}

/// A command may forget what it knew, as undoing does, or learn what it tells, as a paste does.
fn cleaned<T: Serialize>(
    ended: Result<Result<T, Finding>, tauri::Error>,
    before: &airouter_core::secret::Redactor,
) -> Result<Cleaned<T>, Finding> {
    let after = redaction::redactor();
    let value = ended.unwrap_or_else(|_| Err(Finding::new(Code::Crashed)));
    let value = value.map_err(|finding| finding.redacted(before).redacted(&after))?;
    let mut value = serde_json::to_value(value).map_err(|_| Finding::new(Code::Crashed))?;
    redaction::clean_with(&mut value, before);
    redaction::clean_with(&mut value, &after);
    Ok(Cleaned { value, made_of: PhantomData })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_becomes_an_answer() {
        let answer: Result<Cleaned<()>, Finding> = guard(async { panic!("sk-canary") }).await;
        let finding = answer.err().unwrap();
        assert_eq!(finding.code, Code::Crashed);
        assert!(finding.evidence.is_empty(), "a panic's text may quote a key");
        let answer: Result<Cleaned<()>, Finding> = guard_blocking(|| panic!("sk-canary")).await;
        assert_eq!(answer.err().unwrap().code, Code::Crashed);
    }
}
