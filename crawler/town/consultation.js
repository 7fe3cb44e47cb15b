// Fetches opinions by the batch and lists them; the button goes when there are no more.
const list = document.getElementById("opinions");
const button = document.getElementById("more");
let page = 0;

function part(parent, tag, name, text) {
  const made = parent.appendChild(document.createElement(tag));
  made.className = name;
  made.textContent = text;
  return made;
}

function add(row) {
  const item = part(list, "li", "opinion", "");
  item.dataset.id = row.id;
  part(item, "b", "name", row.name);
  part(item, "time", "at", row.time);
  part(item, "p", "words", row.text);
  part(item, "span", "likes", row.likes);
  if (row.reply) {
    const reply = part(item, "blockquote", "reply", "");
    part(reply, "b", "unit", row.reply.unit);
    part(reply, "time", "at", row.reply.time);
    part(reply, "p", "words", row.reply.text);
  }
}

async function more() {
  button.disabled = true;
  const answer = await fetch(`${list.dataset.from}?page=${page}`);
  const batch = await answer.json();
  batch.rows.forEach(add);
  page += 1;
  button.disabled = false;
  button.hidden = batch.left === 0;
}

button.addEventListener("click", more);
more();
