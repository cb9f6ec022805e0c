// -- list: the stories, found, filtered and sorted; drawn as far as one has scrolled. --

const STEP = 50;
const SORTS = {
  size: (p, q) => q.size - p.size,
  new: (p, q) => (q.start ?? -Infinity) - (p.start ?? -Infinity),
  old: (p, q) => (p.start ?? Infinity) - (q.start ?? Infinity),
  slow: (p, q) => (q.spread ?? -1) - (p.spread ?? -1),
  fast: (p, q) => (p.spread ?? Infinity) - (q.spread ?? Infinity),
  sites: (p, q) => q.sites.length - p.sites.length,
  title: (p, q) => compareText(p.members[0].title, q.members[0].title),
  writer: (p, q) => compareText(p.origin.name, q.origin.name),
};
const collator = new Intl.Collator('en', { numeric: true });
const compareText = (p, q) => (p === null) - (q === null) || collator.compare(p || '', q || '');

let found = []; // places of the stories that pass the filters, in the order shown
let drawn = 0;

function wanted() {
  const value = (id) => $(id).value.trim();
  const day = (id) => { const at = seconds(value(id)); return at; };
  return {
    words: value('q').toLowerCase().split(/\s+/).filter(Boolean), site: value('f-site').toLowerCase(), origin: value('f-origin').toLowerCase(),
    relation: value('f-relation'), size: Number(value('f-size')) || 0, from: day('f-from'), to: day('f-to'),
  };
}

function passes(one, want) {
  if (one.size < want.size) return false;
  if (want.relation && !one.relations.has(want.relation)) return false;
  if (want.from !== null && !(one.start !== null && one.start >= want.from)) return false;
  if (want.to !== null && !(one.start !== null && one.start < want.to + 86400)) return false;
  if (want.origin && !(one.origin.name || 'unknown writer').toLowerCase().includes(want.origin)) return false;
  if (want.site && !one.sites.some((domain) => domain.toLowerCase().includes(want.site))) return false;
  return want.words.every((word) => haystack(one).includes(word));
}

/** Filter and sort anew, and draw the first of what is left. */
function refresh() {
  const want = wanted(), sort = SORTS[$('sort').value];
  found = [];
  STORIES.forEach((one, i) => { if (passes(one, want)) found.push(i); });
  if ($('sort').value !== 'size') found.sort((p, q) => sort(STORIES[p], STORIES[q]) || p - q);
  $('count').textContent = found.length === STORIES.length ? `${plural(STORIES.length, 'story', 'stories')}` : `${number(found.length)} of ${plural(STORIES.length, 'story', 'stories')}`;
  drawn = 0;
  $('list').replaceChildren();
  draw();
}

function draw() {
  const next = found.slice(drawn, drawn + STEP);
  $('list').append(...next.map((i) => item(STORIES[i])));
  drawn += next.length;
  $('more').hidden = drawn >= found.length;
}

function item(one) {
  const named = one.sites.slice(0, 4), more = one.sites.length - named.length;
  const parts = [writer(one.origin)];
  if (one.sites.length) parts.push(' · ', named.map((site, i) => [i ? ', ' : null, bdi(site)]), more ? ` +${more}` : null);
  if (one.start !== null) parts.push(` · ${dated(one.start, Boolean(one.first))}`);
  if (one.spread) parts.push(` · over ${lag(one.spread)}`);
  return make('li', {}, make('a', { href: `#${one.name}` },
    make('span', { class: 'size' }, make('b', {}, number(one.size)), make('small', {}, one.size === 1 ? 'article' : 'articles')),
    make('span', { class: 'what' }, make('strong', {}, heading(one)), make('span', { class: 'by' }, parts)), spark(one)));
}

/** The stories before and after one, in the order of the list. */
function neighbours(at) {
  const order = found.includes(at) ? found : STORIES.map((one, i) => i);
  const here = order.indexOf(at);
  return [here > 0 ? order[here - 1] : null, here < order.length - 1 ? order[here + 1] : null];
}

function fill() {
  const counted = (values) => { const n = new Map(); for (const v of values) n.set(v, (n.get(v) || 0) + 1); return [...n].sort((p, q) => q[1] - p[1] || collator.compare(p[0], q[0])).map(([v]) => v); };
  $('sites').append(...counted(STORIES.flatMap((one) => one.sites)).slice(0, 500).map((site) => make('option', { value: sanitize(site) })));
  $('writers').append(...counted(STORIES.map((one) => one.origin.name || 'unknown writer')).slice(0, 300).map((name) => make('option', { value: sanitize(name) })));
  const there = new Set(STORIES.flatMap((one) => [...one.relations]));
  $('f-relation').append(...RELATIONS.filter((r) => there.has(r.name)).map((r) => make('option', { value: r.name }, r.noun)));
}
