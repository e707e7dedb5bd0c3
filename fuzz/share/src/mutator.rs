//! Inputs made of seeds.

use fastrand::Rng;

/// Where inputs begin to differ, the same for every run.
const START: u64 = 0x5ea1_00d5;

/// Numbers at which parsers change their mind.
const NUMBERS: [u64; 12] = [
    0,
    1,
    0x7f,
    0x80,
    0xff,
    0x7fff,
    0xffff,
    0x7fff_ffff,
    0xffff_ffff,
    u64::MAX >> 1,
    u64::MAX - 1,
    u64::MAX,
];

/// Bytes that mean something in some format.
const BYTES: [u8; 10] = [0, 1, 0x7f, 0x80, 0xff, b' ', b'/', b'.', b'<', b'&'];

/// Makes inputs.
pub(crate) struct Mutator {
    seeds: Vec<Vec<u8>>,
    random: Rng,
}

impl Mutator {
    /// One that starts from `seeds`, and from nothing.
    pub(crate) fn new(mut seeds: Vec<Vec<u8>>) -> Self {
        seeds.push(Vec::new());
        Self { seeds, random: Rng::with_seed(START) }
    }

    /// The next input, of at most `bytes_max` bytes: a seed, in one of four cases with a stretch of
    /// it repeated, then edited in one to four places.
    pub(crate) fn next(&mut self, bytes_max: usize) -> Vec<u8> {
        let mut input = self.seed();
        if self.random.u8(..4) == 0 {
            self.grow(&mut input, bytes_max);
        }
        for _ in 0..self.random.usize(1..=4) {
            self.edit(&mut input);
        }
        input.truncate(bytes_max);
        input
    }

    fn seed(&mut self) -> Vec<u8> {
        let index = self.random.usize(..self.seeds.len());
        self.seeds[index].clone()
    }

    /// A stretch of an input, empty only where the input is.
    fn stretch(&mut self, input: &[u8]) -> std::ops::Range<usize> {
        if input.is_empty() {
            return 0..0;
        }
        let from = self.random.usize(..input.len());
        from..self.random.usize(from + 1..=input.len())
    }

    /// Repeats a stretch until the input has some length up to `bytes_max`.
    fn grow(&mut self, input: &mut Vec<u8>, bytes_max: usize) {
        let stretch = self.stretch(input);
        let mut repeated = input[stretch.clone()].to_vec();
        if repeated.is_empty() {
            repeated.push(self.random.u8(..));
        }
        let more = self.random.usize(..bytes_max.max(1));
        let copies = repeated.iter().copied().cycle().take(more);
        input.splice(stretch.end..stretch.end, copies);
    }

    fn edit(&mut self, input: &mut Vec<u8>) {
        let stretch = self.stretch(input);
        let at = stretch.start;
        match self.random.u8(..9) {
            0 if at < input.len() => input[at] ^= 1 << self.random.u8(..8),
            1 if at < input.len() => input[at] = BYTES[self.random.usize(..BYTES.len())],
            2 => self.put_number(input, at),
            3 => self.put_varint(input, stretch),
            4 => drop(input.drain(stretch)),
            5 => input.truncate(at),
            6 => {
                let copy = input[stretch].to_vec();
                input.splice(at..at, copy);
            }
            7 => {
                let other = self.seed();
                let stretch_of_other = self.stretch(&other);
                input.splice(stretch, other[stretch_of_other].iter().copied());
            }
            _ => input.insert(at, self.random.u8(..)),
        }
    }

    /// Overwrites one, two, four or eight bytes.
    fn put_number(&mut self, input: &mut [u8], at: usize) {
        let number = NUMBERS[self.random.usize(..NUMBERS.len())].to_le_bytes();
        let width = 1 << self.random.u8(..4);
        for (to, from) in input[at..].iter_mut().zip(&number[..width]) {
            *to = *from;
        }
    }

    /// Replaces a stretch by a number in the form that most formats count in.
    fn put_varint(&mut self, input: &mut Vec<u8>, stretch: std::ops::Range<usize>) {
        let mut number = NUMBERS[self.random.usize(..NUMBERS.len())];
        let mut bytes = Vec::new();
        while number >= 0x80 {
            bytes.push(number as u8 | 0x80);
            number >>= 7;
        }
        bytes.push(number as u8);
        input.splice(stretch, bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inputs_are_the_same_each_time_varied_and_bounded() {
        let inputs = || {
            let mut mutator = Mutator::new(vec![b"a seed of some length".to_vec()]);
            (0..1_000).map(|_| mutator.next(10_000)).collect::<Vec<_>>()
        };
        let made = inputs();
        assert_eq!(made, inputs());
        assert!(made.iter().all(|input| input.len() <= 10_000));
        assert!(made.iter().any(|input| input.len() > 5_000));
        let different: std::collections::HashSet<_> = made.iter().collect();
        assert!(different.len() > 600, "{} different inputs", different.len());
    }
}
