/* The registration page while somebody types: drafts, scans, suggestions. Everything here also works by buttons. */
"use strict";

(() => {
  const form = document.querySelector("[data-register]");
  if (!form) return;
  const note = form.querySelector("[data-draft-note]");
  const door = form.querySelector("[data-draft-door]");
  const { keep: address, card: cardAddress, user } = form.dataset;
  const QUIET = 1000, FIRST_WAIT = 2000, LONGEST_WAIT = 60000, PATIENCE = 8000;
  const MOST_TEXT = 200000, MOST_FILE = 25 * 1024 * 1024;
  let dirty = false, timer = 0, wait = FIRST_WAIT, running = null, cleared = false, sending = false;

  const say = (words, trouble = true, signIn = false) => {
    note.textContent = words;
    note.className = trouble ? "fault mb-0" : "small muted";
    door.hidden = !signIn;
  };
  const later = (milliseconds) => { window.clearTimeout(timer); timer = window.setTimeout(() => save(), milliseconds); };
  const again = () => { later(wait); wait = Math.min(wait * 2, LONGEST_WAIT); };
  const ask = (where, options = {}) => fetch(where, {
    ...options, headers: { Accept: "application/json" }, redirect: "manual", signal: AbortSignal.timeout(PATIENCE),
  });

  /* the same person in a new session: the forms of this page get the new session's token */
  async function freshToken() {
    const answer = await ask(address);
    if (answer.status === 401) return "out";
    if (!answer.ok) return "refused";
    const who = await answer.json();
    if (String(who.user) !== user) return "other";
    document.querySelectorAll("input[name=csrf_token]").forEach((each) => { each.value = who.csrf; });
    return "fresh";
  }

  async function once(retry) {
    const data = new FormData(form);
    data.delete("files");
    const answer = await ask(address, { method: "POST", body: data });
    if (answer.status === 400 && retry) {
      const how = await freshToken();
      return how === "fresh" ? once(false) : how;
    }
    if (answer.status === 401) return "out";
    const told = await answer.json().catch(() => ({}));
    if (!answer.ok) { say(told.message || "Chưa lưu nháp được; nội dung vẫn còn trên trang."); return "refused"; }
    show(told.hints);
    return told.kept ? "kept" : "sent";
  }

  async function work() {
    window.clearTimeout(timer);
    dirty = false;
    let how;
    try { how = await once(true); } catch { how = "offline"; }
    if (how === "kept") {
      wait = FIRST_WAIT;
      const now = new Date();
      say(`Đã lưu nháp lúc ${String(now.getHours()).padStart(2, "0")}:${String(now.getMinutes()).padStart(2, "0")}`, false);
      if (dirty) later(QUIET);
    } else if (how === "offline") {
      say("Mất kết nối: nội dung vẫn còn trên trang, sẽ tự lưu khi có mạng lại.");
    } else if (how === "out") {
      say("Phiên làm việc đã hết: nội dung vẫn còn trên trang. Hãy đăng nhập lại, rồi quay lại đây.", true, true);
    } else if (how === "other") {
      say("Người khác đang đăng nhập ở trình duyệt này; chỉ người đã mở trang mới gửi được đơn này.", true, true);
    }
    if (["offline", "out", "other"].includes(how)) { dirty = true; again(); }
    return how;
  }
  const save = () => (running ||= work().finally(() => { running = null; }));

  const touched = () => { dirty = true; later(QUIET); };
  form.addEventListener("input", touched);
  form.addEventListener("change", touched);
  const back = () => { if (dirty && wait > FIRST_WAIT) { wait = FIRST_WAIT; save(); } };
  window.addEventListener("online", back);
  window.addEventListener("focus", back);

  /* what cannot be taken in is said before it travels */
  function tooLarge() {
    const text = [...form.querySelectorAll("textarea")].find((each) => new Blob([each.value]).size > MOST_TEXT);
    const files = form.querySelector("[name=files]");
    const file = files && [...files.files].find((each) => each.size > MOST_FILE);
    const wrong = text || (file && files);
    if (!wrong) return false;
    say(text ? "Có ô dài quá 200 kB; hãy rút ngắn, hoặc đính kèm thành tệp." : `Tệp “${file.name}” lớn hơn 25 MB; hãy chia nhỏ hoặc quét lại.`);
    for (let fold = wrong.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    wrong.focus();
    return true;
  }

  /* the form leaves only once what is typed is safe on the server */
  form.addEventListener("submit", async (event) => {
    if (cleared) { cleared = false; return; }
    const button = event.submitter;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (sending || (tooLarge() && !button?.formNoValidate)) return;
    sending = true;
    if (running) await running;
    const how = await save();
    sending = false;
    if (["offline", "out", "other"].includes(how)) return;
    window.clearTimeout(timer);
    cleared = true;
    form.requestSubmit(button);
  }, true);
  window.addEventListener("pagehide", () => window.clearTimeout(timer));

  /* suggestions: never over what has the focus, never taken by themselves */
  function show(hints) {
    for (const [name, drawn] of Object.entries(hints || {})) {
      const place = form.querySelector(`[data-hint="${name}"]`);
      if (!place || place.contains(document.activeElement) || place.dataset.drawn === drawn) continue;
      const chosen = place.querySelector("input:checked")?.value;
      const typed = place.querySelector("input[type=text]")?.value;
      if (chosen || typed) continue;
      place.innerHTML = drawn;
      place.dataset.drawn = drawn;
      if (name === "seen") form.querySelector("[data-seen-link]").hidden = !drawn.trim();
    }
  }
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button[name=_take]");
    if (!button || !button.value) return;
    event.preventDefault();
    const [name, value] = button.value.split(":");
    const field = form.querySelector(`select[name="${name}"]`) || form.querySelector(`[name="${name}"][type=radio][value="${value}"]`) || form.querySelector(`[name="${name}"][type=checkbox]`);
    if (field.type === "checkbox") field.checked = value === "true";
    else if (field.type === "radio") field.checked = true;
    else field.value = value;
    button.closest("[data-hint]").replaceChildren();
    field.dispatchEvent(new Event("change", { bubbles: true }));
    field.focus();
  });

  /* what a denunciation needs is asked for also where only another matter of the paper is one */
  const alsoSecret = () => {
    const kinds = [...form.querySelectorAll("select[name^='further.'][name$='.kind']")];
    if (!kinds.some((each) => each.value === "denunciation")) return;
    form.querySelectorAll("[data-also-further]").forEach((part) => { part.hidden = false; });
  };
  form.addEventListener("change", alsoSecret);
  alsoSecret();

  /* a card scanned into a name or a number fills the person */
  form.addEventListener("keydown", async (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "s") { event.preventDefault(); save(); return; }
    const field = event.target;
    if (event.key !== "Enter" || !field.matches?.("[name^='parties.'][name$='.name'], [name^='parties.'][name$='.id_number']") || field.value.split("|").length < 3) return;
    event.preventDefault();
    const data = new FormData();
    data.set("csrf_token", form.elements.csrf_token.value);
    data.set("scan", field.value);
    const row = field.name.slice(0, field.name.lastIndexOf(".") + 1);
    try {
      const answer = await ask(cardAddress, { method: "POST", body: data });
      const said = await answer.json();
      if (!answer.ok) { say(said.message); field.select(); return; }
      for (const [name, value] of Object.entries(said)) {
        const place = form.querySelector(`[name="${row}${name}"]`);
        if (place && value) { place.value = value; place.dispatchEvent(new Event("input", { bubbles: true })); }
      }
      form.querySelector(`[name="${row}phone"]`).focus();
    } catch { say("Mất kết nối: chưa đọc được thẻ. Hãy gõ tay, hoặc quét lại khi có mạng."); }
  });

  /* begun with somebody known: on to the first thing not known */
  const start = document.activeElement;
  if (start?.name === "parties.0.name" && start.value) {
    [...form.querySelectorAll("#parties-0 > .grid input, #summary, #content")].find((each) => !each.value)?.focus();
  }

  /* how many people are pasted */
  const list = form.querySelector("[name='parties.pasted']");
  list?.addEventListener("input", () => {
    const lines = list.value.split("\n").filter((line) => line.trim()).length;
    form.querySelector("[data-pasted]").textContent = lines ? `Danh sách có ${lines.toLocaleString("vi-VN")} dòng.` : "";
  });
})();
