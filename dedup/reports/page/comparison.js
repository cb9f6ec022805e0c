// -- comparison: the spans that dedup computed of a copy and the copy to keep; here they are only decoded. --

/** A list of spans as [fromA, toA, fromB, toB]: it holds what lies between two of them, and their lengths. */
function decoded(list) {
  const out = [];
  let [a, b] = [0, 0];
  for (let i = 0; i < list.length; i += 4) {
    const [fromA, fromB] = [a + list[i], b + list[i + 1]];
    [a, b] = [fromA + list[i + 2], fromB + list[i + 2] + list[i + 3]];
    out.push([fromA, a, fromB, b]);
  }
  return out;
}

/** Spans of words of numbers as spans of whole numbers: 17.9 is two words. texts: both texts. */
function wholeNumbers(spans, texts) {
  const out = new Map();
  for (const span of spans) {
    const [fromA, toA, fromB, toB] = [0, 1].flatMap((s) => {
      const before = /[\p{N}.,]*$/u.exec(texts[s].slice(0, span[2 * s]))[0], after = /^(?:[.,]?\p{N})*/u.exec(texts[s].slice(span[2 * s + 1]))[0];
      return [span[2 * s] - before.replace(/^[.,]+/, '').length, span[2 * s + 1] + after.length];
    });
    out.set(`${fromA} ${fromB}`, [fromA, toA, fromB, toB]);
  }
  return [...out.values()];
}

/**
 * A comparison: its sentence, [resemblance, a in b, b in a, longest run], whether it has spans, and these: `shared` in
 * order, numbers `changed`, and for both sides [from, to, state] with state s (shared, in order), m (shared,
 * elsewhere) or x (a number that differs).
 */
function comparisonOf([sentence, numbers, ...lists], texts) {
  const [shared, moved, words] = lists.map((list) => decoded(list || []));
  const changed = wholeNumbers(words, texts);
  const sides = [0, 2].map((at) => [[moved, 'm'], [shared, 's'], [changed, 'x']].flatMap(([spans, state]) => spans.map((span) => [span[at], span[at + 1], state])));
  return { sentence, numbers, hasSpans: lists[0] !== null, shared, changed, sides, hasMoved: moved.length > 0 };
}
