// Sets the mathematics, fits each slide to its page, then starts reveal.js.
"use strict";

const FIT = [1.2, 1.1, 1, 0.94, 0.88, 0.82, 0.76, 0.7];

window.MathJax = {
  tex: {
    inlineMath: [["\\(", "\\)"]],
    displayMath: [["\\[", "\\]"]],
  },
  svg: { fontCache: "local" },
  options: { enableMenu: false },
  startup: {
    ready() {
      MathJax.startup.defaultReady();
      MathJax.startup.promise.then(start);
    },
  },
};

// The rows of an aligned equation appear one at a time.
function stepThroughRows() {
  for (const equation of document.querySelectorAll(".equation.rows mjx-container")) {
    const table = [...equation.querySelectorAll('svg g[data-mml-node="mtable"]')].find(
      (found) => found.querySelectorAll(':scope > g[data-mml-node="mtr"]').length > 1
    );
    const rows = table ? [...table.querySelectorAll(':scope > g[data-mml-node="mtr"]')] : [];
    rows.slice(1).forEach((row) => row.classList.add("fragment"));
  }
}

function overflows(body) {
  return body.scrollHeight > body.clientHeight + 1 || body.scrollWidth > body.clientWidth + 1;
}

// Makes an equation that is too wide smaller; returns its size, in parts of that of the text.
function narrow(equation) {
  const drawn = equation.querySelector("svg");
  for (let percent = 100; percent > 50; percent -= 2) {
    equation.style.fontSize = `${percent}%`;
    if (drawn.getBoundingClientRect().width <= equation.parentElement.clientWidth) return percent / 100;
  }
  return 0;
}

// The largest letters with which a slide fits its page; large ones only if the equations are so too.
function fit() {
  document.body.classList.add("measuring");
  for (const slide of document.querySelectorAll(".slides > section")) {
    const body = slide.querySelector(".body");
    const equations = [...body.querySelectorAll('mjx-container[display="true"]')];
    for (const size of FIT) {
      slide.style.setProperty("--fit", size);
      const smallest = Math.min(1, ...equations.map(narrow));
      if (!overflows(body) && (size < 1 || smallest > 0.85)) break;
    }
  }
  document.body.classList.remove("measuring");
}

async function start() {
  // The speaker's view has none of our rules, and a narrow column.
  document.querySelectorAll(".notes mjx-assistive-mml").forEach((copy) => copy.remove());
  for (const equation of document.querySelectorAll('.notes mjx-container[display="true"]')) {
    equation.style.fontSize = "70%";
  }
  stepThroughRows();
  await Promise.all([...document.images].map((image) => image.decode().catch(() => undefined)));
  fit();
  const isPrinted = location.search.includes("print-pdf");
  const laidOut = new Promise((done) => Reveal.on("pdf-ready", done));
  await Reveal.initialize({
    width: 1280,
    height: 720,
    margin: 0,
    center: false,
    display: "flex",
    hash: true,
    transition: "none",
    backgroundTransition: "none",
    controls: true,
    controlsTutorial: false,
    progress: true,
    pdfSeparateFragments: false,
    pdfMaxPagesPerSlide: 1,
    plugins: [RevealNotes],
  });
  if (isPrinted) await laidOut;
  window.deckIsReady = true;
}
