import { createLog } from './log.js';
import { drawPeople, markPerson, markUnread } from './people.js';

const at = (id) => document.getElementById(id);
const ui = Object.fromEntries(['who', 'who-name', 'people', 'groups', 'conversation', 'conversation-name', 'person-name', 'person-title', 'suggestions',
  'log', 'typing', 'newer', 'connection', 'problem', 'composer', 'ask'].map((id) => [id, at(id)]));

/** A computer may be shared by people who each sign in: then nothing stays when the window is closed. */
const shelf = () => (signedIn ? sessionStorage : localStorage);
/** Remembered by the browser where it allows that. */
const memory = {
  get: (key) => { try { return shelf().getItem(`overblik.${key}`); } catch { return null; } },
  set: (key, value) => { try { if (value === '') shelf().removeItem(`overblik.${key}`); else shelf().setItem(`overblik.${key}`, value); } catch { /* private window */ } },
};

const started = await fetch('/chat/start');
if (!started.ok) {
  document.body.textContent = (await started.json()).error.message;
  throw new Error('the chat was refused');
}
const { people, signedIn, texts, unread, maxText } = await started.json();
let person = null;
let events = null;

const language = () => person?.language ?? (/^(da|nb|nn|no|sv)\b/.test(navigator.language) ? 'da' : 'en');
const say = (key, blanks = {}) => texts[language()][key].replace(/\{(\w+)\}/g, (whole, name) => blanks[name] ?? whole);
const log = createLog({ log: ui.log, newer: ui.newer, say, language });

function speak() {
  document.documentElement.lang = language();
  for (const element of document.querySelectorAll('[data-say]')) element.textContent = say(element.dataset.say);
  ui.ask.placeholder = say('ask');
}

function setTyping(on) {
  ui.typing.textContent = on ? say('typing') : '';
}

function setConnected(on) {
  const was = ui.connection.dataset.state;
  ui.connection.dataset.state = on ? 'on' : 'off';
  ui.connection.textContent = on ? (was === 'off' ? say('online') : '') : say('offline');
  if (!on) setTyping(false);
}

/** Where the browser gave up to reconnect (an error answer): a restart, or a demo with other people, who must be chosen anew. */
async function followAgain(id, source) {
  const answer = await fetch('/chat/start').catch(() => null);
  if (source !== events) return;
  if (answer?.ok && !(await answer.json()).people.some((one) => one.id === id)) location.reload();
  else follow(id);
}

/** Follows the person's conversation; the browser reconnects by itself as long as nothing answers. */
function follow(id) {
  events?.close();
  const source = new EventSource(`/chat/events/${encodeURIComponent(id)}`);
  events = source;
  const on = (name, take) => source.addEventListener(name, (event) => { if (source === events) take(JSON.parse(event.data)); });
  on('snapshot', (snapshot) => {
    log.restore(snapshot.entries);
    setTyping(snapshot.typing);
    markUnread(ui.people, snapshot.unread, say);
    setConnected(true);
  });
  on('entry', ({ entry }) => log.add(entry));
  on('typing', (change) => setTyping(change.on));
  // Who sits here is not who it was: name, suggestions and what was said are shown anew.
  on('forgotten', () => location.reload());
  on('unread', ({ counts }) => markUnread(ui.people, counts, say));
  source.addEventListener('error', () => {
    if (source !== events) return;
    setConnected(false);
    if (source.readyState === EventSource.CLOSED) setTimeout(followAgain, 2000, id, source);
  });
}

function grow() {
  ui.ask.style.height = 'auto';
  ui.ask.style.height = `${ui.ask.scrollHeight}px`;
}

function setDraft(text) {
  ui.ask.value = text;
  grow();
  memory.set(`draft.${person.id}`, text);
}

function fold(open) {
  document.body.dataset.people = open ? 'open' : 'folded';
  ui.who.setAttribute('aria-expanded', String(open));
}

function suggestionItem(text) {
  const item = document.createElement('li');
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = text;
  button.dataset.suggestion = text;
  button.lang = person.language;
  item.append(button);
  return item;
}

function openConversation(id, { focus = true } = {}) {
  const next = people.find((candidate) => candidate.id === id);
  if (next === undefined) return;
  if (next.id !== person?.id) {
    person = next;
    if (!signedIn) memory.set('person', next.id);
    log.clear();
    ui.connection.dataset.state = '';
    ui.connection.textContent = '';
    ui.problem.textContent = '';
    setTyping(false);
    speak();
    ui['conversation-name'].textContent = say('conversation', { name: next.name });
    ui['person-name'].textContent = next.name;
    ui['who-name'].textContent = next.name;
    ui['person-title'].textContent = next.title;
    ui['person-title'].lang = next.language;
    ui.suggestions.replaceChildren(...next.suggestions.map(suggestionItem));
    markPerson(ui.people, next.id);
    document.title = `${next.name} – Overblik`;
    document.body.dataset.view = 'chat';
    setDraft(memory.get(`draft.${next.id}`) ?? '');
    follow(next.id);
  }
  fold(false);
  if (focus) ui.ask.focus();
}

/** True when the service took it. */
async function post(kind, text) {
  ui.problem.textContent = '';
  const to = person;
  try {
    const answer = await fetch(`/chat/messages/${encodeURIComponent(to.id)}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id: crypto.randomUUID(), kind, text }),
    });
    if (answer.ok) {
      log.expect();
      return true;
    }
    ui.problem.textContent = (await answer.json()).error.message;
  } catch {
    ui.problem.textContent = say('unsent');
  }
  return false;
}

ui.composer.addEventListener('submit', async (event) => {
  event.preventDefault();
  const text = ui.ask.value;
  if (text.trim() === '') return;
  const from = person;
  const sent = await post('message', text);
  if (sent && person === from && ui.ask.value === text) setDraft('');
});
ui.ask.maxLength = maxText;
ui.ask.addEventListener('input', () => setDraft(ui.ask.value));
ui.ask.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  ui.composer.requestSubmit();
});
document.addEventListener('click', (event) => {
  const button = event.target.closest?.('button[data-ask], button[data-suggestion]');
  if (button === null || button === undefined) return;
  if (button.dataset.ask === undefined) post('message', button.dataset.suggestion);
  else post('action', button.dataset.ask);
});
ui.who.addEventListener('click', () => {
  const open = document.body.dataset.people !== 'open';
  fold(open);
  if (open) ui.people.querySelector('input:checked')?.focus();
});
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape' || document.body.dataset.people !== 'open') return;
  fold(false);
  ui.who.focus();
});

drawPeople({ form: ui.people, groups: ui.groups, people, say, open: openConversation });
document.body.dataset.view = 'choose';
fold(false);
speak();
markUnread(ui.people, unread, say);
document.body.dataset.signedIn = signedIn;
openConversation(signedIn ? people[0]?.id : memory.get('person'), { focus: false });
