// What htmx could not swap is said in words: the server's own sentence, or that the network is gone.
const WORDS = {
  zh: "网断了或服务器没有回答。您写的内容还在这一页，联网后再按一次，不会重复提交。",
  en: "No answer from the server. What you wrote is still on this page; press again when you are online, nothing happens twice.",
};

function say(node) {
  const place = document.getElementById("note");
  if (!place) return;
  place.replaceChildren(node);
  place.scrollIntoView({ block: "nearest" });
}

export function watchAnswers() {
  document.addEventListener("htmx:responseError", (event) => {
    const answer = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
    const note = answer.querySelector(".lz-note");
    if (note) say(document.importNode(note, true));
  });
  document.addEventListener("htmx:sendError", () => {
    const note = document.createElement("div");
    note.className = "lz-note late";
    note.textContent = document.documentElement.lang === "en" ? WORDS.en : WORDS.zh;
    say(note);
  });
}
