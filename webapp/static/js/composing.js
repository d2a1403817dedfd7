// While an input method is composing, half a syllable is no input: no request, no shortcut.
let composing = false;

export const isComposing = (event) => composing || event?.isComposing || event?.keyCode === 229;

export function watchComposing() {
  document.addEventListener("compositionstart", () => { composing = true; });
  document.addEventListener("compositionend", (event) => {
    composing = false;
    event.target.dispatchEvent(new Event("input", { bubbles: true }));
  });
  document.addEventListener("htmx:confirm", (event) => {
    if (composing) event.preventDefault();
  });
}
