// What is filled in is inserted where one writes, by a click or the keyboard. Without this script the
// names stand there to be typed.
for (const list of document.querySelectorAll("[data-inserts]")) {
  const field = document.getElementById(list.dataset.inserts);
  for (const code of list.querySelectorAll("code.slot")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "slot slot-insert";
    button.textContent = code.textContent;
    button.addEventListener("click", () => {
      field.focus();
      field.setRangeText(code.textContent, field.selectionStart, field.selectionEnd, "end");
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
    code.replaceWith(button);
  }
}
