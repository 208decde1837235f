//! The flow as a person walks it in the window.

use anyhow::{Result, ensure};

use crate::window::Window;

/// From the key to the list of models: types the key and waits until the check has passed.
pub async fn key_to_models(window: &Window, key: &str) -> Result<()> {
    window.wait_for_screen("key").await?;
    window.type_into("#key-input", key).await?;
    window.click("#check").await?;
    window.wait_for("#lamp-tools[data-state=\"ok\"], [data-screen=\"models\"]").await?;
    // A check with nothing to say goes on by itself; one with a warning waits for the person.
    window.wait_for("#to-models, [data-screen=\"models\"]").await?;
    if window.count("[data-screen=\"models\"]").await? == 0 && window.count("#to-models").await? == 1 {
        // It may go on in this very moment.
        let _ = window.click("#to-models").await;
    }
    window.wait_for_screen("models").await
}

/// From the list of models to the end of applying.
pub async fn models_to_result(window: &Window) -> Result<()> {
    window.click("#to-review").await?;
    window.wait_for_screen("review").await?;
    window.click("#apply").await?;
    window.wait_for_screen("result").await
}

/// The whole flow, up to the proof.
pub async fn to_proof(window: &Window, key: &str) -> Result<()> {
    key_to_models(window, key).await?;
    models_to_result(window).await?;
    let outcome = window.attribute("[data-outcome]", "data-outcome").await?;
    ensure!(outcome.as_deref() == Some("proved"), "{outcome:?}: {}", window.text("body").await?);
    Ok(())
}

/// From the result, or the status, back to where everything began.
pub async fn undo(window: &Window) -> Result<()> {
    window.click("#undo, #leave").await?;
    window.click("#undo-confirm, #leave-confirm").await?;
    window.wait_for_screen("undone").await
}

/// Types a key that will not do, and gives the code of the first finding.
pub async fn refused_code(window: &Window, key: &str) -> Result<String> {
    window.wait_for_screen("key").await?;
    window.type_into("#key-input", key).await?;
    window.click("#check").await?;
    let code = window.attribute("[data-code]", "data-code").await?;
    Ok(code.unwrap_or_default())
}
