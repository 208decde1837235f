//! Matches words in English and in both Chinese scripts.
//!
//! Messages are compared by stems, not sentences: wording changes with every build. Before comparing, a text
//! is normalised: lower case, traditional characters to simplified ones, full-width letters to ordinary
//! ones, one space between words, `api_key`, `api-key` and `apikey` to `api key`. A Latin stem matches whole
//! words (`token` is not in `max_tokens`), a Chinese stem matches anywhere, since Chinese has no spaces; a
//! stem that ends in `*` matches the beginning of a word.

/// The longest text that is read, in bytes; real messages are far shorter.
const LONGEST: usize = 6000;

/// Traditional characters that occur in gateways' messages, each with its simplified form.
#[rustfmt::skip] // one pair a line would be a page of it
const SIMPLIFIED: &[(char, char)] = &[
    ('無', '无'), ('額', '额'), ('餘', '余'), ('鑰', '钥'), ('權', '权'), ('訪', '访'), ('問', '问'), ('過', '过'),
    ('請', '请'), ('帳', '账'), ('賬', '账'), ('戶', '户'), ('號', '号'), ('組', '组'), ('費', '费'), ('儲', '储'),
    ('訂', '订'), ('閱', '阅'), ('負', '负'), ('載', '载'), ('飽', '饱'), ('頻', '频'), ('發', '发'), ('達', '达'),
    ('數', '数'), ('據', '据'), ('僅', '仅'), ('與', '与'), ('憑', '凭'), ('證', '证'), ('驗', '验'), ('認', '认'),
    ('凍', '冻'), ('結', '结'), ('鎖', '锁'), ('錯', '错'), ('誤', '误'), ('滿', '满'), ('試', '试'), ('後', '后'),
    ('沒', '没'), ('對', '对'), ('啟', '启'), ('關', '关'), ('閉', '闭'), ('刪', '删'), ('選', '选'), ('應', '应'),
    ('該', '该'), ('線', '线'), ('間', '间'), ('節', '节'), ('點', '点'), ('務', '务'), ('聯', '联'), ('繫', '系'),
    ('員', '员'), ('會', '会'), ('許', '许'), ('單', '单'), ('內', '内'), ('絕', '绝'), ('異', '异'), ('識', '识'),
    ('別', '别'), ('園', '园'), ('區', '区'), ('開', '开'), ('專', '专'), ('屬', '属'), ('調', '调'), ('詢', '询'),
    ('處', '处'), ('擁', '拥'), ('擠', '挤'), ('軟', '软'), ('體', '体'), ('購', '购'), ('買', '买'), ('續', '续'),
    ('盡', '尽'), ('總', '总'), ('並', '并'), ('併', '并'), ('個', '个'), ('註', '注'), ('冊', '册'), ('銷', '销'),
    ('禦', '御'), ('牆', '墙'), ('攔', '拦'), ('審', '审'), ('機', '机'), ('構', '构'), ('頭', '头'), ('設', '设'),
    ('傳', '传'), ('資', '资'), ('產', '产'), ('當', '当'), ('釋', '释'), ('暫', '暂'), ('連', '连'), ('網', '网'),
    ('絡', '络'), ('確', '确'),
];

/// The normalised text; at most [`LONGEST`] bytes of it are read.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(LONGEST));
    let mut blank = true;
    for character in text.chars() {
        if out.len() >= LONGEST {
            break;
        }
        let character = narrow(character);
        if character.is_whitespace() || character.is_control() {
            if !blank {
                out.push(' ');
            }
            blank = true;
            continue;
        }
        blank = false;
        out.extend(character.to_lowercase());
    }
    let mut out = out.trim_end().to_owned();
    for spelling in ["apikey", "api_key", "api-key"] {
        if out.contains(spelling) {
            out = out.replace(spelling, "api key");
        }
    }
    if out.contains("支援") { out.replace("支援", "支持") } else { out }
}

fn narrow(character: char) -> char {
    match character {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(character as u32 - 0xfee0).unwrap_or(character),
        '’' | '‘' | '`' | '´' => '\'',
        '“' | '”' => '"',
        _ => SIMPLIFIED.iter().find(|(old, _)| *old == character).map_or(character, |(_, new)| *new),
    }
}

/// The text without paths and links: `GET /v1/models` is not about models, and a link to a page about
/// credits is not about money.
pub(super) fn without_paths(text: &str) -> String {
    let in_path = |c: char| c.is_ascii_alphanumeric() || "/_-.:?=&%{}#".contains(c);
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(in_path) {
        let run = &rest[start..];
        let run = &run[..run.find(|c| !in_path(c)).unwrap_or(run.len())];
        let is_path =
            run.contains("://") || run.starts_with('/') && run.len() > 1 || run.contains("/v1") || run.contains(":/");
        out.push_str(&rest[..start]);
        out.push_str(if is_path { "/" } else { run });
        rest = &rest[start + run.len()..];
    }
    out + rest
}

/// A label such as `API_KEY_DISABLED`, `insufficient-quota` or `RateLimitExceeded` as plain words, so
/// that the same stems match labels and sentences.
pub(super) fn label_words(label: &str) -> String {
    let mut out = String::with_capacity(label.len() + 8);
    let mut previous = ' ';
    for character in label.chars().take(120) {
        if matches!(character, '_' | '-' | '.' | ':' | '/') {
            out.push(' ');
        } else {
            if character.is_ascii_uppercase() && (previous.is_ascii_lowercase() || previous.is_ascii_digit()) {
                out.push(' ');
            }
            out.push(character);
        }
        previous = character;
    }
    plain(&out)
}

/// True when a text is one word without spaces, as labels are.
pub(super) fn is_label(text: &str) -> bool {
    text.len() <= 120
        && text.contains(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ':' | '/'))
}

/// Where a stem first occurs at or after `from`, as a byte range. Both texts must be normalised.
pub(super) fn find_from(text: &str, stem: &str, from: usize) -> Option<(usize, usize)> {
    let (core, open_end) = stem.strip_suffix('*').map_or((stem, false), |core| (core, true));
    let latin_start = core.starts_with(|c: char| c.is_ascii_alphanumeric());
    let latin_end = !open_end && core.ends_with(|c: char| c.is_ascii_alphanumeric());
    let mut at = from;
    while let Some(found) = text.get(at..)?.find(core) {
        let (start, end) = (at + found, at + found + core.len());
        let joined = |neighbour: Option<char>| neighbour.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_');
        let start_is_free = !latin_start || !joined(text[..start].chars().next_back());
        let end_is_free = !latin_end || !joined(text[end..].chars().next());
        if start_is_free && end_is_free {
            let rest = if open_end { word_length(&text[end..]) } else { 0 };
            return Some((start, end + rest));
        }
        at = start + core.chars().next().map_or(1, char::len_utf8);
    }
    None
}

/// How many bytes of a word follow the end of an open stem: `claude-*` covers the whole id.
fn word_length(rest: &str) -> usize {
    rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.')).count()
}

/// True when the stem occurs.
pub(super) fn has(text: &str, stem: &str) -> bool {
    find_from(text, stem, 0).is_some()
}

/// True when one of the stems occurs.
pub(super) fn any(text: &str, stems: &[&str]) -> bool {
    stems.iter().any(|stem| has(text, stem))
}

/// All occurrences of the stems as byte ranges, in no particular order; at most a few hundred.
pub(super) fn places(text: &str, stems: &[&str]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for stem in stems {
        let mut from = 0;
        while let Some((start, end)) = find_from(text, stem, from) {
            found.push((start, end));
            from = end;
            if found.len() > 300 {
                return found;
            }
        }
    }
    found
}

/// Words for being disabled.
#[rustfmt::skip]
pub(super) const DISABLED: &[&str] = &[
    "banned", "disabled", "suspended", "inactive", "not active", "isn't active", "deactivated", "blocked",
    "locked", "frozen", "terminated", "not activated", "paused", "revoked", "closed", "not enabled", "封禁",
    "禁用", "停用", "冻结", "锁定", "被封", "注销", "未激活", "未启用", "拉黑", "停权", "暂停使用",
    "状态不可用", "状态异常", "存在风险", "被系统限制", "被风控", "已暂停", "已关闭", "已被关闭", "已吊销", "被吊销", "已撤销",
];

/// Words for being expired.
pub(super) const EXPIRED: &[&str] =
    &["expired", "has expired", "is expired", "expiry", "过期", "到期", "超过有效期", "已逾期"];

/// Words that are unambiguous whatever the status, also where a gateway answers 500.
#[rustfmt::skip]
pub(super) const UNAMBIGUOUS: &[&str] = &[
    "insufficient quota", "insufficient user quota", "insufficient balance", "insufficient account balance",
    "insufficient credit", "insufficient credits", "insufficient funds", "quota exceeded", "quota exhausted",
    "exceeded your current quota", "exceeded current quota*", "budget exceeded", "quota is not enough",
    "pre consume token quota failed", "pre-consumed quota failed", "insufficient token quota",
    "token quota exhausted", "余额不足", "额度不足", "额度已用尽", "额度已用完", "额度用尽", "额度耗尽",
    "配额不足", "已欠费", "arrearage", "account is in good standing", "消费上限",
    "insufficient_quota*", "insufficient_user_quota*", "insufficient_balance*", "insufficient_credits*",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, stem: &str, expected: bool) {
        assert_eq!(has(&plain(text), stem), expected, "{stem:?} in {text:?}");
    }

    #[test]
    fn latin_stems_are_whole_words() {
        check("missing argument: 'max_tokens'", "token", false);
        check("Invalid Token.", "token", true);
        check("unblock it", "block*", false);
        check("it was Blocked", "block*", true);
    }

    #[test]
    fn chinese_stems_match_anywhere_in_both_scripts() {
        check("您的帳戶餘額不足，請儲值", "余额不足", true);
        check("該權杖無權訪問", "无权访问", true);
        check("ＡＰＩ　ＫＥＹ 无效", "api key", true);
    }

    #[test]
    fn spellings_of_api_key_are_one() {
        for text in ["x-api-key", "APIKEY is", "api_key"] {
            check(text, "api key", true);
        }
    }

    #[test]
    fn labels_become_words() {
        assert_eq!(label_words("API_KEY_DISABLED"), "api key disabled");
        assert_eq!(label_words("RateLimitExceeded"), "rate limit exceeded");
        assert_eq!(label_words("insufficient-quota"), "insufficient quota");
        assert!(is_label("budget_exceeded") && !is_label("no budget") && !is_label("429"));
    }

    #[test]
    fn paths_are_no_words() {
        assert_eq!(without_paths("route get:/v1/models not found"), "route / not found");
        assert_eq!(without_paths("余额不足，请到https://a.b/credits充值"), "余额不足，请到/充值");
        assert_eq!(without_paths("invalid and/or expired."), "invalid and/or expired.");
    }

    #[test]
    fn long_texts_are_cut() {
        assert!(plain(&"余".repeat(100_000)).len() < LONGEST + 8);
    }
}
