//! The command line program.

fn main() -> std::process::ExitCode {
    airouter_cli::run(None)
}
