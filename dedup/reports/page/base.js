// -- base: the data, elements, and words. Strangers' text becomes text nodes only, nothing here makes markup of it. --

const $ = (id) => document.getElementById(id);
const parsed = (id) => { const at = $(id); return at ? JSON.parse(at.textContent) : null; };
const DATA = parsed('data');
const SVG = 'http://www.w3.org/2000/svg';

/** An element: names of attributes, `class`, `on` for listeners; children are nodes or text. */
function make(tag, attributes, ...children) {
  const [name, space] = tag.startsWith('svg:') ? [tag.slice(4), SVG] : [tag, null];
  const node = space ? document.createElementNS(space, name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (key === 'on') for (const [event, run] of Object.entries(value)) node.addEventListener(event, run);
    else node.setAttribute(key, value === true ? '' : String(value));
  }
  for (const child of children.flat(Infinity)) if (child !== null && child !== undefined && child !== '') node.append(child);
  return node;
}

// What no reader should be fooled by: the same rules as `sanitize` of dedup/sanitize.py, but that a soft hyphen
// stays, which a browser shows only where it breaks a line.
const BLANK = '\\u034f\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180d\\u180f\\u2800\\u3164\\uffa0\\ufdd0-\\ufdef\\ufffe\\uffff\\u{e0100}-\\u{e01ef}';
const ODD = new RegExp(`(?!\\u00ad)[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}${BLANK}]|[\\p{Mn}\\p{Me}]{5,}`, 'gu');
const SPELT = /[\p{L}\p{S}\p{M}]/u;

function shown(found, at, whole, lines) {
  const code = found.codePointAt(0);
  if (found === '\n' || found === '\r') return lines ? '\n' : '⏎';
  if (found === '\t') return ' ';
  if ([0x0b, 0x0c, 0x1c, 0x1d, 0x1e, 0x85, 0x2028, 0x2029].includes(code)) return lines ? '\n' : '⏎';
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  if (code === 0x7f) return '␡';
  if ((code === 0x200c || code === 0x200d) && at > 0) {
    const before = [...whole.slice(Math.max(0, at - 2), at)].pop(), after = [...whole.slice(at + 1, at + 3)][0];
    if (after && before > '\u02ff' && after > '\u02ff' && SPELT.test(before) && SPELT.test(after)) return found;
  }
  if ([...found].length > 4) return [...found].slice(0, 4).join('') + '⟨marks⟩';
  return `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
}

/** Text fit to be shown; with `lines` its line ends stay. */
function sanitize(text, lines) {
  return String(text).replace(/\r\n/g, '\n').replace(ODD, (found, at, whole) => shown(found, at, whole, lines));
}

const bdi = (text, attributes) => make('bdi', { dir: 'auto', ...attributes }, sanitize(text));
const number = (n) => n.toLocaleString('en');
const plural = (n, one, many) => `${number(n)} ${n === 1 ? one : many || one + 's'}`;
/** How sure a probability is, in the words of the terminal. */
const inWords = (part) => part >= 0.95 ? 'almost surely' : part >= 0.8 ? 'very probably' : part >= 0.6 ? 'probably' : 'perhaps';
const percent = (part) => (part > 0 && part < 0.005 ? '<1 %' : part >= 0.99 && part < 1 ? '99 %' : `${Math.round(100 * part)} %`);

/** A time between two publications, in the two units a person would say. */
function lag(seconds) {
  if (seconds === null) return '';
  if (seconds < 60) return seconds === 0 ? 'at once' : `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes >= 1440) {
    const hours = Math.floor((minutes % 1440) / 60), days = Math.floor(minutes / 1440);
    return `${number(days)} d` + (hours && days < 30 ? ` ${hours} h` : '');
  }
  if (minutes >= 60) return `${Math.floor(minutes / 60)} h` + (minutes % 60 ? ` ${minutes % 60} min` : '');
  return `${minutes} min`;
}

/** Seconds since 1970 of a publication time as written, without a zone in UTC; null where it is none. */
function seconds(published) {
  if (!published) return null;
  const found = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)\s*(Z|[+-]\d\d:?\d\d)?)?$/.exec(published.trim());
  if (!found) return null;
  const zone = found[3] && found[3] !== 'Z' ? found[3].replace(/^(...)(\d\d)$/, '$1:$2') : 'Z';
  const time = Date.parse(`${found[1]}T${found[2] || '00:00'}${zone}`);
  return Number.isNaN(time) ? null : time / 1000;
}

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
const two = (n) => String(n).padStart(2, '0');

function dated(at, withTime) {
  const when = new Date(at * 1000);
  const day = `${when.getUTCDate()} ${MONTHS[when.getUTCMonth()]} ${when.getUTCFullYear()}`;
  return withTime ? `${day}, ${two(when.getUTCHours())}:${two(when.getUTCMinutes())} UTC` : day;
}

/** When an article was published, to the minute where that is known; what is no date is shown as it was written. */
function moment(m) {
  if (m.at !== null && m.at !== undefined) return dated(m.at, true);
  const at = seconds(m.published);
  return at === null ? sanitize(m.published || '').slice(0, 32) : dated(at, m.published.trim().length > 10);
}

// -- the rows of the data as objects, made once -------------------------------------------------------------------

/** The relations, the closest first. */
const RELATIONS = DATA.relations.map(([code, name, noun, outline]) => ({ code, name, noun, outline, style: `f-${name}` }));
const RELATION_OF = new Map(RELATIONS.map((relation) => [relation.code, relation]));
/** How the copy to keep is marked among its copies. */
const CANONICAL = { noun: 'copy to keep', outline: 'diamond', style: 'mark-canonical' };
const pad = (n) => String(n).padStart(6, '0');

function member(row) {
  const [id, url, domain, title, published, relation, direction, resemblance, containment, late] = row;
  return { id, url, domain: DATA.domains[domain], title, published, relation: RELATION_OF.get(relation), direction, resemblance, containment, lag: late };
}

function story(row, name) {
  const [size, origin, evidence, sure, members, links, start, opening] = row;
  const [name_, kind, domain] = DATA.origins[origin[0]];
  const all = members.map(member);
  for (const m of all) if (m.title === 0) m.title = all[0].title;
  const exact = all.filter((m) => m.lag !== null);
  const first = exact.find((m) => m.lag === 0) || null;
  for (const m of all) m.at = m.lag === null || start === null ? null : start + m.lag;
  return {
    name, size, opening, members: all, evidence, sure, links, first,
    origin: { name: name_, kind, domain, sure: origin[1], inside: Boolean(origin[2]), way: origin[3], rivals: origin[4], why: origin[5] },
    spread: exact.length ? Math.max(...exact.map((m) => m.lag)) : null,
    start,
    sites: [...new Set(all.map((m) => m.domain).filter(Boolean))],
    relations: new Set(all.slice(1).map((m) => m.relation.name)),
    haystack: null,
  };
}

const STORIES = DATA.clusters.map((row, i) => story(row, `c${pad(i + 1)}`))
  .concat(DATA.singles.map((row) => story(row.slice(1), `a${pad(row[0] + 1)}`)));
const BY_NAME = new Map(STORIES.map((one, i) => [one.name, i]));

/** All that is searched of a story, in lower case. */
function haystack(one) {
  if (one.haystack === null) {
    const parts = [one.name, one.origin.name || 'unknown', one.opening || ''];
    for (const m of one.members) parts.push(m.title || '', m.domain || '', m.id);
    one.haystack = parts.join('\n').toLowerCase();
  }
  return one.haystack;
}

/** What a story is called: its title, else how its text begins. */
const heading = (one) => (one.members[0].title ? bdi(one.members[0].title) : one.opening ? [bdi(one.opening), ' …'] : '(no title)');

const writer = (origin) => [make('span', { class: `dot k-${origin.kind}`, 'aria-hidden': 'true' }), origin.name === null ? 'unknown writer' : bdi(origin.name)];

/** A relation's sign: a shape and a shade, closest copies darkest. */
function sign(relation) {
  const box = make('svg:svg', { class: 'rel', viewBox: '-8 -8 16 16', 'aria-hidden': 'true' });
  box.append(shape(relation, 0, 0, 6.5));
  return box;
}

function shape(relation, x, y, r) {
  const at = { class: `mark ${relation.style}` };
  switch (relation.outline) {
    case 'diamond': return make('svg:path', { ...at, d: `M${x} ${y - r * 1.25}L${x + r * 1.25} ${y}L${x} ${y + r * 1.25}L${x - r * 1.25} ${y}Z` });
    case 'square': return make('svg:rect', { ...at, x: x - r * .9, y: y - r * .9, width: r * 1.8, height: r * 1.8 });
    case 'triangle': return make('svg:path', { ...at, d: `M${x} ${y - r}L${x + r} ${y + r * .85}L${x - r} ${y + r * .85}Z` });
    case 'triangle-down': return make('svg:path', { ...at, d: `M${x} ${y + r}L${x + r} ${y - r * .85}L${x - r} ${y - r * .85}Z` });
    default: return make('svg:circle', { ...at, cx: x, cy: y, r });
  }
}
