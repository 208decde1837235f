# Connects Claude Desktop for the person who is signed in. For Intune: Devices, Scripts, "Run this script
# using the logged on credentials: Yes", 64-bit. It may run daily: what is right already stays untouched.
#
# AIRouter Setup is looked for where its installer puts it for everybody (/ALLUSERS), where it puts it for one
# person, and beside this script. Only cmdlets are used, so it also runs where PowerShell is restricted to its
# constrained language. All letters of the preset are ASCII, since PowerShell 5.1 reads others as it likes.
#
# The key comes from a file that only this person can read and that is removed once the key is in the
# Credential Manager. Without that file the key that is stored already is used.
#
# Ends with 0 when Claude is connected, 1 when a finding blocks, 2 wrong use, 3 refused and nothing
# written, 4 an error of the program.
$ErrorActionPreference = 'Stop'
$preset = '@PRESET_JSON@'
$keyFile = if ($env:AIROUTER_KEY_FILE) { $env:AIROUTER_KEY_FILE } else { Join-Path $env:LOCALAPPDATA 'airouter-key.txt' }

# A 32-bit PowerShell knows the 64-bit folder by another name.
$programs = if ($env:ProgramW6432) { $env:ProgramW6432 } else { $env:ProgramFiles }
$places = @()
if ($programs) { $places += Join-Path $programs 'AIRouter Setup' }
if ($env:LOCALAPPDATA) { $places += Join-Path $env:LOCALAPPDATA 'Programs\AIRouter Setup' }
if ($PSScriptRoot) { $places += $PSScriptRoot }
$cli = $places | ForEach-Object { Join-Path $_ 'airouter-setup-cli.exe' } | Where-Object { Test-Path -LiteralPath $_ } | Select-Object -First 1
if (-not $cli) { Write-Output 'AIRouter Setup is not installed.'; exit 1 }

$file = Join-Path $env:TEMP "$(New-Guid).airouter"
$ended = 4
try {
    Set-Content -LiteralPath $file -Value $preset -Encoding Ascii
    $words = @('apply', '--preset', $file, '--write-only', '--yes', '--json')
    if (Test-Path -LiteralPath $keyFile) {
        Get-Content -LiteralPath $keyFile -Raw | & $cli @words --key-stdin
        $ended = $LASTEXITCODE
        if ($ended -eq 0) { Remove-Item -LiteralPath $keyFile }
    } else {
        & $cli @words
        $ended = $LASTEXITCODE
    }
} catch {
    Write-Output "$_"
} finally {
    Remove-Item -LiteralPath $file -ErrorAction SilentlyContinue
}
exit $ended
