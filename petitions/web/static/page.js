/* Conveniences on top of pages that work without script. */
"use strict";

(() => {
  const weekdays = ["Chủ nhật", "Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy"];
  const typing = (target) => target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
  const pad = (number) => String(number).padStart(2, "0");

  /* dates: 20112026 and 20-11-2026 become 20/11/2026; the weekday beside them tells a slip at once */
  function readDay(text) {
    const plain = text.trim();
    const parts = plain.match(/^(\d{1,2})[\/.\- ](\d{1,2})[\/.\- ](\d{4})$/) || plain.match(/^(\d{2})(\d{2})(\d{4})$/);
    const iso = plain.match(/^(\d{4})-(\d{1,2})-(\d{1,2})$/);
    const [day, month, year] = parts ? parts.slice(1).map(Number) : iso ? [Number(iso[3]), Number(iso[2]), Number(iso[1])] : [0, 0, 0];
    const date = new Date(year, month - 1, day);
    return day && date.getMonth() === month - 1 && date.getDate() === day ? date : null;
  }
  function echo(input, tidy) {
    const date = readDay(input.value);
    const place = input.parentElement.querySelector("[data-echo]");
    if (date && tidy) input.value = `${pad(date.getDate())}/${pad(date.getMonth() + 1)}/${date.getFullYear()}`;
    if (place) place.textContent = date ? `${weekdays[date.getDay()]}, ${pad(date.getDate())}/${pad(date.getMonth() + 1)}/${date.getFullYear()}` : "";
  }
  document.addEventListener("input", (event) => { if (event.target.matches("[data-day]")) echo(event.target, false); });
  document.addEventListener("focusout", (event) => { if (event.target.matches("[data-day]")) echo(event.target, true); });

  /* one more row without asking the server */
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-rows] button[name=_more]");
    if (!button) return;
    const list = button.closest("[data-rows]");
    const template = list.querySelector("template");
    const number = list.querySelectorAll(":scope > fieldset").length;
    const fresh = document.createElement("div");
    fresh.innerHTML = template.innerHTML.replaceAll("__N__", number).replaceAll("__M__", number + 1);
    event.preventDefault();
    const row = fresh.firstElementChild;
    template.before(row);
    row.querySelector("input:not([type=hidden]), select, textarea").focus();
  });

  /* what the chosen kind does not need is put aside; nothing typed in it is lost */
  const kindForm = document.querySelector("[data-kind-form]");
  if (kindForm) {
    const follow = () => {
      const chosen = kindForm.querySelector("[name=kind]:checked");
      kindForm.querySelectorAll("[data-kinds]").forEach((part) => {
        const wrong = part.querySelector(".wrong");
        part.hidden = Boolean(chosen) && part.dataset.kinds !== chosen.value && !wrong;
      });
    };
    kindForm.addEventListener("change", (event) => { if (event.target.name === "kind") follow(); });
    follow();
  }

  /* a form is sent once, and a page with unsent typing is not left by accident */
  document.querySelectorAll("form[data-guard]").forEach((form) => {
    let touched = Boolean(document.querySelector(".faults"));
    let sent = false;
    form.addEventListener("input", () => { touched = true; });
    form.addEventListener("submit", (event) => {
      if (event.submitter && event.submitter.formTarget === "_blank") return; /* a preview sends nothing */
      if (sent) event.preventDefault();
      sent = true;
      window.setTimeout(() => { sent = false; }, 8000);
    });
    window.addEventListener("pageshow", () => { sent = false; });
    window.addEventListener("beforeunload", (event) => { if (touched && !sent) event.preventDefault(); });
    form.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.ctrlKey && !event.isComposing) form.requestSubmit();
    });
  });

  /* the summary of faults is read first; a link into a folded part opens it */
  const faults = document.querySelector("[data-faults]");
  if (faults) faults.focus();
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".faults a[href^='#']");
    const field = link && document.getElementById(link.getAttribute("href").slice(1));
    if (!field) return;
    for (let fold = field.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    event.preventDefault();
    (field.matches("input, select, textarea") ? field : field.querySelector("input:not([type=hidden]), select, textarea") || field).focus();
  });

  /* the menus close as menus do */
  document.querySelectorAll(".who, .bar-more").forEach((menu) => {
    document.addEventListener("keydown", (event) => { if (event.key === "Escape" && menu.open) { menu.open = false; menu.querySelector("summary").focus(); } });
    document.addEventListener("click", (event) => { if (menu.open && !menu.contains(event.target)) menu.open = false; });
  });

  /* all rows of a table at once, and how many are chosen */
  document.querySelectorAll("table[data-choose]").forEach((table) => {
    const boxes = [...table.querySelectorAll("tbody input[type=checkbox]")];
    const all = document.createElement("input");
    Object.assign(all, { type: "checkbox", id: "choose-all", className: "form-check-input" });
    const label = document.createElement("label");
    Object.assign(label, { htmlFor: "choose-all", textContent: "Tất cả" });
    table.querySelector("thead th").replaceChildren(all, " ", label);
    const told = document.querySelector("[data-chosen]");
    const tell = () => {
      const chosen = boxes.filter((box) => box.checked).length;
      all.checked = chosen === boxes.length;
      all.indeterminate = chosen > 0 && chosen < boxes.length;
      if (told) told.textContent = chosen ? `Đã chọn ${chosen} hồ sơ` : "Chưa chọn hồ sơ nào";
    };
    all.addEventListener("change", () => { boxes.forEach((box) => { box.checked = all.checked; }); tell(); });
    table.addEventListener("change", tell);
    tell();
  });

  /* the keys are shown over the page; whoever has no script goes to their page */
  async function showKeys(link) {
    let shown = document.getElementById("keys-shown");
    if (!shown) {
      const text = await fetch(link.href).then((answer) => answer.text());
      const list = new DOMParser().parseFromString(text, "text/html").querySelector("[data-keys-list]");
      if (!list) { window.location.assign(link.href); return; }
      shown = document.createElement("dialog");
      shown.id = "keys-shown";
      shown.className = "keys-shown";
      shown.setAttribute("aria-label", "Phím tắt");
      const close = document.createElement("button");
      Object.assign(close, { type: "button", className: "btn btn-quiet mt-3", textContent: "Đóng" });
      close.addEventListener("click", () => shown.close());
      shown.append(list, close);
      document.body.append(shown);
    }
    shown.showModal();
    shown.scrollTop = 0; /* the focus goes to the button below the list */
  }

  /* keys, only while no field has the focus and only if not turned off */
  const go = { "s": "morning-show", "n": "intake-register", "t": "stations-index", "v": "desk-mine", "h": "desk-agency", "?": "desk-keys" };
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey || typing(event.target) || !document.body.dataset.keys) return;
    if (document.querySelector("dialog[open]")) return;
    const rows = [...document.querySelectorAll(".list a.code")];
    const next = document.querySelector(".acts a, td.do a");
    const at = rows.indexOf(document.activeElement);
    if (event.key === "/" && document.getElementById("tim")) document.getElementById("tim").focus();
    else if (event.key === "j" && rows.length) rows[Math.min(at + 1, rows.length - 1)].focus();
    else if (event.key === "k" && rows.length) rows[Math.max(at - 1, 0)].focus();
    else if (event.key === "b" && next) next.focus();
    else {
      const link = go[event.key] && document.querySelector(`[data-key=${go[event.key]}]`);
      if (!link) return;
      if (event.key === "?") showKeys(link).catch(() => link.click());
      else link.click();
    }
    event.preventDefault();
  });

  /* the QR of a slip brings the case's code behind the # of the address, which no server is sent */
  const brought = /^#ma=([A-Z0-9-]{8,40})$/.exec(window.location.hash);
  if (brought && document.querySelector("[data-lookup]")) {
    document.getElementById("code").value = brought[1];
    window.history.replaceState(null, "", window.location.pathname);
    document.getElementById("secret").focus();
  }
})();
