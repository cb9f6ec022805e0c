// -- timeline: the copies of a story along the hours and days after the first one. --

const STEPS = [60, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 345600, 604800, 1209600, 2592000, 7776000, 15552000, 31536000];

function ticks(spread, most) {
  const step = STEPS.find((s) => spread / s <= most) || 31536000 * Math.ceil(spread / 31536000 / most);
  const out = [];
  for (let at = 0; at <= spread; at += step) out.push(at);
  return out;
}

/** The marks of dated members, stacked where they would cover one another: [member, x, row]. */
function placed(members, spread, width, size) {
  const rows = [];
  return members.filter((m) => m.lag !== null).sort((p, q) => p.lag - q.lag).map((m) => {
    const x = spread ? (width * m.lag) / spread : 0;
    let row = rows.findIndex((last) => x - last >= size);
    if (row < 0) row = rows.length;
    rows[row] = x;
    return [m, x, row];
  });
}

/** The small line of a story in the list. */
function spark(one) {
  if (!one.spread) return make('span', { class: 'spark' });
  const box = make('svg:svg', { class: 'spark', viewBox: '-6 -8 156 16', 'aria-hidden': 'true' });
  box.append(make('svg:line', { x1: 0, x2: 144, y1: 0, y2: 0, stroke: 'currentColor', 'stroke-opacity': .25 }));
  for (const m of one.members.slice(0, 60).filter((m) => m.lag !== null).reverse()) {
    box.append(shape(m === one.members[0] ? CANONICAL : m.relation, (144 * m.lag) / one.spread, 0, 4));
  }
  return box;
}

/** The axis of an opened story; each mark leads to its comparison. */
function axis(one) {
  if (!one.spread) return null;
  const width = Math.max(260, Math.min(1100, document.documentElement.clientWidth - 64)), left = 12, shownMembers = one.members.slice(0, 400);
  const marks = placed(shownMembers, one.spread, width, 15);
  const rows = Math.min(12, 1 + Math.max(...marks.map((m) => m[2])));
  const base = rows * 15 + 4;
  const box = make('svg:svg', { class: 'axis', viewBox: `0 0 ${width + 2 * left} ${base + 26}`, role: 'group', 'aria-label': 'Timeline of the copies; the table below holds the same' });
  box.append(make('svg:line', { x1: left, x2: width + left, y1: base, y2: base }));
  for (const at of ticks(one.spread, Math.floor(width / 110))) {
    const x = left + (width * at) / one.spread;
    box.append(make('svg:line', { x1: x, x2: x, y1: base, y2: base + 5 }));
    box.append(make('svg:text', { x, y: base + 20, 'text-anchor': x < 40 ? 'start' : x > width - 30 ? 'end' : 'middle' }, at === 0 ? 'first' : `+${lag(at)}`));
  }
  for (const [m, x, row] of marks) {
    const place = one.members.indexOf(m);
    const mark = shape(place ? m.relation : CANONICAL, left + x, base - 8 - 15 * (row % 12), 5.5);
    const words = `${m.domain || m.id}, ${m.lag ? `${lag(m.lag)} after the first` : 'first'}, ${place ? m.relation.noun : 'the copy to keep'}`;
    box.append(make('svg:a', { href: `#${one.name}${place ? `/${place}` : ''}`, 'aria-label': sanitize(words) }, make('svg:title', {}, sanitize(words)), mark));
  }
  return box;
}
