//! The shell without a window, which asks by the real list of permissions.

use airouter_core::preset::Preset;
use airouter_platform::places::Places;
use airouter_setup::{Session, equip};
use serde_json::{Value, json};
use tauri::ipc::{CallbackFn, InvokeBody};
use tauri::test::{INVOKE_KEY, MockRuntime, get_ipc_response, mock_builder};
use tauri::webview::InvokeRequest;
use tauri::{App, WebviewWindow, WebviewWindowBuilder};

pub(crate) struct Shell {
    _app: App<MockRuntime>,
    page: WebviewWindow<MockRuntime>,
    pub(crate) places: Places,
    pub(crate) folder: tempfile::TempDir,
}

impl Shell {
    /// A shell on a scratch folder without Claude Desktop, for a gateway.
    pub(crate) fn open(base: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let places = Places {
            bundled_helper: env!("CARGO_BIN_EXE_airouter-credential").into(),
            ..Places::in_scratch(folder.path()).unwrap()
        };
        let preset = json!({"schema": 1, "name": "Practice", "base": base});
        let session = Session::of(places.clone(), Preset::from_json(&preset.to_string()).unwrap());
        let app = equip(mock_builder(), session).build(tauri::generate_context!(test = true)).unwrap();
        let page = WebviewWindowBuilder::new(&app, "main", tauri::WebviewUrl::default()).build().unwrap();
        Self { _app: app, page, places, folder }
    }

    pub(crate) fn ask(&self, command: &str, arguments: Value) -> Result<Value, Value> {
        // The page's own address, which systems write in two ways.
        let place = if cfg!(windows) { "http://tauri.localhost" } else { "tauri://localhost" };
        self.ask_from(place, command, arguments)
    }

    pub(crate) fn ask_from(&self, place: &str, command: &str, arguments: Value) -> Result<Value, Value> {
        let request = InvokeRequest {
            cmd: command.to_owned(),
            callback: CallbackFn(0),
            error: CallbackFn(1),
            url: place.parse().unwrap(),
            body: InvokeBody::Json(arguments),
            headers: tauri::http::HeaderMap::new(),
            invoke_key: INVOKE_KEY.to_owned(),
        };
        get_ipc_response(&self.page, request).map(|body| body.deserialize().unwrap())
    }
}
