// -- story: one cluster opened: who wrote it, who had it when, and any copy beside the one to keep. --

/** What a signal is in words, and whether its quotation is ours or an address, not the article's words. */
const signalOf = (name) => DATA.signals[name] || [name.replace(/_/g, ' '), 0];

let opened = null; // the story that is open: {one, other, texts}

const link = (url, ...children) => (url ? make('a', { href: url, rel: 'noreferrer noopener', target: '_blank' }, ...children) : make('span', {}, ...children));
const gauge = (part, kind) => make('svg:svg', { class: 'gauge', viewBox: '0 0 100 10', preserveAspectRatio: 'none', 'aria-hidden': 'true' }, make('svg:rect', { class: `f-${kind}`, width: Math.max(1, 100 * part), height: 10 }));

/** The texts of a story's members: [text, furniture, cut short, comparison with the first or null] or null each. */
function textsOf(one) {
  const rows = parsed(`t-${one.name}`);
  if (!rows) return null;
  const whole = rows.map((row) => (typeof row === 'number' ? rows[row] : row));
  return whole.map((row) => row && (typeof row[0] === 'number' ? [whole[row[0]][0], ...row.slice(1)] : row));
}

function why(one, piece) {
  const [place, signal, quote, name, weight] = piece;
  const [says, ours] = signalOf(signal);
  const said = says + (name && !means(one, name) ? `, for ${sanitize(name)}` : '');
  const at = place === null ? null : one.members[place];
  const where = at && make('a', { href: `#${one.name}/${place}` }, bdi(at.domain || at.id));
  const words = sanitize(quote.trim());
  return make('li', { class: weight < 0 ? 'against' : null }, words && (ours ? make('b', {}, words) : make('q', { dir: 'auto' }, words)),
    make('span', {}, said, where ? [', ', where] : null, weight ? `, weight ${weight > 0 ? '+' : '−'}${Math.abs(weight).toFixed(1)}` : ', no weight'));
}

/** Whether a name that evidence supports is the origin's: it may be called by its home. */
const means = (one, name) => name === one.origin.name || (one.origin.domain !== null && name === one.origin.domain);

function origin(one) {
  const { name, kind, domain, sure, inside, way, rivals, why: open } = one.origin;
  const card = make('section', { class: 'card', 'aria-label': 'Who wrote it' }, make('h2', {}, 'Who wrote it'), make('p', { class: 'name' }, writer(one.origin)));
  if (name === null) card.append(make('p', { class: 'soft' }, bdi(open ? open[0].toUpperCase() + open.slice(1) : 'No article names the writer'), '.'));
  else card.append(gauge(sure, kind), make('p', { class: 'soft' }, `${inWords(sure)}, ${percent(sure)} · ${kind}`, domain && domain !== name ? [' · ', bdi(domain)] : null, inside ? ' · its own copy is in this corpus' : ' · not in this corpus itself'));
  if (way.length > 1) card.append(make('p', { class: 'way' }, 'Way: ', way.map(([role, by], i) => [i ? ' → ' : null, make('b', {}, bdi(by)), ` (${role})`])));
  const ours = one.evidence.filter((piece) => piece[4] > 0 && name !== null && means(one, piece[3]));
  const rest = one.evidence.filter((piece) => !ours.slice(0, 3).includes(piece));
  if (ours.length) card.append(make('ul', { class: 'why' }, ours.slice(0, 3).map((piece) => why(one, piece))));
  if (rest.length) card.append(make('details', {}, make('summary', {}, `${number(rest.length)}${ours.length ? ' more' : ''} ${rest.length === 1 ? 'piece' : 'pieces'} of evidence`), make('ul', { class: 'why' }, rest.map((piece) => why(one, piece)))));
  if (rivals.length) {
    card.append(make('details', {}, make('summary', {}, 'Not chosen'), make('ul', { class: 'why' }, rivals.map(([by, p, reason]) => make('li', { class: 'against' }, make('b', {}, bdi(by)), make('span', {}, `${percent(p)}: ${sanitize(reason)}`))))));
  }
  return card;
}

function keep(one) {
  const head = one.members[0];
  return make('section', { class: 'card', 'aria-label': 'Copy to keep' }, make('h2', {}, one.size > 1 ? 'Copy to keep' : 'Article'),
    make('p', { class: 'name' }, link(head.url, bdi(head.domain || head.id))),
    one.size > 1 ? [gauge(one.sure, 'site'), make('p', { class: 'soft' }, `${inWords(one.sure)} the one to keep, ${percent(one.sure)}`)] : null,
    make('p', {}, heading(one)),
    make('p', { class: 'soft' }, [moment(head) || 'undated', ' · ', make('code', {}, bdi(head.id))]));
}

function members(one) {
  const limit = 200;
  const body = make('tbody');
  const row = (m, place) => {
    const late = m.lag === null ? (moment(m) || 'undated') : m.lag === 0 ? 'first' : `+${lag(m.lag)}`;
    const arrow = ['', ' of it', ', holds it'][m.direction];
    return make('tr', { 'data-place': place },
      make('td', { class: 'n' }, late, m.lag !== null ? make('small', {}, moment(m)) : null),
      make('th', { scope: 'row' }, bdi(m.domain || '(no site)'), make('small', {}, bdi(m.id))),
      make('td', { class: 'rel' }, sign(place ? m.relation : CANONICAL), place ? m.relation.noun + arrow : CANONICAL.noun),
      make('td', { class: 'n' }, place ? percent(m.containment) : ''),
      make('td', { class: 't' }, link(m.url, bdi(m.title || (m.url ? '(no title)' : '')))),
      make('td', {}, one.size > 1 && place ? make('button', { type: 'button', 'aria-pressed': 'false', 'aria-label': sanitize(`Compare ${m.domain || m.id} with the copy to keep`), on: { click: () => { location.hash = `#${one.name}/${place}`; } } }, 'Compare') : null));
  };
  const order = one.members.map((m, i) => i).sort((p, q) => (one.members[p].lag ?? Infinity) - (one.members[q].lag ?? Infinity) || p - q);
  body.append(...order.slice(0, limit).map((i) => row(one.members[i], i)));
  const table = make('table', { class: 'members' }, make('caption', { class: 'vh' }, 'Copies by time'), make('thead', {}, make('tr', {},
    make('th', { scope: 'col', class: 'n' }, 'when'), make('th', { scope: 'col' }, 'site'), make('th', { scope: 'col' }, 'relation'),
    make('th', { scope: 'col', class: 'n', title: 'share of the shorter text’s five-word runs that stand in the other' }, 'in common'), make('th', { scope: 'col' }, 'title'), make('td', {}))), body);
  const out = [make('div', { class: 'scroll' }, table)];
  if (one.size > limit) {
    const all = make('button', { type: 'button', on: { click: () => { body.append(...order.slice(limit).map((i) => row(one.members[i], i))); all.remove(); } } }, `Show all ${number(one.members.length)}`);
    out.push(all);
  }
  if (one.members.length < one.size) out.push(make('p', { class: 'note' }, `This page lists ${number(one.members.length)} of ${number(one.size)} members; clusters.jsonl has all.`));
  return out;
}

function linked(one) {
  if (!one.links.length) return null;
  return make('section', {}, make('h2', {}, 'Linked, not in this story'), make('ul', {}, one.links.map(([id, home, relation, run]) => make('li', {},
    `${RELATION_OF.get(relation).noun}, ${plural(run, 'word')} in one run: `, home && BY_NAME.has(home) ? make('a', { href: `#${home}` }, home, ' ', heading(STORIES[BY_NAME.get(home)])) : null, ' ', make('code', {}, bdi(id))))));
}

/** Open a story, with one of its copies beside the copy to keep. */
function open(at, place) {
  const one = STORIES[at], root = $('story');
  if (!opened || opened.one !== one) {
    opened = { one, texts: textsOf(one), other: null };
    const head = one.members[0];
    const step = (to, words, key) => make('button', { type: 'button', 'aria-keyshortcuts': key, disabled: to === null, on: { click: () => { location.hash = `#${STORIES[to].name}`; } } }, words);
    const [before, after] = neighbours(at);
    root.replaceChildren(
      make('p', { class: 'crumbs' }, make('a', { href: '#stories' }, '← All stories'), make('span', { class: 'space' }), step(before, '‹ Previous', 'k'), step(after, 'Next ›', 'j')),
      make('h1', {}, heading(one)),
      make('p', { class: 'sub' }, one.size > 1 ? [make('code', {}, one.name), ` · ${plural(one.size, 'article')}${one.sites.length ? ` on ${plural(one.sites.length, 'site')}` : ''}`, one.first ? ` · first ${moment(one.first)}` : null, one.first && one.first.domain ? [' on ', bdi(one.first.domain)] : null, one.spread ? `, last copy ${lag(one.spread)} later` : null] : [make('code', {}, one.name), ' · no copy in this corpus']),
      make('div', { class: 'pair' }, origin(one), keep(one)));
    if (one.size > 1) root.append(make('section', { id: 'when', 'aria-label': 'Who had it when' }, make('h2', {}, 'Who had it when'), axis(one) || '', make('p', { class: 'key' }, [CANONICAL, ...RELATIONS.filter((r) => one.relations.has(r.name))].map((r) => make('span', {}, sign(r), ' ', r.noun))), members(one)));
    root.append(make('section', { id: 'sides', 'aria-labelledby': 'h-sides' }));
    const more = linked(one);
    if (more) root.append(more);
  }
  beside(place || (one.size > 1 ? 1 : 0));
}

/** The pair of texts below the table. */
function beside(place) {
  const { one, texts } = opened, box = $('sides');
  const other = one.members[place] || one.members[0];
  const at = one.members.indexOf(other);
  opened.other = at;
  for (const row of document.querySelectorAll('.members tr[data-place]')) {
    const on = Number(row.dataset.place) === at;
    row.classList.toggle('on', on && at > 0);
    const button = row.querySelector('button');
    if (button) button.setAttribute('aria-pressed', String(on));
  }
  const title = one.size > 1 ? 'Side by side' : 'The text';
  const parts = [make('h2', { id: 'h-sides', tabindex: -1 }, title)];
  const [a, b] = texts ? [texts[0], texts[at]] : [null, null];
  if (!a || !b) {
    parts.push(make('p', { class: 'note' }, DATA.texts && texts ? 'A text cannot be read: it came from a stream, or its file has changed.' : 'The texts are not in this page. Scan with --html-articles clustered to have them, or run: dedup compare FILE#ID FILE#ID'));
  } else if (at === 0) {
    parts.push(make('div', { class: 'sides alone' }, make('div', { class: 'row' }, plainText(one, a, 0))));
  } else {
    const result = b[3] && comparisonOf(b[3], [a[0], b[0]]);
    if (result) parts.push(make('p', { class: 'verdict' }, result.sentence), measures(result.numbers));
    if (!result || !result.hasSpans) parts.push(make('p', { class: 'note' }, result ? 'These two have too many passages in common to mark them here. ' : 'This page holds no comparison of these two. ', 'The texts with their marks: ', make('code', {}, 'dedup compare FILE#', bdi(one.members[0].id), ' FILE#', bdi(other.id))));
    else {
      if (result.changed.length) {
        const cut = (side, [from, to]) => make('span', { class: 'x' }, sanitize(side[0].slice(from, to)));
        parts.push(make('p', {}, `${plural(result.changed.length, 'number')} changed: `, result.changed.slice(0, 12).map((span, i) => [i ? ', ' : null, cut(a, span.slice(0, 2)), ' → ', cut(b, span.slice(2))]), result.changed.length > 12 ? ' …' : null));
      }
      parts.push(make('p', { class: 'key' }, make('span', { class: 's' }, 'shared'), result.hasMoved ? make('span', { class: 'm' }, 'shared, in another place') : null, make('span', { class: 'o' }, 'own words'), make('span', {}, make('span', { class: 'x' }, '12'), ' changed number'), make('span', { class: 'f' }, 'page furniture, not compared'), make('span', {}, make('span', { class: 'e' }, 'evidence'), ' for the writer'),
        make('button', { type: 'button', 'aria-keyshortcuts': 'p', on: { click: () => jump(-1) } }, '↑ Difference'), make('button', { type: 'button', 'aria-keyshortcuts': 'n', on: { click: () => jump(1) } }, '↓ Difference')));
    }
    parts.push(sides(one, at, a, b, result && result.hasSpans ? result : null));
  }
  if ((a && a[2]) || (b && b[2])) parts.push(make('p', { class: 'note' }, 'The texts are long; the page shows their beginnings.'));
  box.replaceChildren(...parts);
}

/** The numbers of a pair, as pairs.jsonl has them. */
const measures = ([resemblance, aInB, bInA, run]) => make('p', { class: 'note measures' }, `resemblance ${resemblance.toFixed(2)} · A in B ${aInB.toFixed(2)} · B in A ${bInA.toFixed(2)} · longest run ${plural(run, 'word')}`);

// -- texts with their marks ----------------------------------------------------------------------------------------

/** Paragraphs of a text as [start, end]; lines that were broken at a width are one, long ones are cut after sentences. */
function paragraphs(text) {
  const lines = [...text.matchAll(/[^\n\r\u2028\u2029]+/g)].filter((found) => found[0].trim());
  const joined = [];
  for (const found of lines) {
    const last = joined[joined.length - 1], end = found.index + found[0].length;
    if (last && /^\r?\n$/.test(text.slice(last[1], found.index)) && wrapped(text.slice(last[2], last[1])) && !/^\s{2}/.test(found[0])) {
      last[1] = end; last[2] = found.index;
    } else joined.push([found.index, end, found.index]);
  }
  const out = [];
  for (let [from, end] of joined) {
    while (end - from > 900) {
      const stop = text.slice(from + 350, end).search(/[.!?。！？]["”’)]*\s|[。！？]/u);
      if (stop < 0 || from + 350 + stop + 2 >= end) break;
      out.push([from, from + 350 + stop + 2]);
      from += 350 + stop + 2;
    }
    out.push([from, end]);
  }
  return out.length ? out : [[0, text.length]];
}

/** Whether a line looks broken at a width, not ended. */
const wrapped = (line) => line.length >= 35 && line.length <= 90 && !/[.!?:;"”’')\]]\s*$/.test(line);

/** Where a member's own words of evidence stand in its text, as [start, end]. */
function quotes(one, place, text) {
  const found = [];
  for (const [at, signal, quote, , weight] of one.evidence) {
    if (at !== place || !weight || signalOf(signal)[1] || !quote.trim()) continue;
    const pattern = quote.trim().split(/\s+/).map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('\\s+');
    const hit = new RegExp(pattern, 'u').exec(text);
    if (hit) found.push([hit.index, hit.index + hit[0].length]);
  }
  return found;
}

/** A part of a text as nodes, each run of one state in an element of that class; own: the state of words in no span. */
function marked(text, [from, to], spans, own, evidence, furniture) {
  const box = make('p', { dir: 'auto' });
  const state = new Array(to - from).fill(own);
  for (const [start, end, name] of spans) if (end > from && start < to) state.fill(name, Math.max(0, start - from), Math.min(to, end) - from);
  // What stands between two words of one state is of that state too, but not between two changed numbers; it is
  // nobody's own.
  for (const found of text.slice(from, to).matchAll(/[^\p{L}\p{M}\p{N}]+/gu)) {
    const end = found.index + found[0].length, before = state[found.index - 1];
    if (state[found.index] === own) state.fill(before === state[end] && before !== 'x' ? before || '' : '', found.index, end);
  }
  for (let i = 0; i < furniture.length; i += 3) {
    let start = furniture[i];
    while (start > from && /[(\[“"‘]/.test(text[start - 1])) start--;
    if (furniture[i + 1] > from && start < to) state.fill('f', Math.max(0, start - from), Math.min(to, furniture[i + 1]) - from);
  }
  for (const [start, end] of evidence) if (end > from && start < to) state.fill('e', Math.max(0, start - from), Math.min(to, end) - from);
  for (let i = 0; i < state.length;) {
    let j = i + 1;
    while (j < state.length && state[j] === state[i]) j++;
    const words = sanitize(text.slice(from + i, from + j), true);
    const tag = { o: 'ins', x: 'ins', s: 'span', m: 'span', e: 'mark', f: 'span' }[state[i]];
    box.append(tag ? make(tag, { class: state[i] }, words) : words);
    i = j;
  }
  return box;
}

function plainText(one, [text, furniture], place) {
  return make('div', { class: 'cell' }, paragraphs(text).map((part) => marked(text, part, [], '', quotes(one, place, text), furniture)));
}

/** The paragraph of each letter and digit of a text between two places. */
function lettersIn(text, parts, from, to) {
  let p = 0;
  return [...text.slice(from, to).matchAll(/[\p{L}\p{N}]/gu)].map((found) => {
    while (p < parts.length - 1 && parts[p][1] <= from + found.index) p++;
    return p;
  });
}

/** Which paragraphs of both texts belong beside one another: [[fromA, toA], [fromB, toB]], in order. */
function rows(texts, parts, shared) {
  const tie = new Map();
  for (const [fromA, toA, fromB, toB] of shared) {
    // The words of a span are the same in both texts, so its letters are counted side by side.
    const [a, b] = [lettersIn(texts[0][0], parts[0], fromA, toA), lettersIn(texts[1][0], parts[1], fromB, toB)];
    for (let i = 0; i < Math.min(a.length, b.length); i++) {
      const key = `${a[i]} ${b[i]}`;
      tie.set(key, (tie.get(key) || 0) + 1);
    }
  }
  const ties = [...tie].filter(([, letters]) => letters >= 16).map(([key]) => key.split(' ').map(Number)).sort((p, q) => p[0] - q[0] || p[1] - q[1]);
  const out = [];
  let [i, j] = [0, 0];
  for (const [p, q] of ties) {
    const last = out[out.length - 1];
    if (last && last.tied && (p < last.a[1] || q < last.b[1])) {
      last.a[1] = Math.max(last.a[1], p + 1); last.b[1] = Math.max(last.b[1], q + 1);
    } else {
      if (p > i || q > j) out.push({ a: [i, p], b: [j, q], tied: false });
      out.push({ a: [p, p + 1], b: [q, q + 1], tied: true });
    }
    [i, j] = [out[out.length - 1].a[1], out[out.length - 1].b[1]];
  }
  if (i < parts[0].length || j < parts[1].length) out.push({ a: [i, parts[0].length], b: [j, parts[1].length], tied: false });
  return out;
}

/** Two texts side by side; result: their comparison, or null for texts without marks. */
function sides(one, at, a, b, result) {
  const texts = [a, b], places = [0, at];
  const parts = texts.map(([text]) => paragraphs(text));
  const said = texts.map(([text], s) => quotes(one, places[s], text));
  const spans = result ? result.sides : [[], []];
  const cell = (s, [from, to]) => make('div', { class: 'cell' }, parts[s].slice(from, to).map((part) => marked(texts[s][0], part, spans[s], result ? 'o' : '', said[s], texts[s][1])));
  const name = (s) => { const m = one.members[places[s]]; return make('div', { class: 'cell' }, make('b', {}, 'AB'[s]), ' ', link(m.url, bdi(m.domain || m.id)), s ? ` · ${m.lag === null ? moment(m) || 'undated' : m.lag ? `${lag(m.lag)} after the first` : 'first'}` : ' · copy to keep'); };
  return make('div', { class: 'sides' }, make('div', { class: 'row names' }, name(0), name(1)), rows(texts, parts, result ? result.shared : []).map((row) => make('div', { class: 'row' }, cell(0, row.a), cell(1, row.b))));
}

/** Go to the next or previous own word or changed number. */
function jump(step) {
  const all = [...document.querySelectorAll('.sides .o, .sides .x')];
  if (!all.length) return;
  const at = all.findIndex((node) => node.classList.contains('jump'));
  if (at >= 0) all[at].classList.remove('jump');
  const next = all[(at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step + all.length) % all.length];
  next.classList.add('jump');
  next.scrollIntoView({ block: 'center' });
}
