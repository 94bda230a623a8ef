/* The desk's box answers while somebody types; without this file Enter does. */
"use strict";

(() => {
  const form = document.querySelector("form[data-box]");
  const place = document.querySelector("[data-box-answer]");
  if (!form || !place) return;
  const box = form.elements.box;
  const empty = place.innerHTML;
  let timer = 0;
  let running = null;
  let answered = null;

  /* a number half typed and a single letter ask nothing */
  const worthAsking = (text) => {
    const digits = text.replace(/[\s.\-]/g, "");
    if (/^\+?\d+$/.test(digits)) return [9, 10, 12].includes(digits.replace("+", "").length);
    return text.includes("|") ? false : text.length >= 3;
  };

  async function ask(typed) {
    if (running) running.abort();
    running = new AbortController();
    const mine = running;
    try {
      const answer = await fetch(form.dataset.look, {
        method: "POST", body: new URLSearchParams(new FormData(form)), signal: mine.signal, cache: "no-store",
      });
      if (!answer.ok || answer.redirected) { form.submit(); return; }
      const found = await answer.text();
      if (mine !== running) return;
      place.innerHTML = found;
      answered = typed;
    } catch (error) {
      if (error.name !== "AbortError" && mine === running) place.innerHTML = '<p class="note note-warn" role="status">Mất kết nối. Nội dung vẫn còn trong ô; bấm Tra để thử lại.</p>';
    }
  }

  box.addEventListener("input", () => {
    window.clearTimeout(timer);
    const typed = box.value.trim();
    answered = null;
    if (!typed) { if (running) running.abort(); place.innerHTML = empty; return; }
    if (worthAsking(typed)) timer = window.setTimeout(() => ask(typed), 250);
  });

  /* Enter answers at once; Enter once more, with nothing typed between, goes on to the first act */
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    window.clearTimeout(timer);
    const typed = box.value.trim();
    const first = place.querySelector("[data-first]");
    if (typed && answered === typed && form.dataset.entered === typed && first) { first.click(); return; }
    await ask(typed);
    form.dataset.entered = typed;
    box.select();
  });
})();
