//! An icon for connectors that have none.

/// Learn, "Certification": a square of 100 to 230 pixels.
const SIDE: u32 = 230;

/// A PNG in one colour, `#RRGGBB`, with a lighter square in its middle; grey where the colour is none.
///
/// # Errors
/// It can't be written down, which doesn't happen to an image of this size.
pub fn icon(brand_color: &str) -> Result<Vec<u8>, png::EncodingError> {
    let ground = color(brand_color).unwrap_or([0x60; 3]);
    let light = ground.map(|channel| channel + (255 - channel) / 3 * 2);
    let inside = |position: u32| (SIDE / 3..SIDE - SIDE / 3).contains(&position);
    let pixel = |x: u32, y: u32| if inside(x) && inside(y) { light } else { ground };
    let pixels: Vec<_> = (0..SIDE)
        .flat_map(|y| (0..SIDE).flat_map(move |x| pixel(x, y)))
        .collect();
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, SIDE, SIDE);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.write_header()?.write_image_data(&pixels)?;
    Ok(bytes)
}

fn color(text: &str) -> Option<[u8; 3]> {
    let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
    let channel = |start: usize| u8::from_str_radix(digits.get(start..start + 2)?, 16).ok();
    Some([channel(0)?, channel(2)?, channel(4)?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_icon_is_a_png_and_the_same_every_time() {
        let bytes = icon("#0b5cab").expect("it is written");
        assert!(bytes.starts_with(b"\x89PNG\r\n\x1a\n"));
        assert_eq!(bytes, icon("#0b5cab").expect("it is written"));
        let mut reader = png::Decoder::new(std::io::Cursor::new(&bytes))
            .read_info()
            .expect("a PNG");
        let mut pixels = vec![0; reader.output_buffer_size().expect("a small one")];
        let frame = reader.next_frame(&mut pixels).expect("a frame");
        assert_eq!(
            (frame.width, frame.height, &pixels[..3]),
            (230, 230, &[0x0b, 0x5c, 0xab][..])
        );
    }
}
