//! Half-bytes: the alphabet of the trie's paths.
//!
//! A path is a run of nibbles, high half first. Depths count nibbles, so a key of `n` bytes ends at
//! depth `2n`. Sorting keys by bytes and sorting their paths by nibbles is the same order, which
//! is why one pass over a sorted change set walks the trie from left to right.

/// The nibble at `depth` of a key. The caller keeps `depth < 2 × key.len()`.
pub(super) fn nibble(key: &[u8], depth: usize) -> u8 {
    let byte = key[depth / 2];
    if depth.is_multiple_of(2) {
        byte >> 4
    } else {
        byte & 0x0f
    }
}

/// How many nibbles a key has.
pub(super) fn length(key: &[u8]) -> usize {
    key.len() * 2
}

/// Where two keys part: the number of leading nibbles that they share.
pub(super) fn common_depth(a: &[u8], b: &[u8]) -> usize {
    let bytes = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    match (a.get(bytes), b.get(bytes)) {
        (Some(x), Some(y)) if x >> 4 == y >> 4 => bytes * 2 + 1,
        _ => bytes * 2,
    }
}

/// How many nibbles of `partial` a key follows, from `depth` on.
pub(super) fn followed(key: &[u8], depth: usize, partial: &[u8]) -> usize {
    let end = length(key).saturating_sub(depth).min(partial.len());
    (0..end)
        .take_while(|i| nibble(key, depth + i) == partial[*i])
        .count()
}

/// Packs a path of nibbles: two to a byte, an odd last one in the high half.
///
/// This is sp-trie's node prefix, and the first key that can lie under the path.
pub(super) fn pack(path: &[u8], out: &mut Vec<u8>) {
    out.clear();
    out.extend(
        path.chunks(2)
            .map(|pair| pair[0] << 4 | pair.get(1).copied().unwrap_or(0)),
    );
}

/// Packs the first `depth` nibbles of a key, like [`pack`].
pub(super) fn pack_key(key: &[u8], depth: usize, out: &mut Vec<u8>) {
    out.clear();
    out.extend_from_slice(&key[..depth / 2]);
    if !depth.is_multiple_of(2) {
        out.push(key[depth / 2] & 0xf0);
    }
}

/// Whether a key lies under a path.
pub(super) fn is_under(key: &[u8], path: &[u8]) -> bool {
    followed(key, 0, path) == path.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_part_where_their_nibbles_do() {
        assert_eq!(common_depth(&[0x12, 0x34], &[0x12, 0x34]), 4);
        assert_eq!(common_depth(&[0x12, 0x34], &[0x12, 0x35]), 3);
        assert_eq!(common_depth(&[0x12, 0x34], &[0x12, 0x44]), 2);
        assert_eq!(common_depth(&[0x12], &[0x12, 0x44]), 2);
        assert_eq!(common_depth(&[], &[0x12]), 0);
    }

    #[test]
    fn packing_a_path_and_a_key_is_the_same() {
        let (mut a, mut b) = (Vec::new(), Vec::new());
        for depth in 0..=4 {
            pack(&[1, 2, 3, 4][..depth], &mut a);
            pack_key(&[0x12, 0x34], depth, &mut b);
            assert_eq!(a, b);
        }
        assert!(is_under(&[0x12, 0x34], &[1, 2, 3]));
        assert!(!is_under(&[0x12], &[1, 2, 3]));
    }
}
