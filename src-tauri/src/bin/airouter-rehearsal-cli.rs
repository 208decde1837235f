//! The command line program with rehearsals.

fn main() -> std::process::ExitCode {
    airouter_cli::run(Some(airouter_rehearsal::command::rehearse))
}
