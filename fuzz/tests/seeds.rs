//! The seeds, and what was found with them, through their targets: without a fuzzer.

use std::{fs, path::Path};

#[test]
fn every_target_has_seeds_and_takes_them() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds");
    for (name, target) in midspan_fuzz::TARGETS {
        let seeds: Vec<_> = fs::read_dir(folder.join(name)).expect("the target's seeds").collect();
        assert!(!seeds.is_empty(), "{name} has no seeds");
        for seed in seeds {
            let path = seed.expect("a seed").path();
            println!("{}", path.display());
            target(&fs::read(path).expect("its bytes"));
        }
        target(b"");
    }
}
