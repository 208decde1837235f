; The installer for Windows, in Chinese and English: for one person without an administrator, or for everybody
; of the computer.
;
; It is compiled by `cargo xtask installer FOLDER`, which gives VERSION, PROGRAMS, ICON and OUT, and where they
; are at hand WEBVIEW (Microsoft's own small installer of the engine that draws the window), PLUGINS (a folder of
; signed plugins) and UNINSTALLER (a signed uninstaller). With KEEP_UNINSTALLER it is compiled only to write the
; uninstaller to that file, to be signed.
;
; What it installs can go again without Claude noticing: the helper program that Claude runs lies in the
; person's own folder, and the uninstaller leaves it there as long as a profile of Claude's names it.
;
;   /S                  asks nothing, shows nothing
;   /ALLUSERS           for everybody, in Program Files; needs an administrator's rights
;   /NODESKTOP          with /S: no icon on the desktop
;   /D=FOLDER           another folder; comes last, without quotation marks
;   uninstall /S /UNDO  also puts Claude back to what it was before
;   uninstall /HELPER   for everybody: also the helper, which other accounts' profiles may name
;
; Exit codes: 2 a program of ours runs, 3 Windows is too old, 4 undoing did not finish, 5 not an administrator.

Unicode true
Target amd64-unicode
!include MUI2.nsh
!include FileFunc.nsh
!include LogicLib.nsh
!include WinVer.nsh

; Windows 10, version 1809: the oldest that Edge WebView2 and Claude Desktop's packages run on.
!define OLDEST_BUILD 17763
!define ENTRY "Software\Microsoft\Windows\CurrentVersion\Uninstall\AIRouter Setup"
!define SCHEME "Software\Classes\airouter-setup"
!define ENDING "Software\Classes\.airouter"
!define PRESET "AIRouterSetup.Preset"
!define ON_PATH "Software\Microsoft\Windows\CurrentVersion\App Paths\airouter-setup-cli.exe"
!define ENGINE "Microsoft\EdgeUpdate\Clients\{F3017226-FE2A-4295-8BDF-00C3A9A7E4C5}"
; This program's own files of a person.
!define STATE "$LOCALAPPDATA\airouter-setup"
!ifdef PLUGINS
  !addplugindir /amd64-unicode "${PLUGINS}"
!endif
!ifdef KEEP_UNINSTALLER
  !uninstfinalize 'cp "%1" "${KEEP_UNINSTALLER}"'
!endif

; 1 when the program is installed for everybody.
Var Everybody
; 1 when an earlier version is there, and 1 when it has its icon on the desktop.
Var IsUpdate
Var HasIcon
; The file of Microsoft's engine, or nothing.
Var Engine

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
; A tick box with another text: the page has no third one.
!define MUI_FINISHPAGE_SHOWREADME ""
!define MUI_FINISHPAGE_SHOWREADME_TEXT "$(DESKTOP_ICON)"
!define MUI_FINISHPAGE_SHOWREADME_FUNCTION AddDesktopIcon
!define MUI_PAGE_CUSTOMFUNCTION_SHOW FinishPage
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!ifndef UNINSTALLER
  !insertmacro MUI_UNPAGE_CONFIRM
  !insertmacro MUI_UNPAGE_INSTFILES
!endif
; The first one is taken where the system speaks neither.
!insertmacro MUI_LANGUAGE "SimpChinese"
!insertmacro MUI_LANGUAGE "English"

!include texts.nsh

; A program that runs cannot be replaced or removed. A management tool may be running the command line just now,
; and Claude the helper, so each is looked at.
!macro WaitUntilClosed NAME
  retry_${NAME}:
  ClearErrors
  ${If} ${FileExists} "$INSTDIR\${NAME}.exe"
    FileOpen $0 "$INSTDIR\${NAME}.exe" a
    ${If} ${Errors}
      MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$(STILL_OPEN)" /SD IDCANCEL IDRETRY retry_${NAME}
      SetErrorLevel 2
      Quit
    ${EndIf}
    FileClose $0
  ${EndIf}
!macroend
!macro WaitUntilAllClosed
  !insertmacro WaitUntilClosed airouter-setup
  !insertmacro WaitUntilClosed airouter-setup-cli
  !insertmacro WaitUntilClosed airouter-credential
!macroend

; Its name is the language's, and the person may have changed that since.
!macro RemoveShortcuts FOLDER
  Delete "${FOLDER}\AIRouter 接入助手.lnk"
  Delete "${FOLDER}\AIRouter Setup.lnk"
!macroend

Function .onInit
  SetRegView 64
  ${IfNot} ${AtLeastBuild} ${OLDEST_BUILD}
    MessageBox MB_OK|MB_ICONSTOP "$(TOO_OLD)" /SD IDOK
    SetErrorLevel 3
    Quit
  ${EndIf}
  ${GetParameters} $0
  ClearErrors
  ${GetOptions} $0 "/ALLUSERS" $1
  ${IfNot} ${Errors}
    StrCpy $Everybody 1
    UserInfo::GetAccountType
    Pop $0
    ${If} $0 != "Admin"
      MessageBox MB_OK|MB_ICONSTOP "$(NOT_ADMIN)" /SD IDOK
      SetErrorLevel 5
      Quit
    ${EndIf}
    ${If} $INSTDIR == "$LOCALAPPDATA\Programs\AIRouter Setup"
      StrCpy $INSTDIR "$PROGRAMFILES64\AIRouter Setup"
    ${EndIf}
    SetShellVarContext all
  ${EndIf}
  ReadRegStr $0 SHCTX "${ENTRY}" "DisplayVersion"
  ${If} $0 != ""
    StrCpy $IsUpdate 1
  ${EndIf}
  ${If} ${FileExists} "$DESKTOP\AIRouter 接入助手.lnk"
  ${OrIf} ${FileExists} "$DESKTOP\AIRouter Setup.lnk"
    StrCpy $HasIcon 1
  ${EndIf}
FunctionEnd

; Finds the engine. An entry in the registry can be left of one that is gone.
; Either place may have one that is gone while the other has one that works.
!macro FindEngineIn HIVE PATH
  ReadRegStr $0 ${HIVE} "${PATH}" "pv"
  ReadRegStr $1 ${HIVE} "${PATH}" "location"
  ${If} $0 != ""
  ${AndIf} $0 != "0.0.0.0"
    ${If} $1 == ""
    ${OrIf} ${FileExists} "$1\$0\msedgewebview2.exe"
      StrCpy $Engine $0
    ${EndIf}
  ${EndIf}
!macroend
Function FindEngine
  StrCpy $Engine ""
  !insertmacro FindEngineIn HKCU "Software\${ENGINE}"
  !insertmacro FindEngineIn HKLM "SOFTWARE\WOW6432Node\${ENGINE}"
FunctionEnd

; Windows 11 has the engine, and nearly every Windows 10.
Function EnsureEngine
  Call FindEngine
!ifdef WEBVIEW
  ${If} $Engine == ""
    DetailPrint "$(FETCHING)"
    InitPluginsDir
    File "/oname=$PLUGINSDIR\MicrosoftEdgeWebview2Setup.exe" "${WEBVIEW}"
    ExecWait '"$PLUGINSDIR\MicrosoftEdgeWebview2Setup.exe" /silent /install'
    Call FindEngine
  ${EndIf}
!endif
  ${If} $Engine == ""
    MessageBox MB_OK|MB_ICONINFORMATION "$(NO_WEBVIEW)" /SD IDOK
  ${EndIf}
FunctionEnd

Function AddDesktopIcon
  !insertmacro RemoveShortcuts "$DESKTOP"
  CreateShortcut "$DESKTOP\$(NAME).lnk" "$INSTDIR\airouter-setup.exe"
FunctionEnd

; Without the engine the program cannot show itself. One that is started from here would have this installer's
; rights, which are an administrator's when it is for everybody.
Function FinishPage
  ${If} $Engine == ""
  ${OrIf} $Everybody == 1
    SendMessage $mui.FinishPage.Run ${BM_SETCHECK} ${BST_UNCHECKED} 0
    ShowWindow $mui.FinishPage.Run ${SW_HIDE}
  ${EndIf}
  ; An update leaves the desktop as the person has it.
  ${If} $IsUpdate == 1
  ${AndIf} $HasIcon != 1
    SendMessage $mui.FinishPage.ShowReadme ${BM_SETCHECK} ${BST_UNCHECKED} 0
  ${EndIf}
FunctionEnd

; What opens with the program: links and preset files. And the command line by its name alone, from Windows' Run box
; and from scripts that use it.
Function Register
  WriteRegStr SHCTX "${SCHEME}" "" "URL:AIRouter Setup"
  WriteRegStr SHCTX "${SCHEME}" "URL Protocol" ""
  WriteRegStr SHCTX "${SCHEME}\DefaultIcon" "" '"$INSTDIR\airouter-setup.exe",0'
  WriteRegStr SHCTX "${SCHEME}\shell\open\command" "" '"$INSTDIR\airouter-setup.exe" "%1"'
  WriteRegStr SHCTX "Software\Classes\${PRESET}" "" "$(PRESET_FILE)"
  WriteRegStr SHCTX "Software\Classes\${PRESET}\DefaultIcon" "" '"$INSTDIR\airouter-setup.exe",0'
  WriteRegStr SHCTX "Software\Classes\${PRESET}\shell\open\command" "" '"$INSTDIR\airouter-setup.exe" "%1"'
  WriteRegStr SHCTX "${ENDING}" "" "${PRESET}"
  WriteRegStr SHCTX "${ON_PATH}" "" "$INSTDIR\airouter-setup-cli.exe"
  ${RefreshShellIcons}
FunctionEnd

Section
  !insertmacro WaitUntilAllClosed
  Call EnsureEngine
  SetOutPath $INSTDIR
  File "${PROGRAMS}/airouter-setup.exe"
  File "${PROGRAMS}/airouter-credential.exe"
  File "${PROGRAMS}/airouter-setup-cli.exe"
!if /FileExists "${PROGRAMS}/WebView2Loader.dll"
  ; Some compilers cannot link the engine's loader into the program.
  File "${PROGRAMS}/WebView2Loader.dll"
!endif
!ifdef UNINSTALLER
  File "/oname=uninstall.exe" "${UNINSTALLER}"
!else
  WriteUninstaller "$INSTDIR\uninstall.exe"
!endif
  !insertmacro RemoveShortcuts "$SMPROGRAMS"
  CreateShortcut "$SMPROGRAMS\$(NAME).lnk" "$INSTDIR\airouter-setup.exe"
  Call Register
  ${GetSize} "$INSTDIR" "/S=0K" $0 $1 $2
  WriteRegStr SHCTX "${ENTRY}" "DisplayName" "$(NAME)"
  WriteRegStr SHCTX "${ENTRY}" "DisplayVersion" "${VERSION}"
  WriteRegStr SHCTX "${ENTRY}" "DisplayIcon" "$INSTDIR\airouter-setup.exe"
  WriteRegStr SHCTX "${ENTRY}" "Publisher" "AIRouter"
  WriteRegStr SHCTX "${ENTRY}" "URLInfoAbout" "https://aigc.aochengcloud.com"
  WriteRegStr SHCTX "${ENTRY}" "InstallLocation" "$INSTDIR"
  WriteRegStr SHCTX "${ENTRY}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr SHCTX "${ENTRY}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD SHCTX "${ENTRY}" "EstimatedSize" $0
  WriteRegDWORD SHCTX "${ENTRY}" "NoModify" 1
  WriteRegDWORD SHCTX "${ENTRY}" "NoRepair" 1
  ; Where nobody is asked.
  ${If} ${Silent}
    ${GetParameters} $0
    ClearErrors
    ${GetOptions} $0 "/NODESKTOP" $1
    ${If} ${Errors}
    ${AndIf} $IsUpdate != 1
      StrCpy $HasIcon 1
    ${EndIf}
    ${If} $HasIcon == 1
      Call AddDesktopIcon
    ${EndIf}
  ${EndIf}
  ${If} $Everybody == 1
    ReadRegStr $0 HKCU "${ENTRY}" "InstallLocation"
    ${If} $0 != ""
      DetailPrint "$(ALSO_MINE)"
      MessageBox MB_OK|MB_ICONINFORMATION "$(ALSO_MINE)" /SD IDOK
    ${EndIf}
  ${EndIf}
SectionEnd

!ifndef UNINSTALLER
  !include uninstall.nsh
!endif
