//! Keys in settings files and programs, and texts that only say where a key is.

use super::*;

const RELAY: &str = "cr_26dc10a486a25c8b4b2776edabc7c2a465cc1779cae1f5d6963ff53946000b71";
const OTHER: &str = "sk-Zyx987Wvu654Tsr321Qpo098Nml765Kji432Hgf109Edc876";
const BASE: &str = "http://127.0.0.1:11434/claude";

/// Reads for a self-hosted gateway, as where an address is given.
#[track_caller]
fn check_key(text: &str, key: &str) {
    let paste = read(text, false).unwrap_or_else(|finding| panic!("{text:?} gave {finding:?}"));
    assert_eq!(paste.key.reveal(), key, "{text:?}");
}

#[track_caller]
fn check_no_key(text: &str, reason: &str) {
    for own_vendor_only in [true, false] {
        let finding = read(text, own_vendor_only).err().unwrap_or_else(|| panic!("{text:?} was taken"));
        assert_eq!((finding.code, finding.evidence[0].value.as_str()), (Code::KeyLint, reason), "{text:?}");
    }
}

#[test]
fn settings_of_every_form_give_their_key() {
    for key in [KEY, RELAY] {
        for text in [
            format!(
                "{{\"inferenceProvider\":\"gateway\",\"inferenceGatewayBaseUrl\":\"{BASE}\",\n\"inferenceGatewayApiKey\": \"{key}\",\"inferenceGatewayAuthScheme\":\"bearer\"}}"
            ),
            format!("<key>inferenceGatewayApiKey</key>\n\t<string>{key}</string>"),
            format!("\"inferenceGatewayApiKey\"=\"{key}\"\r\n\"chatTabEnabled\"=\"true\""),
            format!("env:\n  - name: ANTHROPIC_AUTH_TOKEN\n    value: {key}\n"),
            format!("env:\n  - name: ANTHROPIC_AUTH_TOKEN\n    value: \"{key}\"\n"),
            format!("launchctl setenv ANTHROPIC_AUTH_TOKEN {key}"),
            format!("set -gx ANTHROPIC_AUTH_TOKEN {key}"),
            format!("set \"ANTHROPIC_AUTH_TOKEN={key}\""),
            format!("[Environment]::SetEnvironmentVariable('ANTHROPIC_AUTH_TOKEN', '{key}', 'User')"),
            format!("[claude]\napi_key = {key}\n; the end"),
            format!("api_key: '{key}' # mine"),
            format!("{{\n  // 办公室\n  \"apiKey\": \"{key}\", /* x */\n}}"),
            format!("docker run -e ANTHROPIC_API_KEY={key} -p 80:80 image"),
        ] {
            check_key(&text, key);
        }
    }
}

#[test]
fn the_default_of_a_lookup_is_the_key() {
    for key in [KEY, RELAY, "ollama"] {
        for text in [
            format!("export ANTHROPIC_AUTH_TOKEN=\"${{ANTHROPIC_AUTH_TOKEN:-{key}}}\""),
            format!("key = os.environ.get(\"ANTHROPIC_AUTH_TOKEN\", \"{key}\")"),
            format!("ANTHROPIC_API_KEY = os.getenv('ANTHROPIC_API_KEY', '{key}')"),
            format!("const apiKey = process.env.ANTHROPIC_API_KEY || '{key}';"),
            format!("const apiKey = process.env.ANTHROPIC_API_KEY ?? \"{key}\";"),
            format!("api_key: ENV.fetch('ANTHROPIC_API_KEY', '{key}')"),
            format!("$key = getenv('ANTHROPIC_API_KEY') ?: '{key}';"),
        ] {
            check_key(&text, key);
        }
    }
}

#[test]
fn marks_of_markdown_are_taken_off() {
    for text in [
        format!("**{KEY}**"),
        format!("API key: **{KEY}**"),
        format!("API key: ***{KEY}***."),
        format!("API key: \\_{KEY}\\_"),
        format!("key: __{KEY}__ 请保管"),
        format!("- 密钥：*{KEY}*"),
        format!("`{KEY}`"),
        format!("**API key:** `{KEY}`"),
        format!("```bash\nexport ANTHROPIC_AUTH_TOKEN={KEY}\n```"),
        format!("| 名称 | 密钥 |\n|---|---|\n| claude | {KEY} |"),
        format!("~~{KEY}~~"),
    ] {
        check_key(&text, KEY);
    }
    check_key(&format!("密钥：**{}**", RELAY.replace('_', "\\_")), RELAY);
    check_refused("**sk-ab****cd12345678**", "masked");
}

#[test]
fn what_only_says_where_a_key_is_is_never_taken_for_one() {
    for text in [
        "[System.Environment]::GetEnvironmentVariable(\"ANTHROPIC_AUTH_TOKEN\", [System.EnvironmentVariableTarget]::User)",
        "client = Anthropic(api_key=os.environ[\"ANTHROPIC_API_KEY\"], base_url=\"https://gate.example\")",
        "{\"env\":{\"ANTHROPIC_AUTH_TOKEN\":\"PROXY_MANAGED\",\"ANTHROPIC_BASE_URL\":\"http://127.0.0.1:15721\"}}",
        "apiKey: process.env.ANTHROPIC_API_KEY,",
        "const client = new Anthropic({ apiKey: process.env['ANTHROPIC_API_KEY'] })",
        "export ANTHROPIC_AUTH_TOKEN=$OPENROUTER_API_KEY",
        "export ANTHROPIC_AUTH_TOKEN=\"${MY_KEY}\"",
        "export ANTHROPIC_API_KEY=$(security find-generic-password -s relay -w)",
        "$env:ANTHROPIC_AUTH_TOKEN = $env:RELAY_KEY",
        "set ANTHROPIC_AUTH_TOKEN=%RELAY_KEY%",
        "api_key = settings.relay_api_key",
        "let key = std::env::var(\"ANTHROPIC_API_KEY\")?;",
        "api_key: ${{ secrets.ANTHROPIC_API_KEY }}",
        "\"apiKey\": \"{env:ANTHROPIC_API_KEY}\"",
        "ANTHROPIC_API_KEY=op://vault/relay/credential",
        "api_key = keyring.get_password(\"relay\", \"me\")",
        "String apiKey = System.getenv(\"ANTHROPIC_API_KEY\");",
        "$ANTHROPIC_API_KEY",
        "%ANTHROPIC_API_KEY%",
        "ANTHROPIC_API_KEY_RELAY",
        "process.env.ANTHROPIC_API_KEY",
        "apiKey: base64.b64decode(token2text)",
    ] {
        for own_vendor_only in [true, false] {
            let finding = read(text, own_vendor_only).err().unwrap_or_else(|| panic!("{text:?} was taken"));
            let reason = finding.evidence[0].value.as_str();
            assert!(["reference", "placeholder", "only-address"].contains(&reason), "{text:?}: {reason}");
        }
    }
    check_no_key("export ANTHROPIC_AUTH_TOKEN=$OPENROUTER_API_KEY", "reference");
    check_no_key("api_key=os.environ[\"ANTHROPIC_API_KEY\"]", "reference");
}

#[test]
fn words_of_programs_and_of_prose_are_no_keys() {
    for text in [
        "api_key: str",
        "apiKey: string;",
        "api_key: Optional[SecretStr] = None",
        "ANTHROPIC_API_KEY=\nexport ANTHROPIC_MODEL=claude-sonnet-4-6",
        "ANTHROPIC_AUTH_TOKEN: null",
        "max_tokens: 4096",
        "def connect(api_key, base_url): return Client(api_key=api_key, base_url=base_url)",
        "from huggingface_hub import hf_hub_download",
        "pip install sk-learn sk-video",
        "apiKey: getApiKey()",
        "{ apiKey: apiKey, token: token }",
        "API key: required",
    ] {
        for own_vendor_only in [true, false] {
            assert!(read(text, own_vendor_only).is_err(), "{text:?} was taken");
        }
    }
}

#[test]
fn placeholders_of_all_languages_are_named_as_such() {
    for text in [
        "YOUR_API_KEY",
        "<your-key>",
        "sk-your-key",
        "ANTHROPIC_AUTH_TOKEN=YOUR_API_KEY",
        "ANTHROPIC_AUTH_TOKEN=<your-key>",
        "\"apiKey\": \"你的密钥\"",
        "api_key: sk-xxxxxxxx",
        "api_key = \"replace-me\"",
    ] {
        check_no_key(text, "placeholder");
    }
}

#[test]
fn short_keys_of_gateways_of_ones_own_are_taken() {
    for key in ["ollama", "sk-1234", "lm-studio", "test", "EMPTY", "dummy", "no-key-needed"] {
        for text in [
            key.to_owned(),
            format!("export ANTHROPIC_AUTH_TOKEN={key}\nexport ANTHROPIC_BASE_URL={BASE}"),
            format!(
                "export ANTHROPIC_BASE_URL={BASE}\nexport ANTHROPIC_AUTH_TOKEN={key}\nexport ANTHROPIC_API_KEY=\"\""
            ),
            format!("{{\"env\": {{\"ANTHROPIC_AUTH_TOKEN\": \"{key}\"}}}}"),
            format!("base_url: {BASE}\napi_key: {key}\nmodel: qwen3"),
            format!("setx ANTHROPIC_AUTH_TOKEN {key}"),
            format!("$env:ANTHROPIC_AUTH_TOKEN = \"{key}\""),
            format!("set -gx ANTHROPIC_AUTH_TOKEN {key}"),
            format!("client = Anthropic(base_url=\"{BASE}\", api_key=\"{key}\")"),
        ] {
            check_key(&text, key);
        }
    }
    check_key("ANTHROPIC_AUTH_TOKEN=ollama claude", "ollama");
    check_refused("sk-1234", "too-short");
    let beside = read(&format!("ANTHROPIC_AUTH_TOKEN=sk-1234\nANTHROPIC_BASE_URL={BASE}"), true).unwrap();
    assert_eq!((beside.key.reveal(), beside.address.as_deref()), ("sk-1234", Some(BASE)));
    assert!(read("sk-", false).is_err());
    check_key(&format!("ANTHROPIC_AUTH_TOKEN={RELAY}\nOTHER_API_KEY=dummy"), RELAY);
}

#[test]
fn a_key_that_is_commented_out_does_not_count_beside_one_that_is_not() {
    for sign in ["#", "//", ";", "REM", "::"] {
        check_key(&format!("{sign} export ANTHROPIC_AUTH_TOKEN={OTHER}\nexport ANTHROPIC_AUTH_TOKEN={KEY}"), KEY);
    }
    check_key(&format!("# ANTHROPIC_AUTH_TOKEN={KEY}"), KEY);
    check_refused(&format!("# ANTHROPIC_AUTH_TOKEN={KEY}\nRELAY_API_KEY={OTHER}"), "several");
    check_refused(&format!("当前有效:\n{KEY}\n已废弃:\n{OTHER}"), "several");
}

#[test]
fn another_services_key_does_not_stand_in_for_a_reference() {
    check_no_key(&format!("OPENAI_API_KEY={OTHER}\nANTHROPIC_API_KEY=$RELAY_KEY"), "reference");
    check_key(&format!("key = \"{KEY}\"\nos.environ[\"ANTHROPIC_API_KEY\"] = key"), KEY);
}
