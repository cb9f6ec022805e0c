// -- main: addresses, keys, and the matrix. --

let scrolled = 0; // where the list was left

/** Show what the address names: `#c000123`, `#c000123/2`, `#stories?relation=version`, or a section. */
function route() {
  let hash = location.hash.slice(1);
  try { hash = decodeURIComponent(hash); } catch { /* not ours: taken as it stands */ }
  const [, name, place] = /^([ac]\d+)(?:\/(\d+))?$/.exec(hash) || [];
  const home = $('home'), page = $('story');
  if (name) {
    const at = BY_NAME.get(name[0] + pad(Number(name.slice(1))));
    if (!home.hidden) scrolled = window.scrollY;
    home.hidden = true;
    page.hidden = false;
    if (at === undefined) {
      opened = null;
      page.replaceChildren(make('h1', {}, `No story ${name} in this page`), make('p', {}, make('a', { href: '#stories' }, '← All stories')));
      return;
    }
    const same = opened && opened.one === STORIES[at];
    open(at, place ? Number(place) : null);
    document.title = `${name}: ${sanitize(STORIES[at].members[0].title || 'story')}`;
    if (place) { $('h-sides').scrollIntoView(); $('h-sides').focus({ preventScroll: true }); } else if (!same) { window.scrollTo(0, 0); page.focus({ preventScroll: true }); }
    return;
  }
  const back = !page.hidden;
  const left = opened && opened.one.name;
  page.hidden = true;
  home.hidden = false;
  document.title = TITLE;
  const [section, query] = hash.split('?');
  if (query) {
    $('filters').reset();
    const asked = new URLSearchParams(query);
    for (const [key, id] of [['relation', 'f-relation'], ['site', 'f-site'], ['origin', 'f-origin'], ['q', 'q']]) if (asked.get(key)) $(id).value = asked.get(key);
    refresh();
  }
  if (back && section === 'stories' && !query) {
    window.scrollTo({ top: scrolled, behavior: 'instant' });
    const last = left && $('list').querySelector(`a[href="#${left}"]`);
    if (last) last.focus({ preventScroll: scrolled > 0 });
  } else if (section && $(section)) $(section).scrollIntoView();
  for (const item of document.querySelectorAll('.top nav a')) if (item.hash === `#${section}`) item.setAttribute('aria-current', 'true'); else item.removeAttribute('aria-current');
}

const TITLE = document.title;

function keys(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = event.target.closest('input, select, textarea');
  const inStory = !$('story').hidden;
  if (event.key === 'Escape' && !$('help').open) {
    if (typing) typing.blur();
    else if (inStory) location.hash = '#stories';
    return;
  }
  if (typing || $('help').open) return;
  const go = (to) => { if (to !== null && to !== undefined) location.hash = `#${STORIES[to].name}`; };
  const step = { j: 1, k: -1 }[event.key];
  if (event.key === '/') { if (inStory) location.hash = '#stories'; $('q').focus(); $('q').select(); } else if (event.key === '?') $('help').showModal();
  else if (step && inStory && opened) go(neighbours(STORIES.indexOf(opened.one))[step < 0 ? 0 : 1]);
  else if (step) walk(step);
  else if (event.key === 'c' && inStory && opened && opened.one.size > 1) location.hash = `#${opened.one.name}/${1 + (opened.other % (opened.one.members.length - 1))}`;
  else if (event.key === 'n' && inStory) jump(1);
  else if (event.key === 'p' && inStory) jump(-1);
  else return;
  event.preventDefault();
}

/** The focus on the next or previous story of the list. */
function walk(step) {
  const all = [...$('list').querySelectorAll('a')];
  const at = all.indexOf(document.activeElement);
  if (at + step >= all.length && drawn < found.length) { draw(); walk(step); return; }
  const next = all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + step))];
  if (next) next.focus();
}

// -- the matrix ----------------------------------------------------------------------------------------------------

function matrix() {
  const table = $('matrix');
  if (!table) return;
  const heads = [...table.tHead.rows[0].cells], body = table.tBodies[0];
  const measure = $('measure');
  document.querySelector('.matrixtools').hidden = false;
  const value = (row, at) => {
    const cell = row.cells[at];
    if (heads[at].dataset.sort === 'text') return cell.textContent;
    const by = at > 4 && measure.value === 'lag' ? cell.dataset.l : cell.dataset.v;
    return by === undefined || by === '' ? null : Number(by);
  };
  const sort = (at, down) => {
    const sign = down ? -1 : 1;
    const sorted = [...body.rows].sort((p, q) => {
      const [v, w] = [value(p, at), value(q, at)];
      if (v === null || w === null) return (v === null) - (w === null);
      return sign * (typeof v === 'string' ? collator.compare(v, w) : v - w);
    });
    body.append(...sorted);
    heads.forEach((head, i) => { if (i === at) head.setAttribute('aria-sort', down ? 'descending' : 'ascending'); else head.removeAttribute('aria-sort'); });
  };
  heads.forEach((head, at) => {
    const button = make('button', { type: 'button', on: { click: () => sort(at, head.hasAttribute('aria-sort') ? head.getAttribute('aria-sort') === 'ascending' : head.dataset.sort !== 'text') } });
    button.append(...head.childNodes);
    head.append(button);
  });
  measure.addEventListener('change', () => table.classList.toggle('show-lag', measure.value === 'lag'));
  $('sitefilter').addEventListener('input', () => {
    const part = $('sitefilter').value.trim().toLowerCase();
    let left = 0;
    for (const row of body.rows) { row.hidden = !row.cells[0].textContent.toLowerCase().includes(part); left += !row.hidden; }
    $('sitecount').textContent = part ? plural(left, 'site') : '';
  });
}

// -- begin ---------------------------------------------------------------------------------------------------------

fill();
refresh();
matrix();
$('filters').hidden = !STORIES.length;
$('keys').hidden = false;
$('keys').addEventListener('click', () => $('help').showModal());
$('close').addEventListener('click', () => $('help').close());
$('filters').addEventListener('submit', (event) => event.preventDefault());
$('filters').addEventListener('reset', () => setTimeout(refresh));
$('filters').addEventListener('input', refresh);
$('more').addEventListener('click', draw);
if ('IntersectionObserver' in window) new IntersectionObserver((seen) => { if (seen.some((s) => s.isIntersecting) && !$('more').hidden) draw(); }, { rootMargin: '600px' }).observe($('more'));
window.addEventListener('hashchange', route);
document.addEventListener('keydown', keys);
window.addEventListener('beforeprint', () => { for (const one of document.querySelectorAll('details')) one.open = true; });
if (location.hash) route();
