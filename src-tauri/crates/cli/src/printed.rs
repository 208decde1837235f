//! What packagers and scripts ask for: completions, the manual page, the schema. All of it is made from
//! the one description of the command line, so it cannot tell of a flag that is not there.

use clap::CommandFactory;

use crate::arguments::Arguments;
use crate::output::Answer;
use crate::schema as form;

const NAME: &str = "airouter-setup-cli";

/// `completions SHELL`
pub(crate) fn completions(shell: clap_complete::Shell) -> Answer {
    let mut bytes = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), NAME, &mut bytes);
    text(bytes)
}

/// `man`: one page with every command.
pub(crate) fn manual() -> Answer {
    let mut command = Arguments::command();
    command.build();
    let mut bytes = Vec::new();
    // Writing to memory does not fail.
    let _ = clap_mangen::Man::new(command.clone()).render(&mut bytes);
    for part in command.get_subcommands() {
        let man = clap_mangen::Man::new(part.clone());
        bytes.extend(format!(".SH \"{} {}\"\n", NAME.to_uppercase(), part.get_name().to_uppercase()).bytes());
        let _ = man.render_description_section(&mut bytes);
        let _ = man.render_options_section(&mut bytes);
    }
    text(bytes)
}

/// `schema`
pub(crate) fn schema() -> Answer {
    Answer::new(Vec::new()).reads(format!("{:#}", form::schema()))
}

fn text(bytes: Vec<u8>) -> Answer {
    Answer::new(Vec::new()).reads(String::from_utf8_lossy(&bytes).trim_end().to_owned())
}
