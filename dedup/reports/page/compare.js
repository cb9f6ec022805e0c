// -- compare: two texts word by word, as `dedup compare` does: shared runs are anchors, small gaps are aligned. --

const GAP = 48; // words between two anchors that are still aligned (dedup/clusters/align.py)
const WORD = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]\p{M}*|\p{N}+(?:[.,:’']\p{N}+)+|[\p{L}\p{M}\p{N}\u00ad\u200b-\u200d\u2060]+(?:['’‘ʼ＇][\p{L}\p{N}]+)*/gu;
const SINGLE = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

const folded = (word) => word.normalize('NFKD').toLowerCase().normalize('NFKD').replace(/['’‘ʼ＇\u0300-\u06ff\p{Cf}]/gu, (c) => (/\p{M}|\p{Cf}|['’‘ʼ＇]/u.test(c) ? '' : c));

/** The words of a text: where each stands, what it is folded to, and whether it belongs to the body. */
function words(text, furniture) {
  const out = [];
  let part = 0;
  for (const found of text.matchAll(WORD)) {
    const start = found.index;
    while (part < furniture.length && furniture[part + 1] <= start) part += 3;
    const cut = part < furniture.length && furniture[part] <= start;
    out.push({ start, end: start + found[0].length, key: folded(found[0]), body: !cut });
  }
  return out;
}

/** Runs of at least k equal words that go forward in both, the longest chain of them: [a, b, length]. */
function anchors(a, b, k) {
  const places = new Map();
  const gram = (keys, i) => keys.slice(i, i + k).join(' ');
  for (let i = 0; i + k <= a.length; i++) {
    const key = gram(a, i);
    if (places.has(key)) places.get(key).push(i); else places.set(key, [i]);
  }
  const runs = [], covered = new Set();
  for (let j = 0; j + k <= b.length; j++) {
    for (const i of (places.get(gram(b, j)) || []).slice(0, 8)) {
      if (covered.has(`${i - j} ${j}`)) continue;
      let n = 0;
      while (i + n < a.length && j + n < b.length && a[i + n] === b[j + n]) { covered.add(`${i - j} ${j + n}`); n++; }
      runs.push([i, j, n]);
    }
  }
  return { runs, chain: chain(runs) };
}

/** The runs that go forward in both texts and have most words together; overlaps are cut off. */
function chain(runs) {
  const sorted = runs.slice().sort((p, q) => p[1] - q[1] || p[0] - q[0]);
  const many = sorted.length > 1500 ? sorted.filter((r) => r[2] >= 12) : sorted;
  const best = [], from = [];
  let last = -1;
  for (let i = 0; i < many.length; i++) {
    best[i] = many[i][2]; from[i] = -1;
    for (let j = Math.max(0, i - 400); j < i; j++) {
      const lap = Math.max(0, many[j][0] + many[j][2] - many[i][0], many[j][1] + many[j][2] - many[i][1]);
      if (many[j][0] < many[i][0] && many[j][1] < many[i][1] && lap < many[i][2] && best[j] + many[i][2] - lap > best[i]) {
        best[i] = best[j] + many[i][2] - lap; from[i] = j;
      }
    }
    if (last < 0 || best[i] > best[last]) last = i;
  }
  const taken = [];
  for (let i = last; i >= 0; i = from[i]) taken.push(many[i].slice());
  taken.reverse();
  for (let i = 1; i < taken.length; i++) {
    const [p, q] = [taken[i - 1], taken[i]];
    const lap = Math.max(0, p[0] + p[2] - q[0], p[1] + p[2] - q[1]);
    q[0] += lap; q[1] += lap; q[2] -= lap;
  }
  return taken;
}

/** A longest common subsequence of two short lists as pairs of places. */
function common(a, b) {
  const table = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      table[i][j] = a[i] === b[j] ? table[i + 1][j + 1] + 1 : Math.max(table[i + 1][j], table[i][j + 1]);
    }
  }
  const pairs = [];
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    if (a[i] === b[j]) pairs.push([i++, j++]);
    else if (table[i + 1][j] >= table[i][j + 1]) i++; else j++;
  }
  return pairs;
}

/**
 * Two texts compared: for each the words with `state` s (shared, in order), m (shared, elsewhere), o (own), x (a number
 * that differs) or f (furniture), and `partner`, the place of the aligned word; then the counts.
 */
function compared(left, right, shingle) {
  const sides = [left, right].map(([text, furniture]) => words(text, furniture));
  const bodies = sides.map((side) => side.filter((word) => word.body));
  for (const side of sides) for (const word of side) { word.state = word.body ? 'o' : 'f'; word.partner = null; }
  const [a, b] = bodies;
  const keys = bodies.map((body) => body.map((word) => word.key));
  const single = bodies.some((body) => body.filter((word) => SINGLE.test(word.key)).length * 2 > body.length);
  const k = Math.max(1, Math.min(single ? 2 * shingle : shingle, a.length, b.length));
  const { runs, chain: ordered } = anchors(keys[0], keys[1], k);
  const match = (i, j) => { a[i].state = b[j].state = 's'; a[i].partner = b[j]; b[j].partner = a[i]; };
  for (const [i, j, n] of ordered) for (let m = 0; m < n; m++) match(i + m, j + m);
  const bounds = [[0, 0, 0], ...ordered, [a.length, b.length, 0]];
  const changes = [];
  for (let g = 1; g < bounds.length; g++) {
    const i = bounds[g - 1][0] + bounds[g - 1][2], j = bounds[g - 1][1] + bounds[g - 1][2];
    const toI = bounds[g][0], toJ = bounds[g][1];
    if (toI - i > GAP || toJ - j > GAP || i >= toI || j >= toJ || (g === 1 && !ordered.length)) continue;
    const pairs = common(keys[0].slice(i, toI), keys[1].slice(j, toJ));
    // A few small words in common are in any two sentences.
    if (pairs.length * 3 >= Math.min(toI - i, toJ - j)) for (const [p, q] of pairs) match(i + p, j + q);
    numbers(a, b, i, toI, j, toJ, changes);
  }
  for (const [i, j, n] of runs) {
    for (let m = 0; m < n; m++) {
      for (const word of [a[i + m], b[j + m]]) if (word.state === 'o') word.state = 'm';
    }
  }
  const count = (body, states) => body.filter((word) => states.includes(word.state)).length;
  return {
    sides, changes,
    total: bodies.map((body) => body.length),
    ordered: bodies.map((body) => count(body, 's')),
    moved: bodies.map((body) => count(body, 'm')),
    own: bodies.map((body) => count(body, 'ox')),
  };
}

/** Numbers that stand in the same slot between aligned words of both texts, and are not the same. */
function numbers(a, b, i, toI, j, toJ, changes) {
  const slots = (body, at, end) => {
    const out = [[]];
    for (; at < end; at++) if (body[at].state === 's') out.push([]); else out[out.length - 1].push(body[at]);
    return out;
  };
  const others = slots(b, j, toJ);
  slots(a, i, toI).forEach((slot, at) => {
    const [p, q] = [slot, others[at]].map((own) => own.filter((word) => /\p{N}/u.test(word.key)));
    if (!p.length || !q.length) return;
    for (const word of [...p, ...q]) word.state = 'x';
    changes.push([p, q]);
  });
}

/** The relation of a member to the canonical copy as a person would say it. A: the copy to keep, B: the other. */
function sentence(relation, direction, result) {
  // Which side is looked for in the other: the excerpt, else the shorter one.
  const inside = direction ? 2 - direction : Number(result.total[0] >= result.total[1]);
  const [small, large] = inside === 1 ? ['B', 'A'] : ['A', 'B'];
  const share = percent(result.ordered[inside] / Math.max(1, result.total[inside]));
  const moved = result.moved[inside] ? `, and ${percent(result.moved[inside] / Math.max(1, result.total[inside]))} in another place` : '';
  const own = result.own[inside] === 1 ? '1 word is its own' : `${result.own[inside] === 0 ? 'no' : number(result.own[inside])} words are its own`;
  const heads = {
    identical: 'A and B are the same text, word for word',
    near_copy: 'A and B are near copies',
    version: 'A and B are versions of one article',
    excerpt: `${small} is an excerpt of ${large}`,
    rewrite: 'B is a rewrite of A: the same story in other words',
    overlap: 'A and B share a passage; most of each is its own',
    template: 'A and B have the same form with other facts',
  };
  if (relation === 'identical') return `${heads.identical}.`;
  return `${heads[relation]}: ${share} of ${small}’s text stands in ${large}, in order${moved}; ${own}.`;
}
