// Comfort for forms that also work without it: filters apply at once, a sent form is not sent twice,
// rows that are chosen show it, and leaving a changed form asks first.
export function watchForms() {
  document.addEventListener("change", (event) => {
    const form = event.target.closest?.("form[data-autosubmit]");
    if (form && event.target.matches("select")) form.requestSubmit();
    const row = event.target.closest?.("tr");
    if (row && event.target.matches("td.p0 input[type=checkbox]")) row.classList.toggle("sel", event.target.checked);
    const all = event.target.matches?.("[data-choose-all]") && event.target.closest("table");
    if (all) all.querySelectorAll("td.p0 input[type=checkbox]").forEach((box) => {
      if (box.checked !== event.target.checked) box.click();
    });
  });
  document.addEventListener("change", (event) => {
    const form = event.target.form;
    // An input named id hides the form's own property.
    const said = form?.getAttribute("id") === "bulk" && document.querySelector("[data-chosen]");
    if (!said) return;
    form.querySelector("input[name=all]")?.remove();
    const chosen = [...form.elements].filter((box) => box.name === "id" && box.checked);
    said.textContent = said.dataset.chosen.replace("{n}", chosen.length);
  });
  // A list that asks for itself waits while rows are chosen, or the choice would be gone.
  document.addEventListener("htmx:beforeRequest", (event) => {
    const polled = event.target.matches?.("[hx-trigger^='every']");
    if (polled && event.target.querySelector("td.p0 input:checked")) event.preventDefault();
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    setTimeout(() => { delete form.dataset.sent; }, 8000);
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => { delete form.dataset.sent; });
  });
  document.querySelector("[role=alert][tabindex='-1']")?.focus();
}
