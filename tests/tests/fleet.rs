//! A small fleet; `cargo xtask fleet` rolls out to a large one.
#![allow(clippy::disallowed_methods, missing_docs, reason = "a test works on files and processes")]

use anyhow::Result;
use e2e::fleet::roll_out;

#[tokio::test(flavor = "multi_thread")]
async fn forty_homes_are_provisioned_changed_repaired_and_undone() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let stages = roll_out(40, folder.path()).await?;
    let names: Vec<&str> = stages.iter().map(|stage| stage.name).collect();
    assert_eq!(names, ["provision", "change", "repair", "undo"]);
    for stage in &stages {
        assert_eq!(stage.healed + stage.untouched, 40, "{stage:?}");
    }
    assert!(stages.iter().any(|stage| stage.killed > 0), "nobody was killed: {stages:?}");
    assert!(stages.iter().any(|stage| stage.cut_off > 0), "nobody was cut off: {stages:?}");
    Ok(())
}
