//! Decodes bodies with a content encoding: gzip, deflate, Brotli, Zstandard. Claude's client accepts all four on
//! every request, so a gateway that damages them damages every reply.

use std::io::{self, Read};

use airouter_core::gateway::Reply;

/// The encodings in the order in which they were applied. `identity` and unknown names are ignored, as Claude's
/// client does (obs).
fn encodings(reply: &Reply) -> Vec<String> {
    let named = reply.headers.iter().filter(|(name, _)| name == "content-encoding");
    let named = named.flat_map(|(_, value)| value.split(','));
    let named = named.map(|name| name.trim().to_ascii_lowercase());
    named.filter(|name| matches!(name.as_str(), "gzip" | "x-gzip" | "deflate" | "br" | "zstd")).collect()
}

/// True if the headers name an encoding that has to be decoded.
pub(super) fn is_encoded(reply: &Reply) -> bool {
    !encodings(reply).is_empty()
}

/// The decoded body, cut at `most` bytes; `None` if it is not encoded as the headers say, or truncated. An empty
/// body is valid.
pub(super) fn decoded(reply: &Reply, most: usize) -> Option<Vec<u8>> {
    if reply.body.is_empty() {
        return Some(Vec::new());
    }
    let encodings = encodings(reply);
    encodings.iter().rev().try_fold(reply.body.clone(), |body, name| decode(name, &body, most).ok())
}

fn decode(name: &str, body: &[u8], most: usize) -> io::Result<Vec<u8>> {
    match name {
        "gzip" | "x-gzip" => read(flate2::read::MultiGzDecoder::new(body), most),
        "deflate" => {
            // Most servers send the zlib format, as the standard says, some raw deflate.
            let zlib = read(flate2::read::ZlibDecoder::new(body), most);
            zlib.or_else(|_| read(flate2::read::DeflateDecoder::new(body), most))
        }
        "br" => read(brotli_decompressor::Decompressor::new(body, 4096), most),
        _ => read(ruzstd::decoding::StreamingDecoder::new(body).map_err(io::Error::other)?, most),
    }
}

/// Reads at most `most` bytes: a small body may expand to any size.
fn read(decoder: impl Read, most: usize) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    decoder.take(most as u64).read_to_end(&mut out)?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn reply(encoding: &str, body: &[u8]) -> Reply {
        Reply::new(200, [("content-encoding", encoding)], body)
    }

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(text).expect("to memory");
        encoder.finish().expect("to memory")
    }

    #[test]
    fn all_four_are_decoded() {
        let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        zlib.write_all(b"hello").expect("to memory");
        let mut bare = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
        bare.write_all(b"hello").expect("to memory");
        // Uncompressed: a window, one block, the end (RFC 7932); a frame and one raw block (RFC 8878).
        let brotli = b"\x0b\x02\x80hello\x03";
        let zstd = b"\x28\xb5\x2f\xfd\x00\x58\x29\x00\x00hello";
        for (name, body) in [
            ("gzip", gzip(b"hello")),
            ("deflate", zlib.finish().expect("to memory")),
            ("deflate", bare.finish().expect("to memory")),
            ("br", brotli.to_vec()),
            ("zstd", zstd.to_vec()),
            ("GZIP, gzip", gzip(&gzip(b"hello"))),
        ] {
            assert_eq!(decoded(&reply(name, &body), 100).as_deref(), Some(&b"hello"[..]), "{name}");
        }
    }

    #[test]
    fn wrong_and_truncated_bodies_are_rejected_and_large_ones_are_cut() {
        let whole = gzip(&[b'x'; 10_000]);
        assert_eq!(decoded(&reply("gzip", b"plain text"), 100), None);
        assert_eq!(decoded(&reply("gzip", &whole[..whole.len() / 2]), 100_000), None);
        assert_eq!(decoded(&reply("br", b"plain text, and more of it"), 100), None);
        assert_eq!(decoded(&reply("zstd", b"plain text"), 100), None);
        assert_eq!(decoded(&reply("gzip", &whole), 100).map(|body| body.len()), Some(100));
        assert!(!is_encoded(&reply("identity", b"x")) && !is_encoded(&reply("aws-chunked", b"x")));
    }
}
