// What htmx could not swap is said in words: the server's own sentence, or that the network is gone.
const SENT = {
  zh: "网断了或服务器没有回答。您写的内容还在这一页，联网后再按一次，不会重复提交。",
  en: "No answer from the server. What you wrote is still on this page; press again when you are online, nothing happens twice.",
};
const ASKED = {
  zh: "网断了或服务器没有回答。这一页会接着问，恢复后自己更新。",
  en: "No answer from the server. This page goes on asking and shows the rest as soon as there is one.",
};

// A page that asks by itself every few seconds; the header is what the server knows it by, too.
const asksItself = (event) => "X-Poll" in event.detail.requestConfig.headers;

let unanswered = null;

function say(node, event) {
  const place = document.getElementById("note");
  if (!place) return;
  if (asksItself(event)) {
    if (place.hasChildNodes()) return; // what was said about a deed of the person's stays
    unanswered = node;
    place.replaceChildren(node);
  } else {
    unanswered = null;
    place.replaceChildren(node);
    place.scrollIntoView({ block: "nearest" });
  }
}

export function watchAnswers() {
  document.addEventListener("htmx:responseError", (event) => {
    const answer = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
    const note = answer.querySelector(".lz-note");
    if (note) say(document.importNode(note, true), event);
  });
  document.addEventListener("htmx:sendError", (event) => {
    const note = document.createElement("div");
    note.className = "lz-note late";
    const words = asksItself(event) ? ASKED : SENT;
    note.textContent = document.documentElement.lang === "en" ? words.en : words.zh;
    say(note, event);
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful && asksItself(event) && unanswered) {
      unanswered.remove();
      unanswered = null;
    }
  });
}
