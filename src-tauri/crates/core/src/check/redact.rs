//! Redaction of check results: replies are judged as they came, and everything that is kept passes here.

use super::{CheckReport, Lamp, Layer};
use crate::finding::{Evidence, Finding};
use crate::secret::Redactor;

/// The evidence that counts the models whose id held a secret.
const LEFT_OUT: &str = "ids_with_key";

impl CheckReport {
    /// The report without any known secret. A model whose id holds one cannot be offered: redacted, the id
    /// would name no model, and unredacted, the key would be written to Claude's list and to every log. It is
    /// left out, and the lamp of the models says how many were.
    #[must_use]
    pub fn redacted(mut self, redactor: &Redactor) -> Self {
        let listed = self.models.len();
        self.models.retain(|model| !redactor.finds(&model.id));
        for model in &mut self.models {
            let name = model.display_name.take();
            model.display_name = name.map(|name| redactor.text(&name).into_owned());
        }
        self.proposal.retain(|id| !redactor.finds(id));
        let left_out = listed - self.models.len();
        self.base = redactor.text(&self.base).into_owned();
        self.lamps = self.lamps.into_iter().map(|lamp| lamp.redacted(redactor)).collect();
        self.layers = self.layers.into_iter().map(|layer| layer.redacted(redactor)).collect();
        self.findings = self.findings.into_iter().map(|finding| finding.redacted(redactor)).collect();
        if left_out > 0 {
            let remark = || Evidence::new(LEFT_OUT, left_out);
            let lamps = self.lamps.iter_mut().filter(|lamp| lamp.id == super::LampId::Models);
            lamps.for_each(|lamp| lamp.facts.push(remark()));
            let layers = self.layers.iter_mut().filter(|layer| layer.id == super::LayerId::Models);
            layers.for_each(|layer| layer.facts.push(remark()));
        }
        self
    }
}

impl Lamp {
    /// The lamp without any known secret.
    #[must_use]
    pub fn redacted(mut self, redactor: &Redactor) -> Self {
        self.finding = self.finding.map(|finding| finding.redacted(redactor));
        redact(&mut self.facts, redactor);
        self
    }
}

impl Layer {
    /// The layer without any known secret.
    #[must_use]
    pub fn redacted(mut self, redactor: &Redactor) -> Self {
        self.finding = self.finding.map(|finding| finding.redacted(redactor));
        redact(&mut self.facts, redactor);
        self
    }
}

impl Finding {
    /// The finding without any known secret.
    #[must_use]
    pub fn redacted(mut self, redactor: &Redactor) -> Self {
        redact(&mut self.evidence, redactor);
        self
    }
}

fn redact(facts: &mut [Evidence], redactor: &Redactor) {
    for fact in facts {
        if let std::borrow::Cow::Owned(erased) = redactor.text(&fact.value) {
            fact.value = erased;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{AuthScheme, LampId, LampState, LayerId};
    use crate::finding::Code;
    use crate::models::OfferedModel;
    use crate::secret::Secret;

    const KEY: &str = "acme.Zx9Yw8Vu7T.Qw3Er4Ty5U";

    #[test]
    fn no_field_of_a_report_keeps_the_key() {
        let finding = || Finding::new(Code::KeyRejected).with("said", format!("key {KEY} is wrong"));
        let facts = || vec![Evidence::new("software", KEY)];
        let model = |id: &str| OfferedModel {
            id: id.to_owned(),
            display_name: Some(format!("Model {KEY}")),
            tier: None,
            dropped: None,
        };
        let report = CheckReport {
            base: format!("https://gate.example/{KEY}"),
            scheme: AuthScheme::Bearer,
            lamps: vec![Lamp { finding: Some(finding()), facts: facts(), ..Lamp::waiting(LampId::Models) }],
            layers: vec![Layer {
                id: LayerId::Models,
                state: LampState::Ok,
                finding: Some(finding()),
                facts: facts(),
                millis: None,
            }],
            findings: vec![finding()],
            models: vec![model("claude-sonnet-4-5"), model(&format!("claude-{KEY}"))],
            proposal: vec![format!("claude-{KEY}"), "claude-sonnet-4-5".to_owned()],
            passed: true,
            clean: true,
            requests: 4,
            tokens_estimate: 900,
        };
        let report = report.redacted(&Redactor::new([&Secret::new(KEY.to_owned())]));
        let printed = format!("{report:?}");
        assert!(!printed.contains("Zx9Yw8"), "{printed}");
        assert_eq!(report.models.iter().map(|model| model.id.as_str()).collect::<Vec<_>>(), ["claude-sonnet-4-5"]);
        assert_eq!(report.proposal, ["claude-sonnet-4-5"], "a model that is no more is not proposed");
        assert_eq!(report.findings[0].fact("said"), Some("key ••• is wrong"));
        for facts in [&report.lamps[0].facts, &report.layers[0].facts] {
            assert_eq!(facts.last(), Some(&Evidence::new(LEFT_OUT, 1)), "support is shown why it is missing");
        }
    }
}
