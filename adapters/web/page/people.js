/** Choosing who you are: radios grouped by the language the person reads. */

const LANGUAGES = ['da', 'en'];
const NAMES = { da: 'readsDa', en: 'readsEn' };

function personOption(person) {
  const label = document.createElement('label');
  label.className = 'choice';
  label.lang = person.language;
  const radio = document.createElement('input');
  radio.type = 'radio';
  radio.name = 'person';
  radio.value = person.id;
  radio.required = true;
  const name = document.createElement('span');
  name.className = 'person-name';
  name.textContent = person.name;
  const title = document.createElement('span');
  title.className = 'person-title';
  title.textContent = person.title;
  const unread = document.createElement('span');
  unread.className = 'unread';
  unread.hidden = true;
  label.append(radio, name, title, unread);
  return label;
}

/** Draws the people; `open(id)` is called when one is chosen. Arrow keys only move the choice, Enter or the button takes it. */
export function drawPeople({ form, groups, people, say, open }) {
  const present = LANGUAGES.filter((language) => people.some((person) => person.language === language));
  for (const language of present) {
    const group = document.createElement('fieldset');
    if (present.length > 1) {
      const legend = document.createElement('legend');
      legend.dataset.say = NAMES[language];
      group.append(legend);
    }
    group.append(...people.filter((person) => person.language === language).map(personOption));
    groups.append(group);
  }
  if (people.length === 0) groups.textContent = say('nobody');

  let byArrow = false;
  const chosen = () => new FormData(form).get('person');
  form.addEventListener('keydown', (event) => { byArrow = event.key.startsWith('Arrow'); });
  form.addEventListener('pointerdown', () => { byArrow = false; });
  form.addEventListener('change', () => {
    form.dataset.pending = String(chosen() !== form.dataset.open);
    if (!byArrow) open(chosen());
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (chosen() !== null) open(chosen());
  });
}

/** Marks the open person, and what each of the others has not read. */
export function markPerson(form, id) {
  form.dataset.open = id;
  form.dataset.pending = 'false';
  for (const radio of form.querySelectorAll('input')) radio.checked = radio.value === id;
}

export function markUnread(form, counts, say) {
  for (const label of form.querySelectorAll('.choice')) {
    const count = counts[label.querySelector('input').value] ?? 0;
    const mark = label.querySelector('.unread');
    mark.hidden = count === 0;
    mark.textContent = count === 0 ? '' : say('unread', { count });
  }
}
