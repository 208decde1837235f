//! What was sent never comes back: keys of 300 shapes, given back by a gateway in each place of its replies
//! and in each form, never come out of the command line or the window, whatever is asked of them.
//!
//! The usual run takes a sample. All of it, some 85,000 runs of the program:
//! `AIROUTER_LEAKS=full cargo test -p airouter-setup --release --test leaks`.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    missing_docs,
    reason = "a test"
)]
#![allow(dead_code, clippy::format_push_string, reason = "what is shared with other tests; texts of tests")]
#![cfg(unix)]

#[path = "leaks/around.rs"]
mod around;
#[path = "leaks/gateway.rs"]
mod gateway;
#[path = "../crates/core/tests/leaks/places.rs"]
mod places;
#[path = "../crates/core/tests/check_flow/script.rs"]
mod script;
#[path = "../crates/core/tests/leaks/shapes.rs"]
mod shapes;
mod shell;
#[path = "leaks/ways_out.rs"]
mod ways_out;
#[path = "leaks/window.rs"]
mod window;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use gateway::{Gateway, Script};
use places::{MARK, PLACES};
use shapes::{Shape, forms, leak, shapes};
use ways_out::{Home, WAYS_OUT};

/// One of so many cells is taken in the usual run. It shares no factor with the numbers of places and ways.
const ONE_OF: usize = 139;

/// The same of the walks through the window.
const ONE_WALK_OF: usize = 79;

/// One of so many, unless somebody wishes for another number or for all.
fn one_of(usual: usize) -> usize {
    match std::env::var("AIROUTER_LEAKS").as_deref() {
        Ok("full") => 1,
        Ok(number) => number.parse().unwrap(),
        Err(_) => usual,
    }
}

struct Cell<'a> {
    shape: &'a Shape,
    place: usize,
    way: usize,
    form: String,
    is_packed: bool,
}

fn cells(shapes: &[Shape]) -> Vec<Cell<'_>> {
    let all = shapes.len() * PLACES.len() * WAYS_OUT.len();
    let cell = |number: usize| {
        let (rest, way) = (number / WAYS_OUT.len(), number % WAYS_OUT.len());
        let (shape_number, place) = (rest / PLACES.len(), rest % PLACES.len());
        let shape = &shapes[shape_number];
        let forms = forms(&shape.key());
        let form = forms[(shape_number + place + way) % forms.len()].clone();
        Cell { shape, place, way, form, is_packed: (shape_number + way) % 3 == 0 }
    };
    (0..all).step_by(one_of(ONE_OF)).map(cell).collect()
}

#[test]
fn nothing_of_a_key_comes_out_of_the_command_line() {
    let shapes = shapes();
    let cells = cells(&shapes);
    let next = AtomicUsize::new(0);
    let work = || {
        let gateway = Gateway::start();
        let (mut marked, mut leaks) = (BTreeMap::<&str, usize>::new(), Vec::new());
        while let Some(cell) = cells.get(next.fetch_add(1, Ordering::Relaxed)) {
            let (place, (way, mark, go)) = (&PLACES[cell.place], WAYS_OUT[cell.way]);
            let text = format!("{MARK} key {} was given", cell.form);
            gateway.plays(Script { place, text, is_packed: cell.is_packed });
            let out = go(&Home::new(), &gateway.base, &cell.shape.key());
            *marked.entry(way).or_default() += usize::from(out.contains(mark));
            if let Some(part) = leak(&out, cell.shape) {
                leaks.push(format!("{way} × {}: {} of {} leaves {part}", place.0, cell.form, cell.shape.key()));
            }
        }
        (marked, leaks)
    };
    let workers = 2 * std::thread::available_parallelism().map_or(2, usize::from);
    let (mut marked, mut leaks) = (BTreeMap::<&str, usize>::new(), Vec::new());
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        for thread in threads {
            let (more, found) = thread.join().unwrap();
            more.into_iter().for_each(|(way, count)| *marked.entry(way).or_default() += count);
            leaks.extend(found);
        }
    });
    println!("{} cells, told of the replies: {marked:?}", cells.len());
    assert!(leaks.is_empty(), "{} of {} leak:\n{}", leaks.len(), cells.len(), leaks.join("\n"));
    for (way, ..) in WAYS_OUT {
        assert!(marked.get(way).is_some_and(|&count| count > 0), "{way} tells nothing of the replies: {marked:?}");
    }
}

/// One walk after the other: what the window knows of secrets is known to the whole process.
#[test]
fn nothing_of_a_key_comes_out_of_the_window() {
    let (gateway, shapes) = (Gateway::start(), shapes());
    let (mut walks, mut marked, mut leaks) = (0, 0, Vec::new());
    for number in (0..shapes.len() * PLACES.len()).step_by(one_of(ONE_WALK_OF)) {
        let (shape, place) = (&shapes[number / PLACES.len()], &PLACES[number % PLACES.len()]);
        let forms = forms(&shape.key());
        let form = &forms[number % forms.len()];
        gateway.plays(Script { place, text: format!("{MARK} key {form} was given"), is_packed: number % 2 == 0 });
        let out = window::walked(&gateway.base, &shape.key());
        let lamps = window::lamps(&gateway.base, &shape.key());
        assert!(lamps.contains("running"), "{lamps}");
        let out = out + &lamps;
        walks += 1;
        marked += usize::from(out.contains(MARK));
        leaks.extend(leak(&out, shape).map(|part| format!("{}: {form} of {} leaves {part}", place.0, shape.key())));
    }
    println!("{walks} walks, {marked} of which tell of the replies");
    assert!(leaks.is_empty(), "{} of {walks} leak:\n{}", leaks.len(), leaks.join("\n"));
    assert!(marked * 3 > walks, "the window tells nothing of the replies: {marked} of {walks}");
}

/// Secrets of other tools stand in Claude's files and log, and one in the address of a proxy.
#[test]
fn nothing_comes_out_of_claudes_files_its_log_or_a_proxys_address() {
    let shapes = shapes();
    let (mut walks, mut leaks) = (0, Vec::new());
    for number in (0..shapes.len()).step_by(one_of(37)) {
        let (shape, forms) = (&shapes[number], forms(&shapes[number].key()));
        let form = &forms[number % forms.len()];
        let out = around::walked(shape, form);
        walks += 1;
        for known in [MARK, "relay.example", "\"outcome\":\"written\"", "r.zip", "AR-2"] {
            assert!(out.contains(known), "nothing is told of {known}:\n{out}");
        }
        leaks.extend(leak(&out, shape).map(|part| format!("{form} of {} leaves {part}", shape.key())));
    }
    assert!(leaks.is_empty(), "{} of {walks} leak:\n{}", leaks.len(), leaks.join("\n"));
}
