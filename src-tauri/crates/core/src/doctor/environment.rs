//! Additional information: settings that may take precedence, and requirements of Claude's virtual machine.

use super::DoctorStep::Environment;
use super::checklist::CheckList;
use super::facts::DoctorFacts;
use crate::finding::{Code, Finding};

/// Less free space than this is little for Claude's virtual machine and its agent, in bytes (G).
const LITTLE_ROOM: u64 = 10 * 1024 * 1024 * 1024;

pub(super) fn look(facts: &DoctorFacts, list: &mut CheckList) {
    list.fixed_by_connecting(Environment, Code::EnvironmentOverrides, overrides(facts));
    let parts = &facts.parts;
    let disk = |free: u64| {
        let gigabytes = free / (1024 * 1024 * 1024);
        (free < LITTLE_ROOM).then(|| Finding::new(Code::DiskLow).with("free", format!("{gigabytes} GB")))
    };
    list.tested_if(Environment, Code::DiskLow, parts.free.map(disk));
    let machine = |can: bool| (!can).then(|| Finding::new(Code::NoVirtualisation));
    list.tested_if(Environment, Code::NoVirtualisation, parts.virtualisation.map(machine));
    let downloads = |why: Finding| {
        let finding = Finding::new(Code::DownloadsUnreachable).with("host", "downloads.claude.ai");
        finding.with("because", why.code.number())
    };
    list.tested_if(Environment, Code::DownloadsUnreachable, parts.downloads.clone().map(|why| why.map(downloads)));
}

fn overrides(facts: &DoctorFacts) -> Option<Finding> {
    let distinct = |values: Vec<&str>| {
        let mut seen: Vec<&str> = Vec::new();
        for value in values {
            if !seen.contains(&value) {
                seen.push(value);
            }
        }
        seen.join(", ")
    };
    let all = &facts.overrides;
    (!all.is_empty()).then(|| {
        Finding::new(Code::EnvironmentOverrides)
            .with("keys", distinct(all.iter().map(|each| each.name.as_str()).collect()))
            .with("path", distinct(all.iter().map(|each| each.place.as_str()).collect()))
    })
}
