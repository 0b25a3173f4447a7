/** The conversation as articles in the log. */

// The server escapes everything in `html`; without this policy the browser would refuse to read it as markup.
const trust = globalThis.trustedTypes === undefined
  ? { createHTML: (html) => html }
  : globalThis.trustedTypes.createPolicy('overblik', { createHTML: (html) => html });

/** How near the end a reader must be to be taken along, in CSS pixels. */
const NEAR = 160;
const calm = matchMedia('(prefers-reduced-motion: reduce)');

function timeOf(at, language) {
  const time = document.createElement('time');
  time.dateTime = at;
  const when = new Date(at);
  const sameDay = when.toDateString() === new Date().toDateString();
  time.textContent = new Intl.DateTimeFormat(language === 'da' ? 'da-DK' : 'en-GB', sameDay ? { timeStyle: 'short' } : { dateStyle: 'medium', timeStyle: 'short' }).format(when);
  return time;
}

function articleOf(entry, language, say) {
  const article = document.createElement('article');
  article.id = entry.id;
  article.className = `entry ${entry.from}`;
  article.tabIndex = -1;
  const by = document.createElement('p');
  by.className = 'by';
  by.id = `${entry.id}-by`;
  by.lang = language;
  const name = document.createElement('span');
  name.textContent = say(entry.from === 'person' ? 'you' : 'bot');
  by.append(name, ' ', timeOf(entry.at, language));
  const body = document.createElement('div');
  body.className = 'body';
  body.lang = entry.language;
  body.innerHTML = trust.createHTML(entry.html);
  article.append(by, body);
  article.setAttribute('aria-labelledby', entry.title === '' ? by.id : `${by.id} ${entry.id}-title`);
  return article;
}

/** A table that fits needs no tab stop. */
function measure(root) {
  for (const frame of root.querySelectorAll('.scroll')) {
    if (frame.scrollWidth > frame.clientWidth) frame.tabIndex = 0;
    else frame.removeAttribute('tabindex');
  }
}

export function createLog({ log, newer, say, language }) {
  let awaited = false;
  addEventListener('resize', () => measure(log));

  const end = () => document.documentElement.scrollHeight - innerHeight;
  const scroll = (top, behavior) => scrollTo({ top, behavior: calm.matches ? 'auto' : behavior });
  const toEnd = (behavior = 'smooth') => {
    newer.hidden = true;
    scroll(end(), behavior);
  };
  newer.addEventListener('click', () => {
    toEnd();
    log.lastElementChild?.focus({ preventScroll: true });
  });
  addEventListener('scroll', () => { if (end() - scrollY < NEAR) newer.hidden = true; }, { passive: true });

  /** An answer longer than the screen is shown from its beginning. */
  const show = (article, behavior = 'smooth') => {
    const room = innerHeight - 200;
    if (article.offsetHeight <= room) toEnd(behavior);
    else article.scrollIntoView({ block: 'start', behavior: calm.matches ? 'auto' : behavior });
  };

  const add = (entry) => {
    if (document.getElementById(entry.id) !== null) return;
    const follow = awaited || end() - scrollY < NEAR;
    const article = articleOf(entry, language(), say);
    log.append(article);
    measure(article);
    awaited = entry.from === 'person';
    if (follow) show(article);
    else newer.hidden = false;
  };

  return {
    add,
    clear: () => {
      log.replaceChildren();
      newer.hidden = true;
    },
    /** What was said before; entries that stand already stay as they are. */
    restore: (entries) => {
      const fresh = entries.filter((entry) => document.getElementById(entry.id) === null);
      const first = log.childElementCount === 0;
      if (!first) return fresh.forEach(add);
      // Not news: a screen reader needn't read it out.
      log.setAttribute('aria-busy', 'true');
      log.append(...fresh.map((entry) => articleOf(entry, language(), say)));
      measure(log);
      log.removeAttribute('aria-busy');
      if (fresh.length > 0) show(log.lastElementChild, 'auto');
    },
    expect: () => { awaited = true; },
  };
}
