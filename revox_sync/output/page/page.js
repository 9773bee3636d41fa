"use strict";
// Filters the assistants and switches the view; the state is in the address, so that a link leads to it.
(() => {
  const form = document.getElementById("filters");
  if (!form) return;
  const search = document.getElementById("q");
  const split = document.getElementById("split");
  const shown = document.getElementById("shown");
  const boxes = [...form.querySelectorAll("input[type=checkbox]")];
  const rows = [...document.querySelectorAll("#overview tbody tr")];
  const cards = [...document.querySelectorAll("article.card")].map((card, index) => ({
    card,
    row: rows[index],
    action: [card.dataset.action],
    impact: card.dataset.impact.split(" "),
    text: card.textContent.toLowerCase(),
  }));

  const chosen = (name) => boxes.filter((box) => box.name === name && box.checked).map((box) => box.value);
  const fits = (values, wanted) => wanted.length === 0 || wanted.some((value) => values.includes(value));

  const draw = () => {
    const action = chosen("action");
    const impact = chosen("impact");
    const text = search.value.trim().toLowerCase();
    let number = 0;
    for (const entry of cards) {
      const visible = fits(entry.action, action) && fits(entry.impact, impact) && entry.text.includes(text);
      entry.card.hidden = !visible;
      if (entry.row) entry.row.hidden = !visible;
      number += visible;
    }
    shown.textContent = `${number} of ${cards.length} shown`;
    document.body.classList.toggle("split", split.getAttribute("aria-pressed") === "true");
  };

  const read = () => {
    // A link to one card is no filter: what is chosen stays, unless it hides that card.
    const target = cards.find((entry) => `#${entry.card.id}` === location.hash);
    if (target && !target.card.hidden) return draw();
    const state = new URLSearchParams(location.hash.slice(1));
    for (const box of boxes) box.checked = state.getAll(box.name).includes(box.value);
    search.value = state.get("q") ?? "";
    split.setAttribute("aria-pressed", String(state.get("view") === "split"));
    draw();
    if (target) target.card.scrollIntoView();
  };

  const write = () => {
    const state = new URLSearchParams();
    for (const box of boxes) if (box.checked) state.append(box.name, box.value);
    if (search.value.trim()) state.set("q", search.value.trim());
    if (split.getAttribute("aria-pressed") === "true") state.set("view", "split");
    history.replaceState(null, "", `#${state}`);
    draw();
  };

  form.addEventListener("input", write);
  form.addEventListener("submit", (event) => event.preventDefault());
  split.addEventListener("click", () => {
    split.setAttribute("aria-pressed", String(split.getAttribute("aria-pressed") !== "true"));
    write();
  });
  for (const { card } of cards) {
    const address = card.querySelector(".address");
    const copy = document.createElement("button");
    copy.type = "button";
    copy.className = "copy";
    copy.textContent = "Copy";
    copy.setAttribute("aria-label", `Copy ${address.textContent}`);
    copy.addEventListener("click", async () => {
      // Where a browser keeps the clipboard from a page, the address is selected for the keyboard.
      getSelection().selectAllChildren(address);
      await navigator.clipboard?.writeText(address.textContent).then(
        () => (copy.textContent = "Copied"),
        () => {},
      );
    });
    card.querySelector("h2").append(copy);
  }
  addEventListener("hashchange", read);
  form.hidden = false;
  read();
})();
