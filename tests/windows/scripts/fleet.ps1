# Judges the script for fleets and runs it in Windows' own PowerShell where the program is not installed.
$ErrorActionPreference = 'Stop'
$root = (Resolve-Path (Join-Path $PSScriptRoot '..\..\..')).Path
$script = Join-Path $root 'src-tauri\crates\core\src\fleet\templates\intune.ps1'

if ($PSVersionTable.PSVersion.Major -ne 5) { throw "this is PowerShell $($PSVersionTable.PSVersion)" }
if (-not (Get-Module -ListAvailable PSScriptAnalyzer)) { throw 'PSScriptAnalyzer is not on this computer' }
$faults = Invoke-ScriptAnalyzer -Path $script -Severity Error, Warning
if ($faults) { throw ($faults | Out-String) }

$said = & powershell.exe -NoProfile -ExecutionPolicy Bypass -File $script
if ($LASTEXITCODE -ne 1) { throw "ended with ${LASTEXITCODE}: $said" }
