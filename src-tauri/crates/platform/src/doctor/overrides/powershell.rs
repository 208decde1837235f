//! Variables that are set in a PowerShell profile. PowerShell takes names in either case and has several ways to set
//! a variable; Windows' own names for variables of Claude Code are upper case.

/// The variables that are set in these lines, in upper case; comments and mere uses do not count.
pub(super) fn names(text: &str) -> Vec<String> {
    text.lines().filter_map(|line| set_in(line.trim())).collect()
}

fn set_in(line: &str) -> Option<String> {
    if line.starts_with('#') {
        return None;
    }
    let lower = line.to_ascii_lowercase();
    // [Environment]::SetEnvironmentVariable('NAME', 'value')
    if let Some((_, after)) = lower.split_once("::setenvironmentvariable(") {
        return name_at(after.trim_start().trim_start_matches(['\'', '"'])).map(|(name, _)| name);
    }
    let (before, after) = lower.split_once("env:")?;
    let (name, rest) = name_at(after.trim_start_matches(['\\', '/']))?;
    // $env:NAME = 'value', ${env:NAME} = 'value'
    let rest = rest.trim_start_matches('}').trim_start();
    let is_assigned = before.ends_with(['$', '{']) && (rest.starts_with('=') || rest.starts_with("+="));
    // Set-Item -Path Env:\NAME -Value 'value'
    let is_item = before
        .split_whitespace()
        .next()
        .is_some_and(|word| ["set-item", "new-item", "set-content", "si", "ni", "sc"].contains(&word));
    (is_assigned && !rest.starts_with("==") || is_item && !before.contains('$')).then_some(name)
}

/// The name at the beginning of a text, and what follows it.
fn name_at(text: &str) -> Option<(String, &str)> {
    let end = text.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    (!name.is_empty()).then(|| (name.to_ascii_uppercase(), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_set_a_variable_is_known() {
        for line in [
            "$env:ANTHROPIC_API_KEY = 'sk-1'",
            "  $Env:anthropic_api_key=\"sk-1\"",
            "${env:ANTHROPIC_API_KEY} = 'sk-1'",
            "Set-Item -Path Env:\\ANTHROPIC_API_KEY -Value sk-1",
            "Set-Item Env:ANTHROPIC_API_KEY sk-1",
            "[Environment]::SetEnvironmentVariable('ANTHROPIC_API_KEY', 'sk-1')",
            "[System.Environment]::SetEnvironmentVariable( \"ANTHROPIC_API_KEY\", $key, 'User')",
        ] {
            assert_eq!(names(line), ["ANTHROPIC_API_KEY"], "{line}");
        }
    }

    #[test]
    fn comments_and_uses_are_none() {
        for line in [
            "# $env:ANTHROPIC_API_KEY = 'sk-1'",
            "Write-Host $env:ANTHROPIC_API_KEY",
            "if ($env:ANTHROPIC_API_KEY == 'x') { }",
            "Remove-Item Env:ANTHROPIC_API_KEY",
            "$other = $env:ANTHROPIC_API_KEY",
            "Set-Item Path $env:ANTHROPIC_API_KEY",
            "",
            "$env:",
        ] {
            assert_eq!(names(line), [""; 0], "{line}");
        }
    }
}
