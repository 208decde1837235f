# Installs, starts and removes the program on a Windows that is thrown away afterwards.
param([Parameter(Mandatory)] [string] $Folder)
$ErrorActionPreference = 'Stop'

function Assert-That([bool] $Condition, [string] $What) {
    if (-not $Condition) { throw "not so: $What" }
}

$setup = (Get-ChildItem -LiteralPath $Folder -Filter '*-setup.exe' | Select-Object -First 1).FullName
$installed = Join-Path $env:LOCALAPPDATA 'Programs\AIRouter Setup'
$ended = Start-Process -FilePath $setup -ArgumentList '/S' -Wait -PassThru
Assert-That ($ended.ExitCode -eq 0) "the installer ended with $($ended.ExitCode)"
foreach ($name in 'airouter-setup.exe', 'airouter-credential.exe', 'airouter-setup-cli.exe', 'uninstall.exe') {
    Assert-That (Test-Path -LiteralPath (Join-Path $installed $name)) "$name is installed"
}

$answer = & (Join-Path $installed 'airouter-setup-cli.exe') status --json | ConvertFrom-Json
Assert-That ($answer.findings.code -contains 'AR-101') 'the command line finds no Claude here'

# The window opens, which needs WebView2, and stays open.
$window = Start-Process -FilePath (Join-Path $installed 'airouter-setup.exe') -PassThru
Start-Sleep -Seconds 20
Assert-That (-not $window.HasExited) 'the window is open'
$window | Stop-Process -Force
Wait-Process -Id $window.Id -ErrorAction SilentlyContinue

# With _?= the uninstaller works where it lies, so its end can be waited for; it then cannot remove itself.
$removed = Start-Process -FilePath (Join-Path $installed 'uninstall.exe') -ArgumentList '/S', "_?=$installed" -Wait -PassThru
Assert-That ($removed.ExitCode -eq 0) "the uninstaller ended with $($removed.ExitCode)"
Assert-That (-not (Test-Path -LiteralPath (Join-Path $installed 'airouter-setup.exe'))) 'the program is removed'
