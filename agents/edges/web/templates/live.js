"use strict";
// Exchanges the main part in place; keeps still while the reader selects, types or is elsewhere.
const wait = Number(document.body.dataset.refresh) * 1000;
async function renew() {
  if (!document.hidden && getSelection().isCollapsed && !document.activeElement.matches("input, select")) {
    const link = document.getElementById("link");
    try {
      const answer = await fetch(location.href, { cache: "no-store", signal: AbortSignal.timeout(10000) });
      if (!answer.ok) throw new Error();
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const main = page.querySelector("main");
      if (!main) throw new Error();
      document.querySelector("main").replaceWith(document.adoptNode(main));
      link.textContent = "";
    } catch {
      link.textContent = link.dataset.lost;
    }
  }
  setTimeout(renew, wait);
}
if (wait > 0) setTimeout(renew, wait);
// An answer that is being worked out is asked for anew, as a whole page.
const soon = Number(document.body.dataset.soon) * 1000;
if (soon > 0) setTimeout(() => location.reload(), soon);
