//! Messages whose elements are added up in several places at once.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::compression::Words;
use crate::kernel::Sums;
use crate::message::{Message, PIECES};

/// A message, and where its element is added.
pub(crate) struct Placed<M> {
    pub(crate) place: u8,
    pub(crate) message: M,
}

impl<M: Message> Message for Placed<M> {
    fn pieces(&self) -> [&[u8]; PIECES] {
        self.message.pieces()
    }

    #[inline]
    fn last_piece(&self) -> (u64, &[u8]) {
        self.message.last_piece()
    }

    #[inline]
    fn read(&self, offset: u64, block: &mut Words) {
        self.message.read(offset, block);
    }
}

/// A sum for each place, made when its first element comes: so elements may come in any order, and
/// each sum is brought into the order of lanes once.
pub(super) struct PlacedSums {
    /// By place, as far as there are any.
    sums: Vec<Option<Box<Sums>>>,
}

impl PlacedSums {
    pub(super) fn new() -> Self {
        Self { sums: Vec::new() }
    }

    /// The sum of a place.
    #[inline]
    pub(super) fn at(&mut self, place: u8) -> &mut Sums {
        let place = usize::from(place);
        if place >= self.sums.len() {
            self.sums.resize_with(place + 1, || None);
        }
        self.sums[place].get_or_insert_with(|| Box::new(Sums::new()))
    }

    /// Makes the opposite of each sum of it.
    pub(super) fn negate(&mut self) {
        self.sums.iter_mut().flatten().for_each(|sum| sum.negate());
    }

    /// All sums with their places, in order.
    pub(super) fn into_each(self) -> impl Iterator<Item = (u8, Box<Sums>)> {
        let places = (0..=u8::MAX).zip(self.sums);
        places.filter_map(|(place, sum)| Some((place, sum?)))
    }
}
