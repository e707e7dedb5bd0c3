//! Where a bucket keeps its entries: in pages of one size, which are filled one after the other.
//!
//! Buckets of keys that come in no order grow all together. If each had one piece of memory that
//! grows, what one leaves would fit none of the others, and half of the memory would be holes. A
//! full page is not moved, one that is filled has one of three sizes, and each takes the place of
//! any of its size that was given back. What is long has a page of its own, and so has all of a
//! bucket that was read from a frame.

/// The bytes of a full page.
const PAGE_BYTES: usize = 2 * 1024;

/// A page begins with as much and doubles, so that little of the last one is empty.
const BEGUN_BYTES: usize = PAGE_BYTES / 4;

/// Longer pieces have a page of their own, so that a page's end is not left empty for one.
const SHARED_BYTES_MAX: usize = PAGE_BYTES / 4;

/// The first page of a bucket begins with as much: there are buckets of few keys.
const FIRST_BYTES: usize = 64;

/// Pieces of bytes in pages.
#[derive(Debug, Default)]
pub(super) struct Heap {
    pages: Vec<Vec<u8>>,
    /// The page that is filled, if there is one.
    open: usize,
    len: usize,
}

/// Where a piece is. Those of a bucket are few, and all but a first one are short: it begins within
/// the first 64 KiB of its page.
#[derive(Debug, Clone, Copy)]
pub(super) struct At {
    page: u16,
    offset: u16,
}

impl At {
    /// Where a piece is that was read; none if no bucket has one there.
    pub(super) fn read(offset: usize) -> Option<Self> {
        Some(Self { page: 0, offset: u16::try_from(offset).ok()? })
    }
}

impl Heap {
    /// All of it in one page.
    pub(super) fn of(bytes: &[u8]) -> Self {
        Self { pages: vec![bytes.to_vec()], open: 0, len: bytes.len() }
    }

    /// How many bytes were put.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// The bytes of memory, slack included.
    pub(super) fn capacity(&self) -> usize {
        self.pages.capacity() * size_of::<Vec<u8>>()
            + self.pages.iter().map(Vec::capacity).sum::<usize>()
    }

    /// The bytes from a place to the end of its page.
    pub(super) fn bytes_from(&self, at: At) -> &[u8] {
        let page = self.pages.get(usize::from(at.page));
        page.and_then(|page| page.get(usize::from(at.offset)..)).unwrap_or_default()
    }

    /// Puts bytes over those at `skipped` bytes from a place.
    pub(super) fn overwrite(&mut self, at: At, skipped: usize, bytes: &[u8]) {
        let start = usize::from(at.offset) + skipped;
        self.pages[usize::from(at.page)][start..start + bytes.len()].copy_from_slice(bytes);
    }

    /// Puts a piece of so many bytes, which `write` appends.
    pub(super) fn put(&mut self, len: usize, write: impl FnOnce(&mut Vec<u8>)) -> At {
        let page = self.page_for(len);
        let bytes = &mut self.pages[page];
        let offset = bytes.len();
        write(bytes);
        debug_assert_eq!(bytes.len(), offset + len, "a piece of another length");
        self.len += len;
        // A bucket is split long before it has as many pages, and a page that is shared is short.
        At { page: page as u16, offset: offset as u16 }
    }

    /// The page that so many bytes go into.
    fn page_for(&mut self, len: usize) -> usize {
        let next = self.pages.len();
        if len > SHARED_BYTES_MAX {
            self.push(len);
            return next;
        }
        let Some(open) = self.pages.get_mut(self.open) else {
            self.push(len.next_power_of_two().max(FIRST_BYTES));
            self.open = next;
            return next;
        };
        let needed = open.len() + len;
        if needed > PAGE_BYTES {
            self.push(BEGUN_BYTES);
            self.open = next;
            return next;
        }
        if needed > open.capacity() {
            open.reserve_exact(needed.next_power_of_two() - open.len());
        }
        self.open
    }

    fn push(&mut self, bytes: usize) {
        self.pages.reserve_exact(1);
        self.pages.push(Vec::with_capacity(bytes));
    }
}

impl Clone for Heap {
    /// The page that is filled keeps its room.
    fn clone(&self) -> Self {
        let mut pages = self.pages.clone();
        if let (Some(page), Some(from)) = (pages.get_mut(self.open), self.pages.get(self.open)) {
            page.reserve_exact(from.capacity() - page.len());
        }
        Self { pages, ..*self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(heap: &mut Heap, bytes: &[u8]) -> At {
        heap.put(bytes.len(), |page| page.extend_from_slice(bytes))
    }

    /// Buckets that grow together leave few holes only because of this.
    #[test]
    fn full_pages_are_of_one_size_and_are_not_moved() {
        let mut heap = Heap::default();
        let mut pieces = Vec::new();
        let mut full = Vec::new();
        for number in 0..1000usize {
            let len = if number % 50 == 49 { 700 + number } else { 20 + number % 200 };
            let bytes = vec![number as u8; len];
            pieces.push((put(&mut heap, &bytes), bytes));
            let there = heap.pages.iter().filter(|page| page.capacity() >= PAGE_BYTES);
            let there = there.map(|page| (page.as_ptr(), page.capacity())).collect::<Vec<_>>();
            assert!(full.iter().all(|page| there.contains(page)), "a page was moved");
            full = there;
            let open = heap.pages[heap.open].capacity();
            assert!(open.is_power_of_two() && open <= PAGE_BYTES, "a page of {open} bytes");
        }
        let pages = heap.pages.iter().enumerate().filter(|(number, _)| *number != heap.open);
        let (one_size, alone): (Vec<_>, Vec<_>) =
            pages.map(|(_, page)| page).partition(|page| page.capacity() == PAGE_BYTES);
        assert!(one_size.len() > 50, "{} pages are full", one_size.len());
        assert_eq!(alone.len(), 20);
        assert!(alone.iter().all(|page| page.len() > SHARED_BYTES_MAX));
        assert!(heap.capacity() < heap.len() / 10 * 12, "{} of {}", heap.capacity(), heap.len());
        for (at, bytes) in &pieces {
            assert!(heap.bytes_from(*at).starts_with(bytes));
        }
    }

    #[test]
    fn a_copy_goes_on_where_the_original_does() {
        let mut heap = Heap::default();
        for _ in 0..30 {
            put(&mut heap, &[1; 100]);
        }
        let mut copy = heap.clone();
        assert_eq!(copy.pages[copy.open].capacity(), heap.pages[heap.open].capacity());
        let pages = heap.pages.len();
        for heap in [&mut heap, &mut copy] {
            let at = put(heap, &[2; 100]);
            assert_eq!((heap.bytes_from(at), heap.pages.len()), (&[2; 100][..], pages));
        }
    }

    #[test]
    fn what_was_read_is_one_page_and_is_left_as_it_is() {
        let read = vec![3; 5000];
        let mut heap = Heap::of(&read);
        let at = put(&mut heap, &[4; 10]);
        assert_eq!(heap.bytes_from(at), [4; 10]);
        assert_eq!((heap.pages.len(), heap.pages[0].capacity()), (2, 5000));
        assert!(At::read(65_535).is_some() && At::read(65_536).is_none());
    }
}
