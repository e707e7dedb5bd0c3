//! The rounds of BLAKE3 over vectors, as macros: code with `#[target_feature]` can be inlined
//! only into code that has the same. Whoever uses them has `load`, `store`, `splat`, `count`,
//! `transpose`, `add`, `add_halves`, `xor` and the four rotations in scope.

/// Mixes the words of the state, four and four, with the words of the round's block that begin at
/// place `$from` of its schedule, two for each four. What can run side by side is written side by
/// side.
macro_rules! mix {
    ($v:ident, $m:ident, $round:literal, $from:literal,
        $($i:literal: $a:literal $b:literal $c:literal $d:literal),*) => {
        $($v[$a] = add(add($v[$a], $m[const { SCHEDULE[$round][$from + 2 * $i] }]), $v[$b]);)*
        mix_rest!($v, $m, $round, $from, $($i: $a $b $c $d),*);
    };
}

/// What of [`mix`] comes after the first word.
macro_rules! mix_rest {
    ($v:ident, $m:ident, $round:literal, $from:literal,
        $($i:literal: $a:literal $b:literal $c:literal $d:literal),*) => {
        $($v[$d] = rotate_16(xor($v[$d], $v[$a]));)*
        $($v[$c] = add($v[$c], $v[$d]);)*
        $($v[$b] = rotate_12(xor($v[$b], $v[$c]));)*
        $($v[$a] = add(add($v[$a], $m[const { SCHEDULE[$round][$from + 2 * $i + 1] }]), $v[$b]);)*
        $($v[$d] = rotate_8(xor($v[$d], $v[$a]));)*
        $($v[$c] = add($v[$c], $v[$d]);)*
        $($v[$b] = rotate_7(xor($v[$b], $v[$c]));)*
    };
}

/// The second half of a round.
macro_rules! diagonals {
    ($v:ident, $m:ident, $round:literal) => {
        mix!($v, $m, $round, 8, 0: 0 5 10 15, 1: 1 6 11 12, 2: 2 7 8 13, 3: 3 4 9 14);
    };
}

/// Whole rounds.
macro_rules! rounds {
    ($v:ident, $m:ident, $($round:literal)*) => {
        $(
            mix!($v, $m, $round, 0, 0: 0 4 8 12, 1: 1 5 9 13, 2: 2 6 10 14, 3: 3 7 11 15);
            diagonals!($v, $m, $round);
        )*
    };
}

/// The two parts of a kernel, for its number of lanes.
macro_rules! lanes {
    ($lanes:literal $(, #[$attribute:meta])?) => {
        $(#[$attribute])?
        fn compress(columns: &mut Columns<$lanes>) {
            let mut v = [splat(0); 16];
            for (v, row) in v.iter_mut().zip(&columns.chain) {
                *v = load(row);
            }
            for (v, word) in v[8..].iter_mut().zip(&IV[..4]) {
                *v = splat(*word);
            }
            v[12] = load(&columns.counter);
            v[14] = load(&columns.length);
            v[15] = load(&columns.flags);
            let m = transpose(&columns.blocks);
            rounds!(v, m, 0 1 2 3 4 5 6);
            for (word, row) in columns.chain.iter_mut().enumerate() {
                store(xor(v[word], v[word + 8]), row);
            }
        }

        $(#[$attribute])?
        fn expand(root: &Root, sums: &mut Sums) {
            let begun = begin(root);
            let mut m = [splat(0); 16];
            for (m, word) in m.iter_mut().zip(&root.block) {
                *m = splat(*word);
            }
            for (group, sums) in sums.groups::<$lanes>().enumerate() {
                let mut v = [splat(0); 16];
                for (v, word) in v.iter_mut().zip(&begun) {
                    *v = splat(*word);
                }
                v[12] = count($lanes * group as u32);
                mix_rest!(v, m, 0, 0, 0: 0 4 8 12);
                diagonals!(v, m, 0);
                rounds!(v, m, 1 2 3 4 5 6);
                let (low, high) = sums.split_at_mut(8);
                for word in 0..8 {
                    let sum = &mut low[word];
                    store(add_halves(load(sum), xor(v[word], v[word + 8])), sum);
                    let sum = &mut high[word];
                    let chain = splat(root.chain[word]);
                    store(add_halves(load(sum), xor(v[word + 8], chain)), sum);
                }
            }
        }
    };
}
