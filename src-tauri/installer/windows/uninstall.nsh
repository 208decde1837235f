; The uninstaller. It puts Claude back if the person wants that, and takes away what the installer has written and what
; the program has kept for itself, but nothing that Claude needs.

!include StrFunc.nsh
${Using:StrFunc} UnStrStr

; Takes away a key of the registry if it leads to the program in this folder: another copy may have taken it over.
!macro RemoveIfOurs KEY VALUE OURS
  ReadRegStr $0 SHCTX "${VALUE}" ""
  ${If} $0 == '${OURS}'
    DeleteRegKey SHCTX "${KEY}"
  ${EndIf}
!macroend

; For everybody if Windows lists this very folder for everybody. Windows starts an uninstaller with the rights of the
; person; this one then asks for more by starting itself again.
Function un.onInit
  SetRegView 64
  ReadRegStr $0 HKLM "${ENTRY}" "InstallLocation"
  ${If} $0 != $INSTDIR
    Return
  ${EndIf}
  StrCpy $Everybody 1
  SetShellVarContext all
  UserInfo::GetAccountType
  Pop $0
  ${If} $0 != "Admin"
    ${IfNot} ${Silent}
      ${GetParameters} $0
      ClearErrors
      ExecShell "runas" "$INSTDIR\uninstall.exe" "$0"
      ${IfNot} ${Errors}
        Quit
      ${EndIf}
    ${EndIf}
    MessageBox MB_OK|MB_ICONSTOP "$(NOT_ADMIN)" /SD IDOK
    SetErrorLevel 5
    Quit
  ${EndIf}
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
  ; Nothing of it is shown: its text is not in the letters of this window.
  nsExec::Exec '"$INSTDIR\airouter-setup-cli.exe" undo --yes --json'
  Pop $0
  ${If} $0 != 0
    MessageBox MB_YESNO|MB_ICONEXCLAMATION "$(NOT_UNDONE)" /SD IDNO IDYES go_on
    SetErrorLevel 4
    Quit
  ${EndIf}
  go_on:
FunctionEnd

; Removes the person's helper and key unless Claude needs them, then our own files that nothing needs any more. Gives
; in $9 whether the helper is needed no longer.
Function un.Clean
  nsExec::ExecToStack '"$INSTDIR\airouter-setup-cli.exe" clean --json'
  Pop $0
  Pop $0
  StrCpy $9 ""
  ${UnStrStr} $1 $0 '"helper":"gone"'
  ${UnStrStr} $2 $0 '"helper":"none"'
  ${If} "$1$2" != ""
    StrCpy $9 1
  ${EndIf}
  Delete "${STATE}\logs\airouter-setup.*.log"
  RMDir "${STATE}\logs"
  ; The journal is what undoing needs after another install; the id of the chats is for another connection. With the
  ; helper gone and nothing to undo, the person is done with this program.
  ${If} $9 == 1
  ${AndIfNot} ${FileExists} "${STATE}\journal*"
    Delete "${STATE}\lock"
    Delete "${STATE}\organization"
    Delete "${STATE}\language"
  ${EndIf}
  RMDir "${STATE}"
FunctionEnd

Section Uninstall
  !insertmacro WaitUntilAllClosed
  ; Of the person, whoever the program was installed for.
  SetShellVarContext current
  Call un.OfferUndo
  Call un.Clean
  ; What the engine kept for drawing the window.
  RMDir /r "$LOCALAPPDATA\com.aochengcloud.airouter-setup"
  ${If} $Everybody == 1
    SetShellVarContext all
  ${EndIf}
  !insertmacro RemoveIfOurs "${SCHEME}" "${SCHEME}\shell\open\command" '"$INSTDIR\airouter-setup.exe" "%1"'
  !insertmacro RemoveIfOurs "${ON_PATH}" "${ON_PATH}" '$INSTDIR\airouter-setup-cli.exe'
  ReadRegStr $0 SHCTX "Software\Classes\${PRESET}\shell\open\command" ""
  ${If} $0 == '"$INSTDIR\airouter-setup.exe" "%1"'
    !insertmacro RemoveIfOurs "${ENDING}" "${ENDING}" "${PRESET}"
    DeleteRegKey SHCTX "Software\Classes\${PRESET}"
  ${EndIf}
  ${un.RefreshShellIcons}
  Delete "$INSTDIR\airouter-setup.exe"
  ; The profiles of other accounts may name the helper in this folder, and Claude would be without a key. They cannot be
  ; looked at from here, so only an administrator who knows can say that it is needed no longer.
  StrCpy $2 1
  ${If} $Everybody == 1
    ${GetParameters} $0
    ClearErrors
    ${GetOptions} $0 "/HELPER" $1
    ${If} ${Errors}
    ${OrIf} $9 != 1
      StrCpy $2 0
    ${EndIf}
  ${EndIf}
  ${If} $2 == 1
    Delete "$INSTDIR\airouter-credential.exe"
  ${Else}
    MessageBox MB_OK|MB_ICONINFORMATION "$(HELPER_STAYS)" /SD IDOK
  ${EndIf}
  Delete "$INSTDIR\airouter-setup-cli.exe"
  Delete "$INSTDIR\WebView2Loader.dll"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  !insertmacro RemoveShortcuts "$SMPROGRAMS"
  !insertmacro RemoveShortcuts "$DESKTOP"
  ReadRegStr $0 SHCTX "${ENTRY}" "InstallLocation"
  ${If} $0 == $INSTDIR
    DeleteRegKey SHCTX "${ENTRY}"
  ${EndIf}
SectionEnd
