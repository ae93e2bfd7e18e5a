//! The numbers of an RSA key, and whether they fit each other.
//!
//! Holds: `Numbers` and its check. Must not know: in which form they stood.

use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, ConcatenatingMul, NonZero, Odd, Resize};
use zeroize::Zeroizing;

use super::{Algorithm, Key, compute, spki};
use crate::codec::der::trimmed;

/// Bits of a modulus: from the smallest that programs make, to the largest that they read.
const BITS: std::ops::RangeInclusive<u32> = 256..=16_384;

/// Bits of a modulus whose primes are not given: the check takes eight times as long for twice the bits.
const MOST_BITS_ALONE: u32 = 4096;

/// Nanoseconds that a check takes without primes, for each 64 bits of the modulus to the third power, and with primes,
/// for each to the second.
const ALONE: usize = 400;
const WITH_PRIMES: usize = 60;

/// Primes that a key may have.
const MOST_PRIMES: usize = 8;

type Number = Zeroizing<BoxedUint>;

/// The numbers of a key, the highest byte first. What a form leaves out is empty.
#[derive(Default)]
pub(super) struct Numbers<'a> {
    pub modulus: &'a [u8],
    /// That of the public half.
    pub exponent: &'a [u8],
    /// That of the private half.
    pub private: &'a [u8],
    /// Each prime, and the private exponent for it, where it is given.
    pub primes: Vec<(&'a [u8], &'a [u8])>,
    /// The inverse of the second prime.
    pub inverse: &'a [u8],
}

impl Numbers<'_> {
    /// The key, if the private half belongs to the public one.
    pub(super) fn key(&self) -> Option<Key> {
        let (modulus, exponent) = (trimmed(self.modulus), trimmed(self.exponent));
        let bits = bits_of(modulus);
        let is_odd = |number: &[u8]| number.last().is_some_and(|last| last & 1 == 1);
        if !BITS.contains(&bits) || !is_odd(modulus) || !is_odd(exponent) || exponent == [1] {
            return None;
        }
        if bits_of(exponent) >= bits || bits_of(trimmed(self.private)) > bits {
            return None;
        }
        let words = bits as usize / 64;
        let fits = if self.primes.iter().all(|(prime, _)| trimmed(prime).is_empty()) {
            if bits > MOST_BITS_ALONE {
                return None;
            }
            compute(ALONE * words.pow(3));
            self.turns_back(modulus, exponent)
        } else {
            compute(WITH_PRIMES * words.pow(2));
            self.primes_fit(modulus, exponent)?
        };
        fits.then(|| Key::public(Algorithm::Rsa(bits), spki::of_rsa(modulus, exponent)))
    }

    /// Whether the primes make up the modulus, and the private exponents undo the public one.
    fn primes_fit(&self, modulus: &[u8], exponent: &[u8]) -> Option<bool> {
        let shortest = bits_of(modulus) / (2 * self.primes.len() as u32);
        if self.primes.len() < 2 || self.primes.len() > MOST_PRIMES {
            return None;
        }
        let exponent = number(exponent)?;
        let mut product: Number = Zeroizing::new(BoxedUint::one());
        for (prime, own) in &self.primes {
            let bits = bits_of(trimmed(prime));
            if bits < shortest || bits > bits_of(modulus) {
                return None;
            }
            let prime = number(prime)?;
            product = Zeroizing::new(product.concatenating_mul(&*prime));
            let below = Zeroizing::new(prime.wrapping_sub(BoxedUint::one()));
            for private in [self.private, own].into_iter().filter(|private| !trimmed(private).is_empty()) {
                let undone = Zeroizing::new(exponent.concatenating_mul(&*number(private)?));
                if !leaves_one(&undone, &below)? {
                    return Some(false);
                }
            }
        }
        if bits_of(trimmed(self.private)) == 0 && self.primes.iter().any(|(_, own)| trimmed(own).is_empty()) {
            return None;
        }
        if !trimmed(self.inverse).is_empty() {
            let turned = Zeroizing::new(number(self.inverse)?.concatenating_mul(&*number(self.primes[1].0)?));
            let first = number(self.primes[0].0)?;
            if !leaves_one(&turned, &first)? {
                return Some(false);
            }
        }
        Some(trimmed(&product.to_be_bytes()) == modulus)
    }

    /// Whether the private exponent undoes the public one, told without primes: by trying it on 2.
    fn turns_back(&self, modulus: &[u8], exponent: &[u8]) -> bool {
        let try_on_two = || {
            let modulus = number(modulus)?;
            let parameters =
                BoxedMontyParams::new_vartime(Option::<Odd<BoxedUint>>::from(Odd::new((*modulus).clone()))?);
            let two = BoxedUint::from(2_u8).resize(parameters.bits_precision());
            let there = BoxedMontyForm::new(two.clone(), &parameters).pow(&*number(exponent)?);
            let back = Zeroizing::new(there.pow(&*number(self.private)?).retrieve());
            Some(*back == two)
        };
        try_on_two().unwrap_or(false)
    }
}

/// Whether a division leaves 1.
fn leaves_one(number: &BoxedUint, divisor: &BoxedUint) -> Option<bool> {
    let divisor: Option<NonZero<BoxedUint>> = NonZero::new(divisor.clone()).into();
    let rest = Zeroizing::new(number.rem_vartime(&Zeroizing::new(divisor?)));
    Some(trimmed(&rest.to_be_bytes()) == [1])
}

fn number(bytes: &[u8]) -> Option<Number> {
    let bytes = trimmed(bytes);
    (!bytes.is_empty()).then(|| Zeroizing::new(BoxedUint::from_be_slice_vartime(bytes)))
}

fn bits_of(number: &[u8]) -> u32 {
    number.first().map_or(0, |first| number.len() as u32 * 8 - first.leading_zeros())
}
