// What is wrong with a slide (the one that is shown), in words; a page has 1280 by 720 pixels.
(number) => {
  const slide = number == null ? Reveal.getCurrentSlide() : Reveal.getSlides()[number];
  const complaints = [];
  const body = slide.querySelector(".body").getBoundingClientRect();
  const page = slide.getBoundingClientRect();
  const name = (node) => `${node.tagName.toLowerCase()} ${(node.textContent || "").trim().slice(0, 40)}`;
  const smallest = (node) => (node.closest("pre") ? 18 : 20);
  if (page.width !== 1280 || page.height !== 720) complaints.push(`the page is ${page.width} by ${page.height}`);
  if (body.left - page.left < 40 || page.right - body.right < 40) complaints.push("no margin");

  for (const node of slide.querySelectorAll("*")) {
    if (node.closest(".notes, .foot, mjx-assistive-mml") || node.parentElement.closest("svg")) continue;
    const box = node.getBoundingClientRect();
    if (!box.width || !box.height) continue;
    const inside = node.closest(".body");
    const room = inside ? body : page;
    const over = [room.left - box.left, room.top - box.top, box.right - room.right, box.bottom - room.bottom];
    if (Math.max(...over) > 2) complaints.push(`${name(node)}: ${Math.round(Math.max(...over))} px outside`);
    const own = [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim());
    const size = parseFloat(getComputedStyle(node).fontSize);
    if (own && !node.closest("svg") && size < smallest(node)) complaints.push(`${name(node)}: letters of ${size} px`);
  }
  for (const formula of slide.querySelectorAll(".body mjx-container")) {
    const size = parseFloat(getComputedStyle(formula).fontSize);
    if (size < 20) complaints.push(`a formula of ${size} px`);
    if (formula.querySelector('[data-mml-node="merror"]')) complaints.push("a formula that MathJax cannot read");
  }
  for (const picture of slide.querySelectorAll(".body img")) {
    const box = picture.getBoundingClientRect();
    if (!picture.naturalWidth) complaints.push("a picture that is not drawn");
    if (!picture.alt) complaints.push("a picture without alternative text");
    const scale = Math.min(box.width / picture.naturalWidth, box.height / picture.naturalHeight);
    const [width, height] = [scale * picture.naturalWidth, scale * picture.naturalHeight];
    if (width < 640 && height < 400) complaints.push(`a picture of ${Math.round(width)} by ${Math.round(height)}`);
  }
  const steps = [...slide.querySelectorAll(".body > .step")].map((node) => node.getBoundingClientRect());
  for (let i = 1; i < steps.length; i++) {
    if (steps[i].top < steps[i - 1].bottom - 1) complaints.push(`step ${i + 1} overlaps the one above`);
  }
  const text = slide.innerText.replace(slide.querySelector(".foot").innerText, "").trim();
  if (!text) complaints.push("an empty slide");
  return complaints;
};
