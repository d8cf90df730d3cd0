//! Takes orders: prints each line that it reads, and answers it.
#![allow(clippy::print_stdout, reason = "its output is read by the test")]

use std::{
    io::{self, BufRead as _, BufReader, Write as _},
    net::TcpListener,
};

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("10.2.0.2:9000")?;
    for stream in listener.incoming() {
        let mut stream = stream?;
        let mut line = String::new();
        BufReader::new(&stream).read_line(&mut line)?;
        println!("{}", line.trim_end());
        // The client may be out of reach.
        let _ = stream.write_all(b"done\n");
    }
    Ok(())
}
