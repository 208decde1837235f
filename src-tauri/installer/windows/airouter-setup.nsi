; The installer for Windows: for one person, without an administrator, in Chinese and English.
;
; It is compiled by `cargo xtask installer FOLDER`, which gives VERSION, PROGRAMS, ICON and OUT. What it
; installs can go again without Claude noticing: the helper program that Claude runs lies in the
; person's own folder, and the uninstaller leaves it there as long as a profile of Claude's names it.
;
;   /S                  asks nothing, shows nothing
;   uninstall /S /UNDO  also puts Claude back to what it was before

Unicode true
Target amd64-unicode
!include MUI2.nsh
!include FileFunc.nsh
!include LogicLib.nsh
!include WinVer.nsh

; Windows 10, version 1809: the oldest that Edge WebView2 and Claude Desktop's packages run on.
!define OLDEST_BUILD 17763
!define ENTRY "Software\Microsoft\Windows\CurrentVersion\Uninstall\AIRouter Setup"
!define WEBVIEW "Microsoft\EdgeUpdate\Clients\{F3017226-FE2A-4295-8BDF-00C3A9A7E4C5}"
; Microsoft's own small installer of the engine; this address never changes.
!define BOOTSTRAPPER "https://go.microsoft.com/fwlink/p/?LinkId=2124703"

Name "$(NAME)"
OutFile "${OUT}"
RequestExecutionLevel user
InstallDir "$LOCALAPPDATA\Programs\AIRouter Setup"
ManifestDPIAware true
VIProductVersion "${VERSION}.0"
VIAddVersionKey /LANG=0 "ProductName" "AIRouter Setup"
VIAddVersionKey /LANG=0 "ProductVersion" "${VERSION}"
VIAddVersionKey /LANG=0 "FileVersion" "${VERSION}"
VIAddVersionKey /LANG=0 "FileDescription" "AIRouter Setup"
VIAddVersionKey /LANG=0 "CompanyName" "AIRouter"
VIAddVersionKey /LANG=0 "LegalCopyright" "The authors of AIRouter Setup"

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_ABORTWARNING
!define MUI_FINISHPAGE_RUN "$INSTDIR\airouter-setup.exe"
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
; The first one is taken where the system speaks neither.
!insertmacro MUI_LANGUAGE "SimpChinese"
!insertmacro MUI_LANGUAGE "English"

LangString NAME ${LANG_SIMPCHINESE} "AIRouter 接入助手"
LangString NAME ${LANG_ENGLISH} "AIRouter Setup"
LangString TOO_OLD ${LANG_SIMPCHINESE} "这台电脑的Windows版本较早。需要Windows 10 1809（内部版本${OLDEST_BUILD}）或更新的版本，请先更新系统。"
LangString TOO_OLD ${LANG_ENGLISH} "Windows on this computer is an earlier version. Windows 10 1809 (build ${OLDEST_BUILD}) or newer is needed: please update it first."
LangString STILL_OPEN ${LANG_SIMPCHINESE} "AIRouter 接入助手还开着。请关闭它的窗口，然后重试。"
LangString STILL_OPEN ${LANG_ENGLISH} "AIRouter Setup is still open. Please close its window and try again."
LangString FETCHING ${LANG_SIMPCHINESE} "正在从微软下载显示窗口所需的WebView2……"
LangString FETCHING ${LANG_ENGLISH} "Downloading WebView2, which draws the window, from Microsoft…"
LangString NO_WEBVIEW ${LANG_SIMPCHINESE} "显示窗口所需的WebView2没有装好，可能是网络暂时连不上微软。请稍后再运行一次安装程序，或从 developer.microsoft.com/microsoft-edge/webview2 下载安装。"
LangString NO_WEBVIEW ${LANG_ENGLISH} "WebView2, which draws the window, could not be installed; perhaps Microsoft cannot be reached just now. Run this installer again later, or get it from developer.microsoft.com/microsoft-edge/webview2."
LangString UNDO ${LANG_SIMPCHINESE} "要同时把Claude恢复到接入之前的状态吗？$\r$\n$\r$\n选“是”：还原设置并删除保存的密钥；Claude若开着会先退出。$\r$\n选“否”：Claude继续通过AIRouter使用。"
LangString UNDO ${LANG_ENGLISH} "Should Claude also be put back to what it was before it was connected?$\r$\n$\r$\nYes: its settings are put back and the stored key is removed; Claude is quit first if it is open.$\r$\nNo: Claude goes on working through AIRouter."
LangString NOT_UNDONE ${LANG_SIMPCHINESE} "还原没有完成，Claude的设置保持原样。仍要卸载吗？"
LangString NOT_UNDONE ${LANG_ENGLISH} "Undoing did not finish; Claude's settings are as they were. Uninstall all the same?"

; A program that runs cannot be replaced or removed.
!macro WaitUntilClosed
  retry:
  ClearErrors
  ${If} ${FileExists} "$INSTDIR\airouter-setup.exe"
    FileOpen $0 "$INSTDIR\airouter-setup.exe" a
    ${If} ${Errors}
      MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$(STILL_OPEN)" /SD IDCANCEL IDRETRY retry
      SetErrorLevel 2
      Quit
    ${EndIf}
    FileClose $0
  ${EndIf}
!macroend

Function .onInit
  SetRegView 64
  ${IfNot} ${AtLeastBuild} ${OLDEST_BUILD}
    MessageBox MB_OK|MB_ICONSTOP "$(TOO_OLD)" /SD IDOK
    SetErrorLevel 3
    Quit
  ${EndIf}
FunctionEnd

Function un.onInit
  SetRegView 64
FunctionEnd

; The engine's version, or nothing.
Function WebView
  ReadRegStr $0 HKLM "SOFTWARE\WOW6432Node\${WEBVIEW}" "pv"
  ${If} $0 == ""
    ReadRegStr $0 HKCU "Software\${WEBVIEW}" "pv"
  ${EndIf}
  ${If} $0 == "0.0.0.0"
    StrCpy $0 ""
  ${EndIf}
FunctionEnd

; Windows 11 has the engine, and nearly every Windows 10.
Function EnsureWebView
  Call WebView
  ${If} $0 != ""
    Return
  ${EndIf}
  DetailPrint "$(FETCHING)"
  InitPluginsDir
  ; The file is named without its folder: a folder's name may hold any sign, a quotation mark too.
  SetOutPath $PLUGINSDIR
  nsExec::ExecToLog '"$SYSDIR\WindowsPowerShell\v1.0\powershell.exe" -NoProfile -NonInteractive -ExecutionPolicy Bypass -Command "[Net.ServicePointManager]::SecurityProtocol = $\'Tls12$\'; Invoke-WebRequest -UseBasicParsing -Uri $\'${BOOTSTRAPPER}$\' -OutFile webview2.exe; if ((Get-AuthenticodeSignature webview2.exe).Status -ne $\'Valid$\') { Remove-Item webview2.exe }"'
  Pop $1
  ${If} ${FileExists} "$PLUGINSDIR\webview2.exe"
    ExecWait '"$PLUGINSDIR\webview2.exe" /silent /install'
    Call WebView
  ${EndIf}
  ${If} $0 == ""
    MessageBox MB_OK|MB_ICONINFORMATION "$(NO_WEBVIEW)" /SD IDOK
  ${EndIf}
FunctionEnd

Section
  !insertmacro WaitUntilClosed
  Call EnsureWebView
  SetOutPath $INSTDIR
  File "${PROGRAMS}/airouter-setup.exe"
  File "${PROGRAMS}/airouter-credential.exe"
  File "${PROGRAMS}/airouter-setup-cli.exe"
!if /FileExists "${PROGRAMS}/WebView2Loader.dll"
  ; Some compilers cannot link the engine's loader into the program.
  File "${PROGRAMS}/WebView2Loader.dll"
!endif
  WriteUninstaller "$INSTDIR\uninstall.exe"
  Call RemoveShortcuts
  CreateShortcut "$SMPROGRAMS\$(NAME).lnk" "$INSTDIR\airouter-setup.exe"
  ${GetSize} "$INSTDIR" "/S=0K" $0 $1 $2
  WriteRegStr HKCU "${ENTRY}" "DisplayName" "$(NAME)"
  WriteRegStr HKCU "${ENTRY}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${ENTRY}" "DisplayIcon" "$INSTDIR\airouter-setup.exe"
  WriteRegStr HKCU "${ENTRY}" "Publisher" "AIRouter"
  WriteRegStr HKCU "${ENTRY}" "URLInfoAbout" "https://aigc.aochengcloud.com"
  WriteRegStr HKCU "${ENTRY}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${ENTRY}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${ENTRY}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${ENTRY}" "EstimatedSize" $0
  WriteRegDWORD HKCU "${ENTRY}" "NoModify" 1
  WriteRegDWORD HKCU "${ENTRY}" "NoRepair" 1
SectionEnd

; Its name is the language's, and the person may have changed that since.
!macro RemoveShortcuts
  Delete "$SMPROGRAMS\AIRouter 接入助手.lnk"
  Delete "$SMPROGRAMS\AIRouter Setup.lnk"
!macroend

Function RemoveShortcuts
  !insertmacro RemoveShortcuts
FunctionEnd

; The journal is there exactly as long as there is something to undo.
Function un.OfferUndo
  ${IfNot} ${FileExists} "$LOCALAPPDATA\airouter-setup\journal.json"
    Return
  ${EndIf}
  ${GetParameters} $0
  ClearErrors
  ${GetOptions} $0 "/UNDO" $1
  ${If} ${Errors}
    MessageBox MB_YESNO|MB_ICONQUESTION "$(UNDO)" /SD IDNO IDYES undo
    Return
  ${EndIf}
  undo:
  nsExec::ExecToLog '"$INSTDIR\airouter-setup-cli.exe" undo --yes'
  Pop $0
  ${If} $0 != 0
    MessageBox MB_YESNO|MB_ICONEXCLAMATION "$(NOT_UNDONE)" /SD IDNO IDYES go_on
    SetErrorLevel 4
    Quit
  ${EndIf}
  go_on:
FunctionEnd

Section Uninstall
  !insertmacro WaitUntilClosed
  Call un.OfferUndo
  nsExec::ExecToLog '"$INSTDIR\airouter-setup-cli.exe" clean'
  Pop $0
  Delete "$INSTDIR\airouter-setup.exe"
  Delete "$INSTDIR\airouter-credential.exe"
  Delete "$INSTDIR\airouter-setup-cli.exe"
  Delete "$INSTDIR\WebView2Loader.dll"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  !insertmacro RemoveShortcuts
  ; What the engine kept for drawing the window.
  RMDir /r "$LOCALAPPDATA\com.aochengcloud.airouter-setup"
  DeleteRegKey HKCU "${ENTRY}"
SectionEnd
