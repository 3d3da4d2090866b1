// What scripts add: GOV.UK Frontend's components, and, while a text is being written, its length and the words in it
// that a stranger should not read. Every page does its job without this file.

const govuk = document.querySelector('meta[name="engage-govuk-script"]').content;
import(govuk).then(({ initAll }) => initAll());

for (const form of document.querySelectorAll("form[data-text-facts]")) {
  watch(form);
}

function watch(form) {
  const body = form.querySelector("textarea");
  const length = form.querySelector("[data-text-length]");
  const warning = form.querySelector("[data-text-warning]");
  let waiting;
  let asked = 0;
  const check = form.querySelector("[data-text-check]");
  if (check) check.hidden = true;

  const ask = async () => {
    const turn = ++asked;
    const fields = new FormData();
    fields.set("csrf_token", form.elements.csrf_token.value);
    fields.set("body", body.value);
    try {
      const answer = await fetch(form.dataset.textFacts, { method: "POST", body: fields });
      if (!answer.ok || answer.redirected) throw new Error(answer.statusText);
      const facts = await answer.json();
      if (turn === asked) show(facts);
    } catch {
      if (turn === asked) length.textContent = "The length cannot be counted just now.";
      if (check) check.hidden = false;
    }
  };

  const show = (facts) => {
    length.textContent = facts.words;
    warning.hidden = facts.problems.length === 0;
    const list = warning.querySelector("ul");
    list.replaceChildren(
      ...facts.problems.map(({ word, why }) => {
        const item = document.createElement("li");
        const strong = document.createElement("strong");
        strong.textContent = word;
        item.append(strong, ` ${why}`);
        return item;
      }),
    );
  };

  body.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, 250);
  });
  if (body.value) ask();
}
