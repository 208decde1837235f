//! The published form of what `--json` prints: made from the very types that are printed, and from one
//! list of the fields that commands add.
//!
//! Fields may be added, so a reader must not mind ones that it does not know; none is ever taken away or
//! changed. `docs/schema` has the copy that is published, and a test fails when it is not this.

use std::collections::BTreeMap;

use airouter_core::check::{AuthScheme, Lamp, Layer};
use airouter_core::claude_report::ClaudeReportView;
use airouter_core::doctor::DoctorReport;
use airouter_core::finding::{Code, Finding, Owner, Severity};
use airouter_core::models::OfferedModel;
use airouter_core::proof::Proof;
use airouter_core::report::ReportEntry;
use airouter_core::secret::MaskedKey;
use airouter_core::view::{ClaudeView, EditView, Phase, PlanView, PresetView, Status};
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

/// Where the schema is known by name.
const ID: &str = "urn:airouter-setup:schema:cli:1";

/// How a command that writes ended.
#[derive(JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[expect(dead_code, reason = "only its form is of interest")]
enum Ending {
    /// Written, and Claude's own log proves it.
    Proved,
    /// Written; Claude was not started.
    Written,
    /// Written; Claude was started, but its log does not prove it.
    Unproved,
    /// A step failed; everything is as before.
    RolledBack,
    /// A step failed, and not everything could be put back yet; the next start goes on.
    Interrupted,
    /// Nothing was written.
    Refused,
    /// Everything was as it is wanted already; nothing was touched.
    Unchanged,
    /// The files were exported.
    Exported,
    /// Nothing was to be done, only shown.
    DryRun,
}

/// A file of an export.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its form is of interest")]
struct ExportedFile {
    /// Its path below the folder.
    path: String,
    /// It holds a key in plain text.
    holds_key: bool,
}

/// What is said of a code.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its form is of interest")]
struct Said {
    /// What it is.
    title: String,
    /// What it means.
    meaning: String,
    /// The one thing to do.
    action: String,
}

/// A scenario for training.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its form is of interest")]
struct Training {
    /// Its name on the command line.
    id: String,
    /// What it is about.
    group: String,
    /// The code that must come.
    code: Code,
    /// Whose it is.
    owner: Owner,
    /// What is said, by language.
    script: BTreeMap<String, TrainingScript>,
}

/// What is said in a scenario.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its form is of interest")]
struct TrainingScript {
    /// The scenario in a few words.
    title: String,
    /// How the customer begins.
    customer: String,
    /// What the supporter says, one thing at a time.
    supporter: Vec<String>,
    /// How it ends well.
    end: String,
}

/// A field, which commands have it, and its form.
type Field = (&'static str, &'static str, fn(&mut SchemaGenerator) -> Schema);

const FIELDS: &[Field] = &[
    ("passed", "check: Claude can be connected.", SchemaGenerator::subschema_for::<bool>),
    ("base", "check: the address that was tested.", SchemaGenerator::subschema_for::<String>),
    ("auth", "check: how the key was sent.", SchemaGenerator::subschema_for::<AuthScheme>),
    ("lamps", "check: the six things that a person sees.", SchemaGenerator::subschema_for::<Vec<Lamp>>),
    ("layers", "check: the twelve layers behind them.", SchemaGenerator::subschema_for::<Vec<Layer>>),
    ("models", "check, models: what the gateway offers.", SchemaGenerator::subschema_for::<Vec<OfferedModel>>),
    ("proposal", "check, models: the ids to choose at first.", SchemaGenerator::subschema_for::<Vec<String>>),
    ("requests", "check: how many requests were made of the gateway.", SchemaGenerator::subschema_for::<u32>),
    (
        "tokens_estimate",
        "check: about how many tokens they cost, read and written together.",
        SchemaGenerator::subschema_for::<u32>,
    ),
    ("check", "apply: the whole answer of the check that did not pass.", |_| json_schema!({"$ref": "#"})),
    ("plan", "apply, repair: what is done.", SchemaGenerator::subschema_for::<PlanView>),
    ("outcome", "apply, repair, undo, leave, export: how it ended.", SchemaGenerator::subschema_for::<Ending>),
    ("phases", "apply, repair: each step.", SchemaGenerator::subschema_for::<Vec<Phase>>),
    ("proof", "apply, repair: what Claude's log said.", SchemaGenerator::subschema_for::<Option<Proof>>),
    (
        "static_key_may_help",
        "apply, repair: compatibility mode would get round what failed.",
        SchemaGenerator::subschema_for::<bool>,
    ),
    ("connected", "status: this program has connected Claude.", SchemaGenerator::subschema_for::<bool>),
    ("healthy", "status: everything is as it was written.", SchemaGenerator::subschema_for::<bool>),
    ("claude", "status: Claude Desktop on this computer.", SchemaGenerator::subschema_for::<ClaudeView>),
    ("root", "status: Claude's folder.", SchemaGenerator::subschema_for::<String>),
    ("status", "status: value by value.", SchemaGenerator::subschema_for::<Option<Status>>),
    (
        "undone",
        "undo, leave: all of it was put back, but for what others changed later.",
        SchemaGenerator::subschema_for::<bool>,
    ),
    (
        "unfinished",
        "undo, leave: something could not be put back yet, and is remembered.",
        SchemaGenerator::subschema_for::<bool>,
    ),
    (
        "for_administrator",
        "apply, repair: what to send to the administrator whose configuration is in the way.",
        SchemaGenerator::subschema_for::<String>,
    ),
    ("restored", "undo, leave: what was or would be put back.", SchemaGenerator::subschema_for::<Vec<EditView>>),
    ("left", "undo, leave: what others changed later.", SchemaGenerator::subschema_for::<Vec<EditView>>),
    ("helper", "clean: gone, none, needed or stays.", SchemaGenerator::subschema_for::<String>),
    (
        "doctor",
        "check, doctor: every known cause, and every value that Claude reads.",
        SchemaGenerator::subschema_for::<Option<DoctorReport>>,
    ),
    (
        "claude_report",
        "doctor: what Claude's own report says.",
        SchemaGenerator::subschema_for::<Option<ClaudeReportView>>,
    ),
    ("saved", "report: where the archive is.", SchemaGenerator::subschema_for::<Option<String>>),
    (
        "name",
        "report: a name that equal reports share. explain: the code's name.",
        SchemaGenerator::subschema_for::<String>,
    ),
    ("entries", "report: what is in the archive.", SchemaGenerator::subschema_for::<Vec<ReportEntry>>),
    ("key", "report: the stored key, for comparing.", SchemaGenerator::subschema_for::<Option<MaskedKey>>),
    ("page", "report: the page.", SchemaGenerator::subschema_for::<String>),
    ("preset", "export: the preset.", SchemaGenerator::subschema_for::<PresetView>),
    ("link", "export: the preset as a link.", SchemaGenerator::subschema_for::<String>),
    ("to", "export: the folder.", SchemaGenerator::subschema_for::<Option<String>>),
    ("files", "export: the files.", SchemaGenerator::subschema_for::<Vec<ExportedFile>>),
    ("code", "explain: the code.", SchemaGenerator::subschema_for::<Code>),
    ("owner", "explain: whose it is.", SchemaGenerator::subschema_for::<Owner>),
    ("severity", "explain: how bad it is.", SchemaGenerator::subschema_for::<Severity>),
    ("words", "explain: what is said, by language.", SchemaGenerator::subschema_for::<BTreeMap<String, Said>>),
    (
        "cases",
        "explain: what may be said instead, by language.",
        SchemaGenerator::subschema_for::<BTreeMap<String, Vec<Said>>>,
    ),
    ("wrong_use", "exit 2: what is wrong with the call.", SchemaGenerator::subschema_for::<String>),
    ("near", "explain: codes that may have been meant.", SchemaGenerator::subschema_for::<Vec<Code>>),
    ("scenarios", "rehearse: all of them.", SchemaGenerator::subschema_for::<Vec<Training>>),
    ("scenario", "rehearse: the one that was played.", SchemaGenerator::subschema_for::<Training>),
    ("as_foreseen", "rehearse: it came as the scenario says.", SchemaGenerator::subschema_for::<bool>),
    ("met", "rehearse: what came, in that order.", SchemaGenerator::subschema_for::<Vec<Finding>>),
];

/// The whole schema.
pub(crate) fn schema() -> Value {
    let mut generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let mut properties = json!({
        "schema": {"const": 1, "description": "The form of this object."},
        "exit": {
            "description": "The exit code: 0 ok, 1 a finding blocks, 2 wrong use, 3 refused and nothing written, 4 an error of the program.",
            "enum": [0, 1, 2, 3, 4],
        },
        "findings": generator.subschema_for::<Vec<Finding>>(),
    });
    properties["findings"]["description"] = json!("Everything worth saying, worst first.");
    for (name, description, form) in FIELDS {
        let mut form = form(&mut generator);
        form.insert("description".to_owned(), json!(description));
        properties[*name] = form.into();
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": ID,
        "title": "What airouter-setup-cli prints with --json",
        "type": "object",
        "required": ["schema", "exit", "findings"],
        "properties": properties,
        "$defs": generator.take_definitions(true),
    })
}
