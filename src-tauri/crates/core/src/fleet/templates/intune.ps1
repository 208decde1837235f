# Connects Claude Desktop for the person who is signed in. For Intune: Devices, Scripts, "Run this script
# using the logged on credentials: Yes", 64-bit. It may run daily: what is right already stays untouched.
#
# The key comes from a file that only this person can read and that is removed once the key is in the
# Credential Manager. Without that file the key that is stored already is used.
#
# Ends with 0 when Claude is connected, 1 when a finding blocks, 2 wrong use, 3 refused and nothing
# written, 4 an error of the program.
$ErrorActionPreference = 'Stop'
$preset = '@PRESET@'
$keyFile = if ($env:AIROUTER_KEY_FILE) { $env:AIROUTER_KEY_FILE } else { Join-Path $env:LOCALAPPDATA 'airouter-key.txt' }

$places = @($env:ProgramFiles, $env:LOCALAPPDATA) | Where-Object { $_ }
$cli = $places | ForEach-Object { Join-Path $_ 'AIRouter Setup\airouter-setup-cli.exe' } | Where-Object { Test-Path -LiteralPath $_ } | Select-Object -First 1
if (-not $cli) { Write-Output 'AIRouter Setup is not installed.'; exit 1 }

$file = [IO.Path]::ChangeExtension([IO.Path]::GetTempFileName(), '.airouter')
try {
    [IO.File]::WriteAllBytes($file, [Convert]::FromBase64String($preset))
    $words = @('apply', '--preset', $file, '--write-only', '--yes', '--json')
    if (Test-Path -LiteralPath $keyFile) {
        Get-Content -LiteralPath $keyFile -Raw | & $cli @words --key-stdin
        if ($LASTEXITCODE -eq 0) { Remove-Item -LiteralPath $keyFile }
    } else {
        & $cli @words
    }
    exit $LASTEXITCODE
} finally {
    Remove-Item -LiteralPath $file -ErrorAction SilentlyContinue
}
