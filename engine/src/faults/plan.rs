//! Which states after a power cut are looked at, where there may be too many to look at all.

use std::collections::HashSet;

use super::image::Fate;
use super::random::Random;

/// What there is to decide of one unsynced change.
#[derive(Debug, Default)]
pub(super) struct Choice {
    /// Whether it is a write of bytes, which can be there in part.
    pub(super) is_write: bool,
    /// Where it can tear, in bytes from its start.
    pub(super) bounds: Vec<u64>,
    /// The earlier changes without which it can't be durable.
    pub(super) needs: Vec<usize>,
}

/// How many places of the last write are torn at.
const TEARS_MAX: usize = 8;
/// Up to how many changes every way to keep or lose them is looked at, if the bound allows.
const CHANGES_ENUMERATED_MAX: usize = 16;

/// At most `bound` ways to deal with the changes, oldest change first in each; no two are equal.
pub(super) fn plans(choices: &[Choice], bound: usize) -> Vec<Vec<Fate>> {
    let mut plans = Plans { choices, bound, plans: Vec::new(), seen: HashSet::new() };
    plans.add(vec![Fate::Lost; choices.len()]);
    plans.add(vec![Fate::Kept; choices.len()]);
    let wanted = wanted(choices);
    let room = bound.saturating_sub(plans.plans.len());
    // Where not all of these fit, some of each kind are taken, evenly.
    let step = wanted.len().div_ceil(room.max(1)).max(1);
    for first in 0..step {
        wanted.iter().skip(first).step_by(step).for_each(|plan| plans.add(plan.clone()));
    }
    if choices.len() <= CHANGES_ENUMERATED_MAX && 1 << choices.len() <= bound {
        for kept in 0..1u32 << choices.len() {
            let fate = |index| if kept >> index & 1 == 1 { Fate::Kept } else { Fate::Lost };
            plans.add((0..choices.len()).map(fate).collect());
        }
    }
    let mut random = Random::new(choices.len() as u64);
    // What is drawn may have been drawn before; where there is little to draw from it is given up.
    for _ in 0..bound.saturating_mul(4) {
        if plans.plans.len() == bound {
            break;
        }
        plans.add(drawn(choices, &mut random));
    }
    plans.plans
}

struct Plans<'a> {
    choices: &'a [Choice],
    bound: usize,
    plans: Vec<Vec<Fate>>,
    seen: HashSet<Vec<Fate>>,
}

impl Plans<'_> {
    /// Adds a plan unless it is there. What needs something lost is lost with it.
    fn add(&mut self, mut plan: Vec<Fate>) {
        for (index, choice) in self.choices.iter().enumerate() {
            if choice.needs.iter().any(|needed| plan[*needed] == Fate::Lost) {
                plan[index] = Fate::Lost;
            }
        }
        if self.plans.len() < self.bound && self.seen.insert(plan.clone()) {
            self.plans.push(plan);
        }
    }
}

/// The plans most likely to find a mistake: the last write torn, then for each change what had come
/// up to it, all but it, and it alone.
fn wanted(choices: &[Choice]) -> Vec<Vec<Fate>> {
    let mut wanted = Vec::new();
    if let Some(last) = choices.iter().rposition(|choice| choice.is_write) {
        let bounds = &choices[last].bounds;
        let step = bounds.len().div_ceil(TEARS_MAX).max(1);
        let tears = bounds.iter().step_by(step).map(|bound| Fate::Prefix(*bound));
        let scattered = (1..=2).filter(|_| !bounds.is_empty()).map(Fate::Sectors);
        for fate in tears.chain(scattered).chain([Fate::Length]) {
            let mut plan = vec![Fate::Kept; choices.len()];
            plan[last] = fate;
            wanted.push(plan);
        }
    }
    for index in (0..choices.len()).rev() {
        let up_to = |other| if other <= index { Fate::Kept } else { Fate::Lost };
        wanted.push((0..choices.len()).map(up_to).collect());
        let mut without = vec![Fate::Kept; choices.len()];
        without[index] = Fate::Lost;
        wanted.push(without);
        let mut alone = vec![Fate::Lost; choices.len()];
        keep_with_needs(choices, index, &mut alone);
        wanted.push(alone);
    }
    wanted
}

fn keep_with_needs(choices: &[Choice], index: usize, plan: &mut [Fate]) {
    plan[index] = Fate::Kept;
    for earlier in (0..=index).rev() {
        if plan[earlier] == Fate::Kept {
            choices[earlier].needs.iter().for_each(|needed| plan[*needed] = Fate::Kept);
        }
    }
}

/// A plan by chance. Some keep little and some keep nearly all: among many changes an even chance
/// would always lose one of the first.
fn drawn(choices: &[Choice], random: &mut Random) -> Vec<Fate> {
    let percent = [25, 50, 75, 90, 97][random.below(5) as usize];
    let fate = |choice: &Choice| {
        if random.chance(percent) {
            return Fate::Kept;
        }
        match (choice.is_write, random.below(4)) {
            (true, 0) => Fate::Length,
            (true, 1) if !choice.bounds.is_empty() => Fate::Sectors(random.next()),
            (true, 2) if !choice.bounds.is_empty() => {
                Fate::Prefix(choice.bounds[random.below(choice.bounds.len() as u64) as usize])
            }
            _ => Fate::Lost,
        }
    };
    choices.iter().map(fate).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn writes(count: usize) -> Vec<Choice> {
        (0..count).map(|_| Choice { is_write: true, ..Choice::default() }).collect()
    }

    #[test]
    fn the_bound_holds_and_the_two_ends_come_first() {
        for (count, bound) in [(0, 5), (1, 1), (3, 2), (40, 7), (40, 1000), (5, 0)] {
            let plans = plans(&writes(count), bound);
            assert!(plans.len() <= bound);
            let distinct: HashSet<_> = plans.iter().collect();
            assert_eq!(distinct.len(), plans.len());
            if bound > 0 {
                assert_eq!(plans[0], vec![Fate::Lost; count]);
            }
            if bound > 1 && count > 0 {
                assert_eq!(plans[1], vec![Fate::Kept; count]);
            }
        }
        assert_eq!(plans(&writes(40), 1000).len(), 1000);
        assert_eq!(plans(&writes(40), 7), plans(&writes(40), 7));
    }

    #[test]
    fn few_changes_are_kept_and_lost_in_every_way() {
        let plans = plans(&writes(5), 64);
        let whole = |fate: &Fate| matches!(fate, Fate::Kept | Fate::Lost);
        assert_eq!(plans.iter().filter(|plan| plan.iter().all(whole)).count(), 32);
    }

    #[test]
    fn a_change_is_never_kept_without_what_it_needs() {
        let needing = |needs: &[usize]| Choice { needs: needs.to_vec(), ..Choice::default() };
        let choices = [needing(&[]), needing(&[0]), needing(&[]), needing(&[1, 2])];
        let plans = plans(&choices, 100);
        for plan in &plans {
            for (index, choice) in choices.iter().enumerate() {
                let has_needs = choice.needs.iter().all(|needed| plan[*needed] == Fate::Kept);
                assert!(plan[index] == Fate::Lost || has_needs, "{plan:?}");
            }
        }
        assert!(plans.contains(&vec![Fate::Kept, Fate::Kept, Fate::Lost, Fate::Lost]));
        assert!(plans.contains(&vec![Fate::Lost, Fate::Lost, Fate::Kept, Fate::Lost]));
    }
}
