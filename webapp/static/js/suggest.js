// Suggestions below an input: arrow keys walk them, Enter takes one, Escape closes. The box at the top opens what is
// taken; a field that is picked from keeps its value.
import { isComposing } from "./composing.js";

function attach(box, list, { recent = false, take = null } = {}) {
  let at = -1;

  list.setAttribute("role", "listbox");
  list.removeAttribute("aria-live");
  list.setAttribute("aria-label", box.labels[0]?.textContent ?? "");
  for (const [name, value] of Object.entries({
    role: "combobox", "aria-expanded": "false", "aria-controls": list.id, "aria-autocomplete": "list",
  })) box.setAttribute(name, value);

  const options = () => [...list.querySelectorAll("[role=option]")];

  const mark = (next) => {
    const all = options();
    all[at]?.setAttribute("aria-selected", "false");
    at = all.length ? (next + all.length + 1) % (all.length + 1) : -1;
    if (at === all.length) at = -1;
    const chosen = all[at];
    if (chosen) {
      chosen.setAttribute("aria-selected", "true");
      chosen.scrollIntoView({ block: "nearest" });
      box.setAttribute("aria-activedescendant", chosen.id);
    } else {
      box.removeAttribute("aria-activedescendant");
    }
  };

  const close = () => {
    list.replaceChildren();
    at = -1;
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  };

  box.addEventListener("keydown", (event) => {
    if (isComposing(event)) return;
    const all = options();
    if (event.key === "Escape" && (all.length || list.childElementCount)) {
      htmx.trigger(box, "htmx:abort");
      close();
      event.preventDefault();
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && all.length) {
      mark(event.key === "ArrowDown" ? at + 1 : at < 0 ? all.length - 1 : at - 1);
      event.preventDefault();
    } else if (event.key === "Enter" && all[at]) {
      event.preventDefault();
      all[at].click();
    }
  });

  list.addEventListener("htmx:afterSwap", () => {
    at = -1;
    box.removeAttribute("aria-activedescendant");
    if (document.activeElement !== box) close();
    else box.setAttribute("aria-expanded", String(options().length > 0));
  });

  if (take) list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (!option) return;
    event.preventDefault();
    take(option);
    box.focus();
    close();
  });

  // With nothing typed: what was searched for lately. Asked for once the box is entered, never while composing.
  if (recent) box.addEventListener("focus", () => {
    if (!box.value.trim() && !list.childElementCount) htmx.trigger(box, "recent");
  });

  const around = box.closest("[data-pick]") ?? box.form;
  document.addEventListener("pointerdown", (event) => {
    if (!around.contains(event.target)) close();
  });
  around.addEventListener("focusout", (event) => {
    if (!around.contains(event.relatedTarget)) setTimeout(() => {
      if (!around.contains(document.activeElement)) close();
    }, 150);
  });
}

export function watchSuggestions() {
  const box = document.getElementById("q");
  const list = document.getElementById("suggestions");
  if (box && list && box.hasAttribute("hx-get")) attach(box, list, { recent: true });

  document.querySelectorAll("[data-pick]").forEach((place) => {
    const field = place.querySelector("input");
    const said = place.querySelector("[data-picked]");
    attach(field, place.querySelector(".lz-suggest"), {
      take: (option) => {
        field.value = option.dataset.value;
        said.textContent = option.dataset.text;
      },
    });
  });
}
